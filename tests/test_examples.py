"""The examples run: the service, the command, and what the notebooks' test leaves."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

import cptkit

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SERVICE = EXAMPLES / "pricing_service"
COMMAND = EXAMPLES / "price_csv.py"

HEADER = ["patient", "code", "modifiers", "units", "on", "participating"]
LINES = [
    ["A", "99214", "25", "1", "2026-08-03", ""],
    ["B", "97110", "GP", "3", "2026-08-03", ""],
    ["C", "99396", "", "", "2026-08-03", ""],
    ["D", "99214", "", "", "2025-10-15", "no"],
]


def python(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A new interpreter's answer."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=300,
    )


def write(path: Path, *rows: list[str]) -> Path:
    """A CSV of these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


# --- the service -----------------------------------------------------------------


def test_the_service_passes_its_own_tests() -> None:
    """As its README says: in its folder, with pytest."""
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=SERVICE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\d+ passed", done.stdout)


def test_the_service_starts_where_the_environment_says() -> None:
    """Port 0 is any free port; the log, on standard output, names it."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "pricing_service"],
        cwd=SERVICE,
        env={**os.environ, "PORT": "0", "LOG_LEVEL": "info"},
        stdout=subprocess.PIPE,
        text=True,
    ) as service:
        try:
            assert service.stdout is not None
            told = map(re.compile(r"http://127\.0\.0\.1:\d+").search, service.stdout)
            address = next(filter(None, told))[0]
            with urlopen(f"{address}/health", timeout=60) as answer:
                health = json.load(answer)
        finally:
            service.terminate()
    assert health["cptkit"] == cptkit.__version__


def test_the_service_refuses_an_environment_it_cannot_use() -> None:
    """A port that is none stops it at the start, by name."""
    done = subprocess.run(
        [sys.executable, "-m", "pricing_service"],
        check=False,
        capture_output=True,
        text=True,
        cwd=SERVICE,
        env={**os.environ, "PORT": "eighty"},
        timeout=60,
    )
    assert done.returncode != 0
    assert "port" in done.stderr


# --- the command -----------------------------------------------------------------


def test_the_command_prices_a_csv(tmp_path: Path) -> None:
    """Every row once and in order, its own columns kept; a bar to the end."""
    lines = write(tmp_path / "lines.csv", HEADER, *LINES)
    result = tmp_path / "priced.csv"
    done = python(
        COMMAND, lines, result, "--set", "zip=60601", "--set", "pos=11", cwd=tmp_path
    )
    assert done.returncode == 1, done.stderr
    assert "100%" in done.stderr
    assert "4 lines, 1 without an amount" in done.stderr
    with result.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    where = {"zip": "60601", "pos": "11", "on": "2026-08-03"}
    expected = [
        cptkit.price("99214", "25", **where).allowed,
        cptkit.price("97110", "GP", units=3, **where).allowed,
        "",
        cptkit.price(
            "99214", **{**where, "on": "2025-10-15"}, participating=False
        ).allowed,
    ]
    assert [row["allowed"] for row in rows] == [str(each) for each in expected]
    assert [row["patient"] for row in rows] == ["A", "B", "C", "D"]
    assert [row["reason"] for row in rows] == ["", "", "NON_COVERED", ""]


def test_the_command_says_when_every_line_has_an_amount(tmp_path: Path) -> None:
    """Exit code 0."""
    lines = write(tmp_path / "lines.csv", ["code"], ["99214"])
    done = python(COMMAND, lines, tmp_path / "priced.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("rows", "arguments", "told"),
    [
        ([["cpt"], ["99214"]], [], "no column 'code'"),
        ([["code"], ["99214"]], ["--set", "colour=blue"], "'colour' is no field"),
        (None, [], "lines.csv"),
    ],
)
def test_the_command_leaves_nothing_half_done(
    tmp_path: Path, rows: list[list[str]] | None, arguments: list[str], told: str
) -> None:
    """What cannot be used is told, and the last result stands as it was."""
    lines = tmp_path / "lines.csv"
    if rows is not None:
        write(lines, *rows)
    result = tmp_path / "priced.csv"
    result.write_text("the last one", encoding="utf-8")
    done = python(COMMAND, lines, result, *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert told in done.stderr
    assert result.read_text(encoding="utf-8") == "the last one"
    assert not list(tmp_path.glob("*.unfinished"))

"""The command, as a person runs it: output, errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import cptkit
from cptkit.__main__ import main

PACKAGE = Path(cptkit.__file__).parent


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a new process."""
    return subprocess.run(
        [sys.executable, "-m", "cptkit", *arguments],
        capture_output=True,
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "", **environment},
        check=False,
    )


def test_a_page_in_a_new_process() -> None:
    """What the README promises, by ZIP, in both settings."""
    done = run("96521", "--zip", "60601", PYTHONUTF8="1")
    text = done.stdout.decode("utf-8")
    assert (done.returncode, done.stderr) == (0, b"")
    assert text.startswith("CPT 96521  Portable infusion pump refill and upkeep\n")
    for wanted in ("Chicago, IL (06102-16)", "$147.37", "$143.62", "4.02", "RVU26C"):
        assert wanted in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_an_ascii_terminal_gets_ascii() -> None:
    """Nothing is written that the terminal's encoding cannot show."""
    done = run("27447", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    text = done.stdout.decode("ascii")
    assert "?" not in text.partition("Indicators")[0]
    assert "##" in text


def test_no_colour_ever() -> None:
    """The page has no escape sequence, whatever the terminal says it can do."""
    done = run("99213", TERM="xterm-256color", CLICOLOR_FORCE="1", PYTHONUTF8="1")
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize("columns", ["30", "60", "200"])
def test_the_page_fits_the_terminal(columns: str) -> None:
    """Lines keep to the terminal's width, from 60 columns to 100."""
    text = run("96521", COLUMNS=columns, PYTHONUTF8="1").stdout.decode("utf-8")
    longest = max(map(len, text.splitlines()))
    assert longest <= min(max(int(columns), 60), 100)


def test_a_reader_that_stops_reading_is_no_error() -> None:
    """``| head -1`` leaves no traceback."""
    done = subprocess.run(
        f"{sys.executable} -m cptkit 99213 --json | head -c 1",
        shell=True,
        capture_output=True,
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "/bin:/usr/bin"},
        check=False,
    )
    assert (done.stdout, done.stderr) == (b"{", b"")


def test_json_loses_no_cent(capsys: pytest.CaptureFixture[str]) -> None:
    """Amounts and RVUs are text that a Decimal takes as it is."""
    assert main(["71046-26", "--zip", "60601", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    row = found["rows"][0]
    here = row["prices"][0]
    assert here["locality"]["name"] == "CHICAGO"
    price = cptkit.price("71046-26", zip="60601")
    assert Decimal(here["nonfacility"]["allowed"]) == price.allowed
    assert row["rvus"] == cptkit.code("71046").component("26").rvus.to_dict()
    assert found["code"]["number"] == "71046"


def test_explain_prints_every_derivation(capsys: pytest.CaptureFixture[str]) -> None:
    """Here and nationally, in both settings."""
    assert main(["99213", "25", "--zip", "60601", "--explain"]) == 0
    text = capsys.readouterr().out
    assert text.count("99213-25, 1 unit") == 4
    assert "Setting: facility" in text


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ("99999", "99999 is not in RVU26C; did you mean"),
        ("99201", "99201 is not in RVU26C; it is in RVU20D: give --release RVU20D"),
        ("hello", "'hello' is not a CPT or HCPCS code"),
        ("99213 --zip 606", "ZIP '606' is not five digits"),
        ("99213 --zip 36855", "ZIP 36855 spans localities"),
        ("99213 --locality 99999-01", "locality 99999-01 is not in RVU26C"),
        ("99213 --on yesterday", "'yesterday' is not a date"),
        ("99213 --on 2019-05-01", "no release of 2019 is held"),
        ("99213 --release RVU26X", "did you mean RVU26C"),
        ("99213-ZZ", "modifier 'ZZ' is not known"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    arguments: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, one line on standard error, nothing on standard output."""
    assert main(arguments.split()) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("cptkit: ")
    assert wanted in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    ["", "99213 --zip 60601 --locality 06102-16", "99213 --json --explain", "99213 -x"],
)
def test_misuse_is_exit_code_two(
    arguments: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every command: the usage, and code 2."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments.split())
    assert stopped.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m cptkit")


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("80048", "80048 has status X"),
        ("99401", "Reference value for other payers"),
        ("27299", "contractor"),
        ("27447-80 --zip 60601", "With 80"),
        ("45378-53", "53"),
        ("00790 --zip 60601", "Example: 60 minutes, personally performed (AA)"),
        ("00790-QZ --minutes 95 --zip 60601", "With QZ"),
        ("99201 --release RVU20D", "RVU20D"),
        ("g0439", "HCPCS G0439"),
    ],
)
def test_codes_that_are_not_plainly_paid_have_a_page(
    code: str, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page says why there is no amount, or what the amount is."""
    assert main(code.split()) == 0
    assert wanted in capsys.readouterr().out


def test_a_value_that_is_not_medicares_is_never_called_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A reference value stands under its own heading and with its own sentence."""
    assert main(["99401"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "What Medicare allows" not in text
    assert "Not a Medicare amount" in text

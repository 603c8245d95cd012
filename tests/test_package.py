"""The package as it is installed: lazy, threaded, zipped, optimised, and ours."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import cptkit

from .shared_files import SOURCES

PACKAGE = Path(cptkit.__file__).parent
FIRST_PRICE = "import cptkit; print(cptkit.price('96521', zip='60601').allowed)"
UNIT = "cptkit.price('96521').allowed"


def python(code: str, *flags: str, **environment: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run(
        [sys.executable, *flags, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PACKAGE.parent), "PATH": "", **environment},
    )
    return done.stdout.strip()


def test_import_loads_nothing_else() -> None:
    """`import cptkit` loads none of attrs, decimal, re, json or a dataframe."""
    loaded = python(
        "import sys; before = set(sys.modules); import cptkit;"
        "print(*sorted(set(sys.modules) - before))"
    )
    assert loaded.split() == ["cptkit"]


def test_the_first_price_loads_little() -> None:
    """The first price needs no importlib_resources, pathlib, json or text."""
    loaded = python(
        "import sys, attrs, decimal; before = set(sys.modules); import cptkit;"
        "cptkit.price('96521', zip='60601'); print(*set(sys.modules) - before)"
    ).split()
    unwanted = {"importlib_resources", "pathlib", "json", "csv", "cptkit.cms"}
    assert not unwanted & set(loaded)


def test_every_public_name_is_there() -> None:
    """`__all__` is sorted, complete and documented."""
    assert sorted(cptkit.__all__) == sorted(set(cptkit.__all__))
    assert set(dir(cptkit)) == set(cptkit.__all__)
    for name in cptkit.__all__:
        assert getattr(cptkit, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'prise'"):
        cptkit.prise  # noqa: B018


def test_threads_agree_with_one() -> None:
    """32 threads pricing at once from a cold start get what one gets."""
    code = """
import json, threading, cptkit
from concurrent.futures import ThreadPoolExecutor
codes = ["96521", "99213", "71046", "27447", "45385", "97110", "93000", "00790"]
start = threading.Barrier(32)
def work(n):
    start.wait()
    out = []
    for code in codes[n % 8:] + codes[:n % 8]:
        mods = "AA" if code == "00790" else ""
        paid = cptkit.price(code, mods, zip="60601", minutes=95, on="2025-10-15")
        out.append((code, str(paid.allowed), cptkit.code(code).title))
    return sorted(out)
with ThreadPoolExecutor(32) as pool:
    print(json.dumps(list(pool.map(work, range(32)))))
"""
    answers = json.loads(python(code))
    assert len(answers) == 32
    assert all(answer == answers[0] for answer in answers)


def test_optimised_bytecode_prices_the_same() -> None:
    """`PYTHONOPTIMIZE=2` strips asserts and docstrings, not cents."""
    assert python(FIRST_PRICE, "-OO") == python(FIRST_PRICE)


def test_the_package_works_from_a_zip(tmp_path: Path) -> None:
    """Imported from a zip archive, data files and texts are found."""
    archive = tmp_path / "bundle.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for file in PACKAGE.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                bundle.write(file, Path("cptkit") / file.relative_to(PACKAGE))
    code = (
        "import cptkit; assert '.zip' in cptkit.__file__;"
        "print(cptkit.price('96521', zip='60601').allowed, cptkit.code('99213').title)"
    )
    found = python(code, PYTHONPATH=str(archive))
    assert found.startswith(python(FIRST_PRICE))
    assert found.endswith(cptkit.code("99213").title)


def data_texts() -> list[tuple[str, str]]:
    """Every data file of the package as text, compressed parts opened."""
    found = []
    for file in sorted((PACKAGE / "data").rglob("*")):
        if file.is_file():
            found.append((file.name, decoded(file.read_bytes())))
    return found


def decoded(data: bytes) -> str:
    """A data file's text; each zlib stream in it opened."""
    parts, rest = [], data
    while rest:
        at = rest.find(b"\x78\xda")
        if at < 0:
            break
        stream = zlib.decompressobj()
        try:
            parts.append(stream.decompress(rest[at:]))
            rest = stream.unused_data
        except zlib.error:
            rest = rest[at + 2 :]
    return b"\n".join(parts or [data]).decode("latin-1")


@pytest.mark.skipif(not SOURCES.exists(), reason="the CMS files are not at hand")
def test_no_descriptor_ships() -> None:
    """No CPT or CDT descriptor of any release stands in a data file.

    Descriptors of at least two words and 12 characters are looked for as they
    are printed, in every packed and plain file but the words of the texts,
    which the editorial checks compare field by field.
    """
    from .oracle.sources import _cells

    path = SOURCES / "RVU26C" / "PPRRVU2026_Jul_nonQPP.csv"
    descriptors = {
        cells[2]
        for cells in _cells(path)
        if len(cells) > 30 and len(cells[0]) == 5 and not _is_level_two(cells[0])
    }
    wanted = {each for each in descriptors if len(each) >= 12 and " " in each}
    assert len(wanted) > 5_000
    packed = "\n".join(
        text for name, text in data_texts() if not name.endswith(".jsonl")
    )
    words = set(packed.replace("\t", "\n").split("\n"))
    assert not wanted & words
    # A descriptor is printable and has a blank: it stands in one of these runs.
    runs = {run for run in re.findall(r"[ -~]{12,}", packed) if " " in run}
    printed = "\n".join(runs)
    assert not [each for each in wanted if len(each) > 20 and each in printed]


def _is_level_two(code: str) -> bool:
    return code[0].isalpha() and code[0] != "D"


def test_no_raw_cms_file_ships() -> None:
    """Nothing in the package looks like a CMS download."""
    names = [file.name for file in PACKAGE.rglob("*") if file.is_file()]
    raw = ("PPRRVU", "OPPSCAP", "LOCCO", "ANES20", "GPCI20", "ZIP5_")
    assert not [name for name in names if name.startswith(raw)]


def test_every_module_imports() -> None:
    """Each module imports on its own."""
    for file in PACKAGE.rglob("*.py"):
        parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            name = ".".join(part for part in parts if part != "__init__")
            assert importlib.import_module(name)


def test_syntax_is_that_of_the_oldest_python() -> None:
    """Every module parses as Python 3.10; what came later would be refused."""
    with pytest.raises(SyntaxError, match=r"3\.11"):
        ast.parse("try: pass\nexcept* OSError: pass", feature_version=(3, 10))
    for file in PACKAGE.rglob("*.py"):
        ast.parse(file.read_text("utf-8"), str(file), feature_version=(3, 10))


def test_a_pool_of_threads_shares_one_schedule() -> None:
    """Opening one release at once from many threads reads it once."""
    with ThreadPoolExecutor(16) as pool:
        opened = list(pool.map(cptkit.schedule, ["RVU22B"] * 64))
    assert len({id(schedule) for schedule in opened}) == 1


def test_rules_never_ask_for_the_year() -> None:
    """No rule compares years: what changes by date is a row of the rates."""
    for file in (PACKAGE / "pricing").glob("*.py"):
        if file.name != "request.py":
            assert ".year" not in file.read_text("utf-8"), file.name

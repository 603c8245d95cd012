"""What the package needs: two small libraries, permissive licences, and what ships."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import cptkit

from .tool_files import load_tool

PACKAGE = Path(cptkit.__file__).parent
RUN_TIME = {"attrs", "importlib_resources"}
#: Licences that ask for no more than a notice, by the words that tell them.
PERMISSIVE = re.compile(
    r"\b(MIT|MIT-CMU|BSD|0BSD|ISC|Apache|Zlib|CC0|Unlicense|HPND|PSF"
    r"|Python Software Foundation)\b",
    re.IGNORECASE,
)
#: A frame's own library, and what it stands on: there already where the frame is.
CALLERS = {"duckdb", "numpy", "pandas", "polars", "pyarrow", "pyspark"}
COPYLEFT = re.compile(r"\b(A?GPL|LGPL|EUPL|SSPL|GNU)", re.IGNORECASE)

check_dist = load_tool("check_dist")


def imported(tree: ast.AST) -> Iterator[str]:
    """The top names that a module imports when it runs, wherever it does."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module
            yield node.module.partition(".")[0]
        else:
            yield from imported(node)


def requirements(name: str) -> list[Requirement]:
    """What a distribution says it needs."""
    return [Requirement(text) for text in metadata.requires(name) or ()]


def extras() -> dict[str, set[str]]:
    """The libraries that each extra brings."""
    found: dict[str, set[str]] = {}
    for each in requirements("cptkit"):
        if each.marker is not None:
            extra = str(each.marker).rpartition("extra == ")[2].strip("\"' ")
            found.setdefault(extra, set()).add(each.name.replace("-", "_"))
    return found


def test_at_run_time_two_libraries_are_needed() -> None:
    """The metadata asks for attrs and importlib-resources, and nothing else."""
    plain = {each.name for each in requirements("cptkit") if each.marker is None}
    assert {name.replace("-", "_") for name in plain} == RUN_TIME


def test_every_import_is_declared() -> None:
    """Modules import the standard library, the two, or what an extra brings.

    Those of frames may also import the library that the caller's frame is of.
    """
    optional = set().union(*extras().values())
    allowed = {*sys.stdlib_module_names, *RUN_TIME, *optional, "cptkit"}
    for file in PACKAGE.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        own = CALLERS if file.parent.name == "frames" else set()
        assert set(imported(tree)) <= allowed | own, file.name


def test_an_extra_is_imported_by_its_own_modules() -> None:
    """No extra is declared in vain."""
    used = {
        name
        for file in PACKAGE.rglob("*.py")
        for name in imported(ast.parse(file.read_text(encoding="utf-8")))
    }
    for extra, libraries in extras().items():
        assert used & libraries, extra


def needed(name: str, extra: str = "") -> Iterator[str]:
    """A distribution and all that it brings here, each once."""
    seen: set[str] = set()
    waiting = [(name, extra)]
    while waiting:
        current, with_extra = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        for each in requirements(current):
            if each.marker is None or each.marker.evaluate({"extra": with_extra}):
                waiting += [(each.name, "")]


def licence(name: str) -> str:
    """What a distribution says of its licence, in its three ways of saying it."""
    fields = metadata.metadata(name)
    told = fields.get_all("Classifier") or []
    said = [fields.get("License-Expression"), (fields.get("License") or "")[:200]]
    return "; ".join(
        each for each in (*said, *(c for c in told if "License ::" in c)) if each
    )


@pytest.mark.parametrize("extra", ["", *extras()])
def test_licences_are_permissive(extra: str) -> None:
    """What comes with the package, and with each extra, asks for a notice at most."""
    names = set(needed("cptkit", extra))
    assert len(names) >= 3
    for name in names:
        try:
            told = licence(name)
        except metadata.PackageNotFoundError:
            pytest.fail(f"{name}, of the extra {extra!r}, is not installed here")
        assert PERMISSIVE.search(told), (name, told)
        assert not COPYLEFT.search(told), (name, told)


def test_what_should_not_ship_is_named() -> None:
    """A stray file, a missing one, a wrong kind and a new requirement are faults."""
    files = {"src/cptkit/__init__.py", "src/cptkit/py.typed", "README.md", ".ci/run"}
    info = "cptkit-0.1.0.dist-info"
    good = {"cptkit/__init__.py", "cptkit/py.typed"} | {
        f"{info}/{name}"
        for name in "METADATA WHEEL RECORD licenses/LICENSE licenses/NOTICE".split()
    }
    assert list(check_dist.wheel_faults(good, files)) == []
    for changed, told in (
        (good | {"cptkit/cache.pyc"}, "cptkit/cache.pyc, which is not committed"),
        (good - {"cptkit/py.typed"}, "lacks cptkit/py.typed"),
        (good - {f"{info}/licenses/NOTICE"}, "licenses/NOTICE is missing"),
        (good | {f"{info}/entry_points.txt"}, "entry_points.txt is not ours"),
    ):
        assert told in "\n".join(check_dist.wheel_faults(changed, files))
    csv = "cptkit/data/PPRRVU.csv"
    found = list(check_dist.wheel_faults({*good, csv}, {*files, f"src/{csv}"}))
    assert found == [f"the wheel holds {csv}, of a kind that does not ship"]

    inside = {"README.md", "src/cptkit/__init__.py", "src/cptkit/py.typed", "PKG-INFO"}
    assert list(check_dist.sdist_faults(inside, files)) == []
    assert list(check_dist.sdist_faults({*inside, ".ci/run", "notes.txt"}, files)) == [
        "the sdist holds .ci/run, which is not committed or should stay here",
        "the sdist holds notes.txt, which is not committed or should stay here",
    ]
    assert list(check_dist.sdist_faults(inside - {"README.md"}, files)) == [
        "the sdist lacks README.md"
    ]

    text = (
        "Name: cptkit\nLicense-Expression: MIT\nRequires-Python: >=3.10\n"
        "Requires-Dist: attrs>=24.1\nRequires-Dist: importlib-resources>=6\n"
        "Requires-Dist: matplotlib>=3.8; extra == 'plots'\n"
    )
    assert list(check_dist.metadata_faults(text)) == []
    more = check_dist.metadata_faults(f"{text}Requires-Dist: requests>=2\n")
    assert "requests" in next(more)

"""The bundled classification is what its one command makes of CMS's file."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

import cptkit
from cptkit._rbcs import classification

from .shared_files import SOURCES, rows

TOOL = Path(__file__).resolve().parents[1] / "tools" / "build_rbcs.py"
BUNDLED = Path(cptkit.__file__).parent / "data" / "rbcs"
SOURCE = SOURCES / "RBCS" / "RBCS_RY_2025.csv"

pytestmark = [
    pytest.mark.skipif(not SOURCE.exists(), reason="CMS's file is not at hand"),
    pytest.mark.skipif(not TOOL.exists(), reason="the tool is not in this checkout"),
]


def load_tool() -> Any:
    """The command as a module of its own."""
    spec = importlib.util.spec_from_file_location("cptkit_build_rbcs", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def build(tmp_path: Path, sources: Path) -> None:
    """Run the command, into a folder of its own."""
    tool = load_tool()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tool, "DATA", tmp_path)
        patch.setattr(sys, "argv", ["build_rbcs.py", str(sources)])
        tool.main()


def test_the_build_is_byte_for_byte_the_bundled_data(tmp_path: Path) -> None:
    """The same file gives the same bytes, and no other file ships."""
    build(tmp_path, SOURCES)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in BUNDLED.iterdir()}


def test_the_manifest_names_the_file_and_its_sum() -> None:
    """Path, sha256 and how many codes."""
    edition, path, sha256, codes = (
        (BUNDLED / "manifest.tsv").read_text("ascii").splitlines()[2].split("\t")
    )
    assert edition == "RY2025"
    assert sha256 == hashlib.sha256((SOURCES / path).read_bytes()).hexdigest()
    listed = {row["path"]: row["sha256"] for row in rows(SOURCES / "manifest.csv")}
    assert listed[path] == sha256
    assert int(codes) == len(latest())


def latest() -> dict[str, dict[str, str]]:
    """The latest assignment of each code, read here."""
    with SOURCE.open(encoding="ascii", newline="") as file:
        read = list(csv.DictReader(file))
    return {r["hcpcs_cd"]: r for r in read if r["rbcs_latest_assignment"] == "1"}


def test_every_code_has_the_class_of_the_file() -> None:
    """Category, subcategory and family of all codes, with CMS's labels."""
    held = classification()
    differ: set[str] = set()
    for code, row in latest().items():
        assert held.id_of(code, "rbcs") == row["rbcs_cat"]
        assert held.id_of(code, "rbcs-subcategory") == row["rbcs_cat_subcat"]
        assert held.label(row["rbcs_cat"]) == row["rbcs_cat_desc"]
        assert held.label(row["rbcs_cat_subcat"]) == row["rbcs_subcat_desc"]
        family = held.id_of(code, "rbcs-family")
        assert (family is None) == (row["rbcs_famnumb"] == "000")
        if family is not None:
            assert family == row["rbcs_cat_subcat"] + row["rbcs_famnumb"]
            if held.label(family) != row["rbcs_family_desc"]:
                differ.add(family)
    # CMS spells these three families in two ways; the commoner one is kept.
    assert differ == {"RI008", "RI019", "RX029"}


def test_a_changed_file_stops_the_build(tmp_path: Path) -> None:
    """A sum that is not the manifest's, and a cell that does not fit its column."""
    folder = tmp_path / "RBCS"
    folder.mkdir()
    text = SOURCE.read_text("ascii")
    (folder / SOURCE.name).write_text(text.replace("99213", "9921?"), "ascii")
    (tmp_path / "manifest.csv").write_text(
        f"path,sha256\nRBCS/{SOURCE.name},{'0' * 64}\n", "ascii"
    )
    with pytest.raises(SystemExit, match="sha256 is"):
        build(tmp_path, tmp_path)
    found = hashlib.sha256((folder / SOURCE.name).read_bytes()).hexdigest()
    (tmp_path / "manifest.csv").write_text(
        f"path,sha256\nRBCS/{SOURCE.name},{found}\n", "ascii"
    )
    with pytest.raises(SystemExit, match="does not fit hcpcs_cd"):
        build(tmp_path, tmp_path)

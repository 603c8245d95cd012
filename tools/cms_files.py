"""What the build commands share: CMS's files, checked, and the tables they become."""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path


def folder_asked(about: str) -> Path:
    """The folder of CMS files that the command line names."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("sources", type=Path, help="folder with CMS files")
    sources: Path = parser.parse_args().sources
    return sources


def manifest_rows(sources: Path) -> list[dict[str, str]]:
    """The rows of the folder's manifest: each file, its sha256, what it is."""
    with (sources / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sums(sources: Path) -> dict[str, str]:
    """The sha256 that the manifest gives each file."""
    return {row["path"]: row["sha256"] for row in manifest_rows(sources)}


def read_checked(sources: Path, path: str, sha256: str) -> bytes:
    """One file; the build stops where its sum is not the one given."""
    data = (sources / path).read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        sys.exit(f"{path}: sha256 is {found}, the manifest says {sha256}")
    return data


def write_table(path: Path, tool: str, header: str, lines: Iterable[str]) -> None:
    """Write one tab-separated table, and which command wrote it."""
    text = "\n".join((f"# Written by tools/{tool}; never edited.", header, *lines))
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")

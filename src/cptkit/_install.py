"""A user's own CMS downloads: opened as schedules, kept in the data directory."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from . import cms
from ._compile import compile_release
from ._money import decimal_of
from ._release import Release, registry
from ._saving import write_whole
from ._schedule import FeeSchedule
from ._store import Figures
from .errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .cms import CmsRelease

#: First month of the release a letter names; AR corrects A.
_FIRST_MONTH = {"A": 1, "AR": 1, "B": 4, "C": 7, "D": 10}


class Download(NamedTuple):
    """A CMS download, read and packed."""

    release: Release
    packed: bytes
    files: CmsRelease

    def schedule(self) -> FeeSchedule:
        """The schedule of the download, with its own descriptors."""
        rows = self.files.relative_values.rows
        descriptors = {row.code: row.descriptor for row in rows if row.descriptor}
        return FeeSchedule(self.release, Figures(self.packed), descriptors)


def open_download(path: cms.Source, name: str | None) -> Download:
    """Read and pack a download; the quarter its name says is when it governs."""
    files = cms.read_folder_or_zip(path, name)
    values = files.relative_values
    packed = compile_release(
        values.rows,
        files.gpci or (),
        files.locco or (),
        files.anes.rows if files.anes else (),
    )
    first = _FIRST_MONTH[files.release[5:]]
    year, last = 2000 + int(files.release[3:5]), first + 2
    release = Release(
        files.release,
        date(year, first, 1),
        date(year, last, monthrange(year, last)[1]),
        decimal_of(values.conversion_factor // 100, 4),
        len(values.rows),
        len({row.code for row in values.rows}),
        bundled=False,
    )
    return Download(release, packed, files)


def keep(download: Download, directory: Path) -> Release:
    """Write a download's figures and its manifest rows; each file whole or not at all.

    Raises:
        InvalidInputError: The release is bundled already.
    """
    release = download.release
    held = registry().by_name.get(release.name)
    if held is not None and held.bundled:
        msg = (
            f"{release.name} is bundled already and its figures stay; use"
            " FeeSchedule.from_cms to work with your own copy"
        )
        raise InvalidInputError(msg)
    _write(directory / f"{release.name}.bin", download.packed)
    row = (
        release.name,
        release.effective.isoformat(),
        release.ends.isoformat(),
        str(release.conversion_factor),
        str(release.rows),
        str(release.codes),
    )
    _replace_rows(directory / "manifest.tsv", release.name, [row])
    values = download.files.relative_values
    sources = [
        (
            release.name,
            "relative values" if name == values.path else "companion file",
            name,
            digest,
            str(release.rows if name == values.path else 0),
        )
        for name, digest in sorted(download.files.sha256.items())
    ]
    _replace_rows(directory / "sources.tsv", release.name, sources)
    return release


def keep_zip9(path: cms.Source, directory: Path) -> int:
    """Write the ZIP+4 file as rows of nine digits, MAC and locality."""
    rows = sorted((r.zip + r.plus_four, r.mac, r.locality) for r in cms.read_zip9(path))
    text = "".join("\t".join(row) + "\n" for row in rows)
    _write(directory / "zip9.tsv", text.encode("ascii"))
    return len(rows)


def read_descriptors(path: cms.Source) -> dict[str, str]:
    """The short descriptors of a relative value download, by code."""
    rows = cms.read_folder_or_zip(path).relative_values.rows
    return {row.code: row.descriptor for row in rows if row.descriptor}


def _replace_rows(path: Path, name: str, rows: Sequence[tuple[str, ...]]) -> None:
    old = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [line for line in old if line.split("\t")[0] != name]
    new = ["\t".join(row) for row in rows]
    _write(path, "".join(line + "\n" for line in kept + new).encode("utf-8"))


def _write(path: Path, data: bytes) -> None:
    """Write a file whole, and its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)

"""Releases: which one governs a date of service (R1).

Every release is a row of ``data/figures/manifest.tsv`` or, where the user
installed one, of the manifest in the user's data directory.
"""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any

import attrs

from . import _resources
from .errors import InvalidInputError, NotPriced, Reason, did_you_mean, not_priced, show

if TYPE_CHECKING:
    from ._source_file import SourceFile

#: First month of each quarterly release, by its letter.
_QUARTERS = {1: "A", 4: "B", 7: "C", 10: "D"}


@attrs.frozen
class Release:
    """One release of the fee schedule's relative value files.

    Attributes:
        name: CMS's name, for example ``RVU26C``.
        effective: First date of service it governs.
        ends: Last date of service it governs.
        conversion_factor: Dollars per RVU, as printed on its rows.
        rows: Records of the relative value file, modifier rows included.
        codes: Distinct codes.
        exact: False where the release stands in for one that is not held.
        bundled: False for a release the user brought.
    """

    name: str
    effective: date
    ends: date
    conversion_factor: Decimal
    rows: int
    codes: int
    exact: bool = True
    bundled: bool = True

    @property
    def sources(self) -> tuple[SourceFile, ...]:
        """The CMS files it was compiled from, with their sha256 and row counts."""
        held = registry().by_name.get(self.name)
        if held is None or held.bundled != self.bundled:
            return ()  # a file of the user's own, not kept
        return registry().sources(self.name)

    @property
    def sha256(self) -> str:
        """sha256 of the relative value file."""
        for source in self.sources:
            if source.kind == "relative values":
                return source.sha256
        return ""

    def governs(self, on: date) -> bool:
        """Whether the release was in force on the date of service."""
        return self.effective <= on <= self.ends

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; dates in ISO form."""
        return {
            "name": self.name,
            "effective": self.effective.isoformat(),
            "ends": self.ends.isoformat(),
            "conversion_factor": str(self.conversion_factor),
            "rows": self.rows,
            "codes": self.codes,
            "exact": self.exact,
            "bundled": self.bundled,
            "sources": [source.to_dict() for source in self.sources],
        }


class Registry:
    """The releases at hand: those bundled, and those the user installed."""

    def __init__(self) -> None:
        rows = _resources.lines("figures/manifest.tsv")
        found = {row[0]: _release(row, bundled=True) for row in rows}
        for row in installed_lines("manifest.tsv"):
            found.setdefault(row[0], _release(row, bundled=False))
        self.releases = tuple(sorted(found.values(), key=lambda r: r.effective))
        self.by_name = {release.name: release for release in self.releases}
        self._sources: dict[str, tuple[SourceFile, ...]] | None = None

    def sources(self, name: str) -> tuple[SourceFile, ...]:
        if self._sources is None:
            from ._source_file import SourceFile

            gathered: dict[str, list[SourceFile]] = {}
            rows = _resources.lines("figures/sources.tsv")
            for release, kind, path, sha256, count in rows + installed_lines(
                "sources.tsv"
            ):
                source = SourceFile(kind, path, sha256, int(count))
                gathered.setdefault(release, []).append(source)
            self._sources = {key: tuple(value) for key, value in gathered.items()}
        return self._sources.get(name, ())

    def packed(self, release: Release) -> bytes:
        """The packed figures of one release."""
        if release.bundled:
            return _resources.read(f"figures/{release.name}.bin")
        with open(os.path.join(user_directory(), f"{release.name}.bin"), "rb") as file:
            return file.read()


def _release(row: list[str], *, bundled: bool) -> Release:
    name, first, last, factor, rows, codes = row
    return Release(
        name,
        date.fromisoformat(first),
        date.fromisoformat(last),
        Decimal(factor),
        int(rows),
        int(codes),
        bundled=bundled,
    )


_loaded: Registry | None = None
_lock = Lock()


def registry() -> Registry:
    """The releases at hand, read on first use."""
    global _loaded
    if _loaded is None:
        with _lock:
            if _loaded is None:
                _loaded = Registry()
    return _loaded


def forget() -> None:
    """Read the manifests anew on next use, after an installation."""
    global _loaded
    _loaded = None


def user_directory() -> str:
    """Where releases the user installed are kept, by the platform's custom."""
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
    return os.path.join(base, "cptkit")


def installed_lines(name: str) -> list[list[str]]:
    """The rows of a table in the user's data directory, none where there is none."""
    try:
        with open(os.path.join(user_directory(), name), encoding="utf-8") as file:
            return [line.split("\t") for line in file.read().splitlines() if line]
    except OSError:
        return []


def parse_date(value: object) -> date:
    """A date of service from a date, a datetime or ISO text.

    Raises:
        NotPriced: `Reason.DATE_INVALID`.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        text = value.strip()
        if len(text) > 10 and text[10] in "T ":
            text = text[:10]
        try:
            if len(text) == 10:
                return date.fromisoformat(text)
        except ValueError:
            pass
    msg = (
        f"date of service {show(value)} is not a date:"
        " give a date or text such as '2026-08-03'"
    )
    raise not_priced(Reason.DATE_INVALID, msg)


def release_named(value: object) -> Release:
    """The release of a name, the newest of a year, or one as it was listed.

    Raises:
        NotPriced: `Reason.DATE_NOT_COVERED`; it is a `LookupError` too.
        InvalidInputError: It was read from a file and is not kept.
    """
    held = registry()
    if isinstance(value, Release):
        found = held.by_name.get(value.name)
        if found is None or found.bundled != value.bundled:
            what = f"{value.name} of a file of your own is asked for"
            msg = f"{what}: give its FeeSchedule"
            raise InvalidInputError(msg)
        return found
    text = str(value).strip().upper() if isinstance(value, (str, int)) else ""
    if text in held.by_name:
        return held.by_name[text]
    year = [r for r in held.releases if str(r.effective.year) == text]
    if year:
        return year[-1]
    names = ", ".join(held.by_name)
    msg = f"release {show(value)} is not held{did_you_mean(text, held.by_name)}"
    raise not_priced(Reason.DATE_NOT_COVERED, f"{msg}; held: {names}")


def release_on(on: date) -> Release:
    """The release for a date of service: its own, or the year's nearest (R1).

    A release that stands in for a missing one has `exact` False.

    Raises:
        NotPriced: `Reason.DATE_NOT_COVERED` for a year of which none is held.
    """
    year = [r for r in registry().releases if r.effective.year == on.year]
    for release in year:
        if release.governs(on):
            return release
    if not year:
        held = registry().releases
        msg = (
            f"no release of {on.year} is held: dates of service from"
            f" {held[0].effective} to {held[-1].effective.year}-12-31 can be priced"
        )
        raise not_priced(Reason.DATE_NOT_COVERED, msg)
    earlier = [r for r in year if r.ends < on]
    return attrs.evolve(earlier[-1] if earlier else year[0], exact=False)


def name_on(on: date) -> str:
    """The name CMS's calendar gives the release in force on a date (R1)."""
    first = max(month for month in _QUARTERS if month <= on.month)
    return f"RVU{on.year % 100:02d}{_QUARTERS[first]}"


def newest() -> Release:
    """The release with the latest first date of service."""
    return registry().releases[-1]


def refuse_inexact(release: Release, on: date) -> NotPriced:
    """The refusal of ``strict=True`` where a release only stands in."""
    msg = (
        f"{name_on(on)} governs {on} and is not held; without strict=True the answer"
        f" would come from {release.name}"
    )
    return not_priced(Reason.DATE_NOT_COVERED, msg)

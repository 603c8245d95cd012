"""A whole release, as a CMS zip or the folder it was unpacked to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cptkit.errors import SourceFileError

from . import anes, gpci, locco, oppscap, pprrvu
from ._files import Member, Source, ambiguous, of_kind, read_members, source_name

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NAME = re.compile(r"RVU[0-9]{2}(?:[BCD]|AR?)")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class CmsRelease:
    """What one zip or folder holds; None for a file that is not in it.

    Attributes:
        path: The zip or folder.
        release: Such as RVU26C.
        relative_values: The edition for everyone (non-QPP).
        qpp_relative_values: The edition for qualifying APM participants, which
            differs in the conversion factor only.
        gpci: Indices by locality.
        locco: Counties by locality.
        anes: Anesthesia factors by locality.
        oppscap: OPPS caps by locality.
        sha256: Name of each member read to its digest, in hexadecimal.
    """

    path: str
    release: str
    relative_values: pprrvu.RelativeValueFile
    qpp_relative_values: pprrvu.RelativeValueFile | None
    gpci: tuple[gpci.GpciRow, ...] | None
    locco: tuple[locco.LoccoRow, ...] | None
    anes: anes.AnesthesiaFile | None
    oppscap: tuple[oppscap.OppsCapRow, ...] | None
    sha256: Mapping[str, str]


def read_folder_or_zip(path: Source, release: str | None = None) -> CmsRelease:
    """Read a release.

    Args:
        path: A CMS zip, the folder it was unpacked to, or a lone PPRRVU file.
        release: Its name, such as RVU24C, where the file has no title line.

    Raises:
        SourceFileError: Nothing is there, the relative values are missing or
            ambiguous, a file cannot be read, or the release's name is not known
            or is not the one asked for.
    """
    where = source_name(path)
    members = read_members(path)
    files = pprrvu.editions(where, members)
    values = pprrvu.choose_edition(where, files)
    others = [file for file in files if file is not values]
    used: dict[str, str] = {file.path: file.sha256 for file in files}
    return CmsRelease(
        path=where,
        release=_release_name(where, values.release, release),
        relative_values=values,
        qpp_relative_values=(
            pprrvu.choose_edition(where, others, qpp=True) if others else None
        ),
        gpci=_optional(where, members, "gpci", gpci.read_member, used),
        locco=_optional(where, members, "locco", locco.read_member, used),
        anes=_optional(where, members, "anes", anes.read_member, used),
        oppscap=_optional(where, members, "oppscap", oppscap.read_member, used),
        sha256=used,
    )


def _optional(
    where: str,
    members: tuple[Member, ...],
    kind: str,
    read: Callable[[Member], _T],
    used: dict[str, str],
) -> _T | None:
    found = of_kind(members, kind)
    if len(found) > 1:
        raise ambiguous(where, [member.name for member in found], kind)
    for member in found:
        used[member.name] = member.sha256
        return read(member)
    return None


def _release_name(where: str, titled: str | None, asked: str | None) -> str:
    """Take the title's name, or the caller's where there is no title."""
    if asked is None:
        if titled is None:
            raise SourceFileError(
                "has no title line that names the release; pass release='RVU24C' or"
                " whichever it is",
                path=where,
            )
        return titled
    name = asked.strip().upper()
    if not _NAME.fullmatch(name):
        raise SourceFileError(
            f"release={asked!r} is not a release; expected such as 'RVU26C'", path=where
        )
    if titled is not None and name != titled:
        raise SourceFileError(
            f"release={asked!r} was asked for, but the title line says {titled!r};"
            " leave release out, or give the right file",
            path=where,
        )
    return name

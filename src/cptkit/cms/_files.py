"""Open what a user has: bytes, one file, a folder, or a CMS zip as downloaded.

Nothing is ever written to disk: what is wanted is read into memory, within
limits that are checked while reading, not only against what an archive declares.
Members are told apart by content, because CMS renames them from one quarter to
the next, and puts CSV, fixed-width text, workbooks and PDF side by side.

Archives are refused whole when any member has a path that leads out of the
archive, is a link or is encrypted: no archive of CMS does, so it is not one.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import struct
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from cptkit.errors import SourceFileError

from ._sniff import KINDS, sniff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Member(NamedTuple):
    """One file in memory, and the name errors call it by."""

    name: str
    data: bytes

    @property
    def sha256(self) -> str:
        """Digest of the bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


Source: TypeAlias = "str | os.PathLike[str] | bytes"
"""A path, or the bytes of a file or of a zip."""

MAX_BYTES = 512 * 1024 * 1024
"""Most a source may hold; the largest CMS file, ZIP+4, is about 90 MB."""
MAX_MEMBERS = 2_000
MAX_RATIO = 300
"""Highest compression of one member; blank-padded CMS text stays under 100."""

_RATIO_MATTERS_FROM = 4 * 1024 * 1024
_CHUNK = 256 * 1024
_TEXT_SUFFIXES = (".csv", ".txt")
_ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_READABLE_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    IndexError,
)


def open_one(source: Source, kind: str) -> Member:
    """Find the one member of *kind*.

    Raises:
        SourceFileError: There is none, or two that differ.
    """
    where = source_name(source)
    members = read_members(source)
    found = of_kind(members, kind)
    if not found:
        raise none_found(where, members, kind)
    if len(found) > 1:
        raise ambiguous(where, [member.name for member in found], kind)
    return found[0]


def read_members(source: Source) -> tuple[Member, ...]:
    """Read everything in *source* that a reader could use, in order of name."""
    if isinstance(source, bytes):
        return _from_bytes("<bytes>", source)
    path = Path(source)
    name = str(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return tuple(_from_folder(path))
        if not stat.S_ISREG(mode):
            raise SourceFileError(
                "is neither a file nor a folder; give a CMS zip, CSV or folder",
                path=name,
            )
        return _from_bytes(name, _read_file(path, MAX_BYTES))
    except FileNotFoundError as error:
        raise SourceFileError(
            "no such file or folder; give a CMS zip, CSV or folder", path=name
        ) from error
    except OSError as error:
        raise SourceFileError(f"cannot be read: {error.strerror}", path=name) from error
    except ValueError as error:
        if isinstance(error, SourceFileError):
            raise
        raise SourceFileError(f"is not a path: {error}", path=repr(name)) from error


def of_kind(members: Iterable[Member], kind: str) -> list[Member]:
    """Pick the members of *kind*: CSV before text, each content once."""
    found = [member for member in members if sniff(member.data) == kind]
    csv = [member for member in found if member.name.lower().endswith(".csv")]
    distinct: dict[str, Member] = {}
    for member in csv or found:
        distinct.setdefault(member.sha256, member)
    return list(distinct.values())


def none_found(where: str, members: tuple[Member, ...], kind: str) -> SourceFileError:
    """Build the refusal of a source without the wanted kind."""
    wanted = KINDS[kind]
    if len(members) == 1 and members[0].name == where:
        other = sniff(members[0].data)
        what = f"is {KINDS[other].label}" if other else "is of no kind known here"
    else:
        what = f"holds {_listing(members)}"
    return SourceFileError(
        f"{what}; expected {wanted.label}, {wanted.hint}", path=where
    )


def ambiguous(where: str, names: Iterable[str], kind: str) -> SourceFileError:
    """Build the refusal of a source with two different members of one kind."""
    listed = " and ".join(repr(_short(name, where)) for name in names)
    return SourceFileError(
        f"holds more than one {KINDS[kind].name}, and they differ: {listed}; give"
        " the one you mean by its own path",
        path=where,
    )


def source_name(source: Source) -> str:
    """Name a source as errors do."""
    return "<bytes>" if isinstance(source, bytes) else str(Path(source))


def _short(name: str, where: str) -> str:
    return name.removeprefix(where).lstrip("/\\") or name


def _listing(members: tuple[Member, ...]) -> str:
    known = [(member, sniff(member.data)) for member in members[:8]]
    return ", ".join(
        repr(member.name.replace("\\", "/").rpartition("/")[2])
        + (f" ({KINDS[kind].name})" if kind else "")
        for member, kind in known
    ) + (", ..." if len(members) > len(known) else "")


def _is_text(name: str) -> bool:
    """Tell whether a member is worth opening; macOS adds shadows of every file."""
    parts = name.replace("\\", "/").split("/")
    return (
        name.lower().endswith(_TEXT_SUFFIXES)
        and "__MACOSX" not in parts
        and not parts[-1].startswith(".")
    )


def _from_folder(folder: Path) -> Iterator[Member]:
    """Yield the CSV and text files of a folder and the folders in it."""
    room = MAX_BYTES
    seen = 0
    archives: list[str] = []
    count = 0
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        seen += len(files)
        if seen > MAX_MEMBERS:
            raise SourceFileError(
                f"holds more than {MAX_MEMBERS} files; give the folder of one release",
                path=folder,
            )
        for file in sorted(files):
            path = Path(parent, file)
            if _is_text(file) and path.is_file():
                data = _read_file(path, room)
                room -= len(data)
                count += 1
                yield Member(str(path), data)
            elif file.lower().endswith(".zip"):
                archives.append(file)
    if not count and archives:
        raise SourceFileError(
            f"holds no CSV or text file; it holds {archives[0]!r}, give that path",
            path=folder,
        )
    if not count:
        raise SourceFileError(
            "holds no CSV or text file; give the folder a CMS zip was unpacked to",
            path=folder,
        )


def _read_file(path: Path, room: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(room + 1)
    if len(data) > room:
        raise SourceFileError(
            f"is larger than the {MAX_BYTES // 1024 // 1024} MB read at once; it is no"
            " file of CMS",
            path=path,
        )
    return data


def _from_bytes(name: str, data: bytes) -> tuple[Member, ...]:
    if not data:
        raise SourceFileError("is empty; download it again", path=name)
    if data.startswith(_ZIP_MAGIC):
        return tuple(_from_zip(name, data))
    if name.lower().endswith(".zip"):
        begin = data[:15].decode("latin-1")
        raise SourceFileError(
            f"is not a zip (it begins with {begin!r}); download it again", path=name
        )
    return (Member(name, data),)


def _from_zip(name: str, data: bytes) -> list[Member]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_archive(name, archive)
    except SourceFileError:
        raise
    except _DAMAGE as error:
        reason = str(error) or type(error).__name__
        raise SourceFileError(
            f"is a damaged or cut zip ({reason}); download it again", path=name
        ) from error


def _read_archive(name: str, archive: zipfile.ZipFile) -> list[Member]:
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names:
        raise SourceFileError(
            "is a workbook or document, not a zip of CMS; give the CSV edition",
            path=name,
        )
    if len(entries) > MAX_MEMBERS or len(names) < len(entries):
        raise SourceFileError(
            f"holds {len(entries)} members under {len(names)} names; expected at most"
            f" {MAX_MEMBERS}, each once: this is no zip of CMS",
            path=name,
        )
    for entry in entries:
        _check_entry(name, entry)
    wanted = [entry for entry in entries if _is_text(entry.filename)]
    if not wanted:
        raise SourceFileError(f"holds no CSV or text file{_nested(entries)}", path=name)
    members: list[Member] = []
    room = MAX_BYTES
    for entry in sorted(wanted, key=lambda entry: entry.filename):
        members.append(_read_entry(name, archive, entry, room))
        room -= len(members[-1].data)
    return members


def _nested(entries: list[zipfile.ZipInfo]) -> str:
    inner = [e.filename for e in entries if e.filename.lower().endswith(".zip")]
    return f"; it holds {inner[0]!r}, unpack it and give that one" if inner else ""


def _check_entry(name: str, entry: zipfile.ZipInfo) -> None:
    path = entry.orig_filename.replace("\\", "/")
    mode = entry.external_attr >> 16
    if (
        path.startswith("/")
        or _DRIVE.match(path)
        or ".." in path.split("/")
        or "\x00" in path
    ):
        problem = "has a path that leads out of the archive"
    elif not path.isprintable():
        problem = "has a name with control characters"
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        problem = "is a link or device, not a file"
    elif entry.flag_bits & _ENCRYPTED:
        problem = "is encrypted"
    else:
        return
    raise SourceFileError(
        f"member {entry.orig_filename!r} {problem}; no zip of CMS holds such a"
        " member, download it again from CMS",
        path=name,
    )


def _read_entry(
    name: str, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int
) -> Member:
    """Read one member piece by piece, so that no declared size is believed."""
    path = f"{name}/{entry.filename}"
    if entry.compress_type not in _READABLE_METHODS:
        raise SourceFileError(
            f"is packed by method {entry.compress_type}, which cannot be read safely"
            " here; unpack the zip and give the folder",
            path=path,
        )
    most = max(_RATIO_MATTERS_FROM, entry.compress_size * MAX_RATIO)
    if entry.file_size > min(room, most):
        raise _bomb(path)
    pieces: list[bytes] = []
    size = 0
    with archive.open(entry) as file:
        while piece := file.read(_CHUNK):
            size += len(piece)
            if size > min(room, most):
                raise _bomb(path)
            pieces.append(piece)
    return Member(path, b"".join(pieces))


def _bomb(path: str) -> SourceFileError:
    return SourceFileError(
        f"unpacks to more than {MAX_RATIO} times its size, or the archive to more than"
        f" {MAX_BYTES // 1024 // 1024} MB: a zip bomb, not a file of CMS",
        path=path,
    )

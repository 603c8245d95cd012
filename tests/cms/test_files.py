"""Folders, files and zips, well-meant and hostile."""

from __future__ import annotations

import csv
import io
import os
import stat
import struct
import sys
import warnings
import zipfile
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cptkit.cms import (
    _files,
    anes,
    anesthesia_base,
    gpci,
    locco,
    oppscap,
    read_gpci,
    read_relative_values,
    read_zip5,
)
from cptkit.errors import SourceFileError

from .conftest import ANES_2026, GPCI, LOCCO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import MakePprrvu


class Reader(Protocol):
    """A module that reads one kind of file."""

    def read_member(self, member: _files.Member) -> object:
        """Read a file in memory."""
        ...


OTHER_GPCI = GPCI.replace("0.869", "0.870")


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Make a zip in memory."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class TestPaths:
    """What is not there, or not what it should be."""

    def test_missing(self, tmp_path: Path) -> None:
        """The path is shown."""
        with pytest.raises(SourceFileError, match="no such file or folder") as caught:
            read_gpci(tmp_path / "GPCI.csv")
        assert caught.value.path == str(tmp_path / "GPCI.csv")

    def test_text_is_a_path(self, tmp_path: Path) -> None:
        """A str works as well as a Path."""
        path = tmp_path / "GPCI.csv"
        path.write_text(GPCI)
        assert read_gpci(str(path)) == read_gpci(path)

    def test_empty_file(self, tmp_path: Path) -> None:
        """A download that broke off at once."""
        path = tmp_path / "GPCI.csv"
        path.touch()
        with pytest.raises(SourceFileError, match="is empty"):
            read_gpci(path)

    def test_null_in_a_path(self) -> None:
        """Not a path at all."""
        with pytest.raises(SourceFileError, match=r"is not a path|no such file"):
            read_gpci("a\x00b")

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
    def test_neither_file_nor_folder(self, tmp_path: Path) -> None:
        """A pipe would wait for ever."""
        path = tmp_path / "pipe.csv"
        os.mkfifo(path)
        with pytest.raises(SourceFileError, match="neither a file nor a folder"):
            read_gpci(path)

    def test_unreadable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The system's reason is passed on."""
        path = tmp_path / "GPCI.csv"
        path.write_text(GPCI)

        def refuse(*_: object) -> bytes:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(_files, "_read_file", refuse)
        with pytest.raises(SourceFileError, match="cannot be read: Permission denied"):
            read_gpci(path)

    def test_too_large(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The limit holds for a plain file."""
        monkeypatch.setattr(_files, "MAX_BYTES", 100)
        path = tmp_path / "GPCI.csv"
        path.write_text(GPCI)
        with pytest.raises(SourceFileError, match="is larger than"):
            read_gpci(path)


class TestWrongFiles:
    """A file of another kind says what it is."""

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (GPCI, "is a GPCI file; expected a relative value file"),
            (LOCCO, "is a county file"),
            (ANES_2026, "is an anesthesia factor file"),
            ("hello\n", "is of no kind known here"),
            ('"' * 3, "is of no kind known here"),
            ("x" * 200_000, "is of no kind known here"),
            ("\n\n", "is of no kind known here"),
        ],
    )
    def test_wanted_relative_values(self, text: str, words: str) -> None:
        """And what was expected."""
        with pytest.raises(SourceFileError, match=words):
            read_relative_values(text.encode())

    def test_wanted_gpci(self, make_pprrvu: MakePprrvu) -> None:
        """The other way round."""
        with pytest.raises(SourceFileError, match="is a relative value file"):
            read_gpci(make_pprrvu())

    def test_low_field_limit(self) -> None:
        """Another program's limit makes a refusal, not a crash."""
        limit = csv.field_size_limit(5)
        try:
            with pytest.raises(SourceFileError, match="is of no kind known here"):
                read_gpci(GPCI.encode())
        finally:
            csv.field_size_limit(limit)

    @pytest.mark.parametrize(
        ("module", "words"),
        [
            (gpci, "has no header of a GPCI file"),
            (locco, "has no header of a county file"),
            (anes, "has no header of an anesthesia factor file"),
            (oppscap, "has no header that begins with HCPCS, MOD, PROCSTAT"),
            (anesthesia_base, "holds no anesthesia codes"),
        ],
    )
    @pytest.mark.parametrize("data", [b"a,b\n", b"a,b\n" * 60])
    def test_no_header(self, module: Reader, words: str, data: bytes) -> None:
        """A reader given such a file by hand says what it missed."""
        with pytest.raises(SourceFileError, match=words):
            module.read_member(_files.Member("a.csv", data))


class TestFolders:
    """An unpacked zip."""

    def test_finds_by_content(self, tmp_path: Path) -> None:
        """The name says nothing, the depth neither."""
        inner = tmp_path / "RVU26C" / "more"
        inner.mkdir(parents=True)
        (inner / "renamed.CSV").write_text(GPCI)
        (inner / "GPCI.pdf").write_bytes(b"%PDF")
        (tmp_path / ".hidden").mkdir()
        (tmp_path / ".hidden" / "GPCI.csv").write_text(OTHER_GPCI)
        (tmp_path / ".GPCI.csv").write_text(OTHER_GPCI)
        assert len(read_gpci(tmp_path)) == 2

    def test_empty(self, tmp_path: Path) -> None:
        """Nothing to read."""
        with pytest.raises(SourceFileError, match="holds no CSV or text file"):
            read_gpci(tmp_path)

    def test_holds_a_zip(self, tmp_path: Path) -> None:
        """The zip is not opened unasked, but named."""
        (tmp_path / "rvu26c.zip").write_bytes(b"")
        with pytest.raises(SourceFileError, match=r"'rvu26c\.zip', give that path"):
            read_gpci(tmp_path)

    def test_holds_other_files(self, tmp_path: Path) -> None:
        """What is there is listed."""
        (tmp_path / "a.csv").write_text(LOCCO)
        (tmp_path / "b.txt").write_text("hello")
        with pytest.raises(
            SourceFileError, match=r"holds 'a\.csv' \(county .*'b\.txt'"
        ):
            read_gpci(tmp_path)

    def test_long_list_is_cut(self, tmp_path: Path) -> None:
        """Eight names are enough."""
        for number in range(10):
            (tmp_path / f"{number}.txt").write_text("hello")
        with pytest.raises(SourceFileError, match=r"'7\.txt', \.\.\.; expected"):
            read_gpci(tmp_path)

    def test_csv_before_text(self, tmp_path: Path) -> None:
        """The same file in two formats is no doubt."""
        (tmp_path / "a.txt").write_text(OTHER_GPCI.replace(",", "\t"))
        (tmp_path / "b.csv").write_text(GPCI)
        assert read_gpci(tmp_path)[0].pe == 869

    def test_equal_copies(self, tmp_path: Path) -> None:
        """One content is one candidate."""
        (tmp_path / "a.csv").write_text(GPCI)
        (tmp_path / "b.csv").write_text(GPCI)
        assert len(read_gpci(tmp_path)) == 2

    def test_two_that_differ(self, tmp_path: Path) -> None:
        """Both are named."""
        (tmp_path / "a.csv").write_text(GPCI)
        (tmp_path / "b.csv").write_text(OTHER_GPCI)
        with pytest.raises(SourceFileError, match=r"'a\.csv' and 'b\.csv'"):
            read_gpci(tmp_path)

    def test_too_many_files(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A home folder is no release."""
        monkeypatch.setattr(_files, "MAX_MEMBERS", 2)
        for number in range(3):
            (tmp_path / f"{number}.csv").write_text(GPCI)
        with pytest.raises(SourceFileError, match="more than 2 files"):
            read_gpci(tmp_path)


class TestZips:
    """Zips as CMS packs them."""

    def test_from_path_and_bytes(
        self, make_zip: Callable[..., Path], release_members: dict[str, bytes]
    ) -> None:
        """Folders, workbooks and macOS shadows inside do not matter."""
        path = make_zip(release_members)
        assert read_gpci(path) == read_gpci(path.read_bytes())
        assert len(read_gpci(path)) == 2

    def test_stored(self) -> None:
        """Not every zip is packed."""
        data = zipped({"GPCI.csv": GPCI.encode()}, zipfile.ZIP_STORED)
        assert len(read_gpci(data)) == 2

    def test_name_of_a_member_in_errors(self, make_zip: Callable[..., Path]) -> None:
        """Archive, member, line."""
        path = make_zip({"a/GPCI.csv": GPCI.replace("0.869", "x").encode()})
        with pytest.raises(SourceFileError) as caught:
            read_gpci(path)
        assert str(caught.value).startswith(f"{path}/a/GPCI.csv:4: column 2026 PE GPCI")

    def test_holds_a_zip(self) -> None:
        """The inner one is named, not opened."""
        with pytest.raises(SourceFileError, match=r"it holds 'rvu26c\.zip', unpack"):
            read_gpci(zipped({"rvu26c.zip": zipped({"GPCI.csv": GPCI.encode()})}))

    def test_holds_nothing_to_read(self) -> None:
        """Workbooks alone."""
        with pytest.raises(SourceFileError, match=r"holds no CSV or text file$"):
            read_gpci(zipped({"GPCI.xlsx": b"x"}))

    def test_not_a_zip(self, tmp_path: Path) -> None:
        """An error page saved under the name of a download."""
        path = tmp_path / "rvu26c.zip"
        path.write_text("<!DOCTYPE html><html>")
        with pytest.raises(SourceFileError, match=r"is not a zip .*'<!DOCTYPE html>'"):
            read_gpci(path)

    def test_workbook(self) -> None:
        """A workbook is a zip too."""
        with pytest.raises(SourceFileError, match="is a workbook"):
            read_gpci(zipped({"[Content_Types].xml": b"<x/>"}))


def entry(
    name: str, *, mode: int = 0, flags: int = 0, data: bytes = b"x" * 50
) -> bytes:
    """Make a zip of one member with a mode and flags of one's own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("N" * len(name))
        info.external_attr = mode << 16
        info.create_system = 3
        archive.writestr(info, data)
    raw = bytearray(buffer.getvalue().replace(b"N" * len(name), name.encode()))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.index(magic) + offset
        raw[at : at + 2] = struct.pack("<H", flags)
    return bytes(raw)


class TestHostileZips:
    """Archives made to do harm, or broken on the way."""

    @pytest.mark.parametrize(
        "name",
        [
            "../GPCI.csv",
            "a/../../GPCI.csv",
            "/etc/GPCI.csv",
            "C:/GPCI.csv",
            "c:GPCI.csv",
            "..\\GPCI.csv",
            "\\\\host\\GPCI.csv",
            "GPCI.csv\x00.exe",
        ],
    )
    def test_path_out_of_the_archive(self, name: str) -> None:
        """Nothing is unpacked, and still it is refused."""
        with pytest.raises(SourceFileError, match="leads out of the archive"):
            read_gpci(entry(name))

    @pytest.mark.parametrize("name", ["GPCI\n.csv", "\x1b[31mGPCI.csv"])
    def test_name_with_control_characters(self, name: str) -> None:
        """It could forge a line of a log."""
        with pytest.raises(SourceFileError, match="control characters") as caught:
            read_gpci(entry(name))
        assert str(caught.value).isprintable()

    @pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
    def test_link_or_device(self, kind: int) -> None:
        """Only files and folders."""
        with pytest.raises(SourceFileError, match="is a link or device"):
            read_gpci(entry("GPCI.csv", mode=kind | 0o777))

    @pytest.mark.parametrize("flags", [0x1, 0x41, 0x2000])
    def test_encrypted(self, flags: int) -> None:
        """No password is asked for."""
        with pytest.raises(SourceFileError, match=r"is encrypted|damaged"):
            read_gpci(entry("GPCI.csv", flags=flags))

    def test_plain_entry_is_read(self) -> None:
        """The archive of these tests is otherwise in order."""
        data = entry("GPCI.csv", mode=stat.S_IFREG | 0o644, data=GPCI.encode())
        assert len(read_gpci(data)) == 2

    def test_bomb_by_ratio(self) -> None:
        """A small archive that declares a large member is not opened."""
        data = zipped({"GPCI.csv": b"0" * 5_000_000})
        assert len(data) < 10_000
        with pytest.raises(SourceFileError, match="a zip bomb") as caught:
            read_gpci(data)
        assert caught.value.path == "<bytes>/GPCI.csv"

    def test_bomb_by_total(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Many members that each pass add up."""
        monkeypatch.setattr(_files, "MAX_BYTES", 3_000)
        members = {f"{number}.txt": os.urandom(2_000) for number in range(2)}
        with pytest.raises(SourceFileError, match="a zip bomb") as caught:
            read_gpci(zipped(members))
        assert caught.value.path == "<bytes>/1.txt"

    def test_bomb_that_lies_about_its_size(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The size is counted while reading; what is declared is not believed."""
        original = zipfile.ZipFile.open

        def endless(*_: object) -> io.BytesIO:
            return io.BytesIO(b"0" * 5_000_000)

        data = zipped({"GPCI.csv": GPCI.encode()})
        monkeypatch.setattr(zipfile.ZipFile, "open", endless)
        with pytest.raises(SourceFileError, match="a zip bomb"):
            read_gpci(data)
        monkeypatch.setattr(zipfile.ZipFile, "open", original)
        assert len(read_gpci(data)) == 2

    def test_declared_size_too_small(self) -> None:
        """A member cut to its declared size fails its checksum."""
        data = bytearray(zipped({"GPCI.csv": GPCI.encode()}))
        for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
            at = data.index(magic) + offset
            data[at : at + 4] = struct.pack("<I", 10)
        with pytest.raises(SourceFileError, match="damaged or cut zip"):
            read_gpci(bytes(data))

    def test_too_many_members(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Counted before any is read."""
        monkeypatch.setattr(_files, "MAX_MEMBERS", 3)
        with pytest.raises(SourceFileError, match="holds 4 members"):
            read_gpci(zipped({f"{number}.csv": b"" for number in range(4)}))

    def test_two_members_of_one_name(self) -> None:
        """Tools differ in which of the two they show."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr("GPCI.csv", GPCI)
            archive.writestr("GPCI.csv", OTHER_GPCI)
        with pytest.raises(SourceFileError, match="holds 2 members under 1 names"):
            read_gpci(buffer.getvalue())

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_method_without_a_limit(self, method: int) -> None:
        """Python unpacks these in one go, whatever comes out."""
        data = zipped({"GPCI.csv": GPCI.encode()}, method)
        with pytest.raises(SourceFileError, match="unpack the zip and give the folder"):
            read_gpci(data)

    @pytest.mark.parametrize("keep", [4, 30, 200, -1, -30])
    def test_cut(self, keep: int) -> None:
        """A download that broke off."""
        with pytest.raises(SourceFileError, match="damaged or cut zip"):
            read_gpci(zipped({"GPCI.csv": GPCI.encode()})[:keep])

    def test_damaged_member(self) -> None:
        """A flipped bit fails the checksum or the unpacking."""
        data = bytearray(zipped({"GPCI.csv": GPCI.encode()}))
        data[100] ^= 0xFF
        with pytest.raises(SourceFileError, match="damaged or cut zip"):
            read_gpci(bytes(data))

    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=6))
    def test_any_damage_is_read_or_refused(self, damage: list[tuple[int, int]]) -> None:
        """No other error escapes, whatever bytes change."""
        data = bytearray(zipped({"GPCI.csv": GPCI.encode(), "a/L.csv": LOCCO.encode()}))
        for at, value in damage:
            data[at % len(data)] = value
        try:
            rows = read_gpci(bytes(data))
        except SourceFileError:
            return
        assert rows == read_gpci(GPCI.encode())

    @settings(max_examples=200)
    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, data: bytes) -> None:
        """Nor from bytes that never were a file."""
        with pytest.raises(SourceFileError):
            read_zip5(data)


def test_nothing_is_written(tmp_path: Path, make_zip: Callable[..., Path]) -> None:
    """Reading a zip leaves no file behind."""
    path = make_zip({"GPCI.csv": GPCI.encode()})
    read_gpci(path)
    assert list(tmp_path.iterdir()) == [path]
    assert "tempfile" not in vars(sys.modules["cptkit.cms._files"])

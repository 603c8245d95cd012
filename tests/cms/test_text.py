"""Text as records."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptkit.cms._text import Record, decode, records
from cptkit.errors import SourceFileError


def read(data: bytes) -> list[Record]:
    """Every record of a file."""
    return list(records(decode(data, "a.csv"), "a.csv"))


class TestLines:
    """Records end in LF, CRLF or CR."""

    @pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
    def test_every_line_end(self, end: bytes) -> None:
        """The same records and line numbers come out."""
        data = end.join([b"a,b", b"", b"c,d", b""])
        assert read(data) == [Record(1, ["a", "b"]), Record(3, ["c", "d"])]

    def test_other_separators_are_text(self) -> None:
        """Latin-1 0x85 and form feeds do not end a record."""
        assert read(b"a\x85b,c\x0cd\n") == [Record(1, ["a\x85b", "c\x0cd"])]

    def test_line_end_inside_quotes(self) -> None:
        """A quoted cell may hold one; the lines after it count on."""
        assert read(b'a,"b\nc"\nd,e\n') == [
            Record(1, ["a", "b\nc"]),
            Record(3, ["d", "e"]),
        ]

    def test_marker_and_blank_rows_are_skipped(self) -> None:
        """Ctrl-Z, commas and blanks alone make no record."""
        assert read(b"a,b\n,,\n , \n\x1a,\n\x1a") == [Record(1, ["a", "b"])]

    def test_byte_order_mark_is_dropped(self) -> None:
        """The first cell is the header's."""
        assert read(b"\xef\xbb\xbfHCPCS,b\n") == [Record(1, ["HCPCS", "b"])]


class TestBroken:
    """What is no CSV is refused where it starts."""

    def test_stray_quote(self) -> None:
        """It does not swallow the rest of the file."""
        with pytest.raises(SourceFileError, match="stray double quote") as caught:
            read(b'a,b\nc,"d\ne,f\n')
        assert caught.value.line == 2

    def test_text_after_a_quote(self) -> None:
        """A quoted cell ends at its quote."""
        with pytest.raises(SourceFileError, match="not CSV") as caught:
            read(b'a,"b"c\n')
        assert caught.value.line == 1

    def test_endless_cell(self) -> None:
        """A cell longer than the csv module's limit is no cell of CMS."""
        with pytest.raises(SourceFileError, match="field larger than field limit"):
            read(b"x" * 200_000)

    @pytest.mark.parametrize("data", [b"a\x00b", "HCPCS".encode("utf-16")])
    def test_not_plain_text(self, data: bytes) -> None:
        """Zero bytes mean a workbook or UTF-16."""
        with pytest.raises(SourceFileError, match="not plain text"):
            read(data)

    @given(st.binary(max_size=60))
    def test_reads_or_refuses(self, data: bytes) -> None:
        """No bytes make it fail otherwise."""
        try:
            found = read(data)
        except SourceFileError:
            return
        assert all(record.filled for record in found)

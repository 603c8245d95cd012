"""The ZIP maps and the anesthesia base units."""

from __future__ import annotations

import pytest

from cptkit.cms import (
    BaseUnitsRow,
    Zip5Row,
    Zip9Row,
    read_anesthesia_base,
    read_zip5,
    read_zip9,
)
from cptkit.errors import SourceFileError

ZIP5_CSV = """\
STATE,ZIP CODE,CARRIER,LOCALITY,RURAL IND,LAB CB LOCALITY,RURAL IND2,PLUS 4 FLAG,\
PART B DRUG INDICATOR,YEAR/QTR
AK,99501,02102,01,,Z9,,0,A,20261
EM,501,2102,1,B,Z9,R,1,A,20261
"""

PLACE = ("02102", "01")


def fixed(
    *,
    state: str = "AK",
    zip_: str = "99501",
    place: str = "0210201",
    rural: str = " ",
    flag: str = "0",
    extension: str = "",
    quarter: str = "20254",
) -> str:
    """One record of 80 columns, of the ZIP+4 file where an extension is given."""
    rest = f"{extension}      A" if extension else " A"
    return f"{state}{zip_}{place}{rural}Z9   {flag}{rest}".ljust(75) + quarter


ZIP5_TEXT = "\r\n".join(
    [fixed(), fixed(state="EM", zip_="00501", rural="B", flag="1"), "\x1a"]
)
ZIP9_TEXT = "\r\n".join(
    [fixed(flag="1", extension="0001"), fixed(flag="1", extension="0002", rural="R")]
)


class TestZip5:
    """ZIP code to locality."""

    @pytest.mark.parametrize(
        ("text", "quarter"), [(ZIP5_CSV, "20261"), (ZIP5_TEXT, "20254")]
    )
    def test_both_editions(self, text: str, quarter: str) -> None:
        """CSV and fixed width hold the same."""
        assert read_zip5(text.encode()) == (
            Zip5Row("99501", "AK", *PLACE, "", plus_four=False, year_quarter=quarter),
            Zip5Row("00501", "EM", *PLACE, "B", plus_four=True, year_quarter=quarter),
        )

    @pytest.mark.parametrize(
        ("old", "new", "column", "words"),
        [
            ("99501", "9950x", "zip", "5 digits"),
            ("AK", "A1", "state", "two capitals"),
            (",02102", ",x2102", "mac", "5 digits"),
            ("01,,Z9", "01,Q,Z9", "rural", "'Q' is not known; expected blank, R, B"),
            (",,0,A", ",,2,A", "plus_four", "expected '1' or '0'"),
            ("20261", "20265", "year_quarter", "such as 20261"),
        ],
    )
    def test_bad_cell(self, old: str, new: str, column: str, words: str) -> None:
        """Line and column are named."""
        with pytest.raises(SourceFileError) as caught:
            read_zip5(ZIP5_CSV.replace(old, new, 1).encode())
        assert (caught.value.line, caught.value.column) == (2, column)
        assert words in str(caught.value)

    def test_a_zip_twice(self) -> None:
        """Which of the two holds is not known."""
        with pytest.raises(SourceFileError, match="'99501' is listed before") as caught:
            read_zip5(ZIP5_TEXT.replace("00501", "99501").encode())
        assert caught.value.line == 2

    def test_cut_record(self) -> None:
        """Fixed width is fixed."""
        with pytest.raises(SourceFileError, match="is 79 characters long, expected 80"):
            read_zip5(ZIP5_TEXT.replace("A   ", "A  ", 1).encode())

    def test_cut_row(self) -> None:
        """A CSV row without its last cells."""
        with pytest.raises(SourceFileError, match="fewer than the header"):
            read_zip5(ZIP5_CSV.replace(",A,20261\nEM", "\nEM").encode())

    def test_missing_column(self) -> None:
        """The refusal names it."""
        with pytest.raises(SourceFileError, match="no column for year_quarter"):
            read_zip5(ZIP5_CSV.replace("YEAR/QTR", "WHEN").encode())

    def test_only_a_header(self) -> None:
        """A cut file."""
        with pytest.raises(SourceFileError, match="holds no ZIP codes"):
            read_zip5(ZIP5_CSV.partition("AK")[0].encode())


class TestZip9:
    """Nine-digit ZIP code to locality."""

    def test_fixed_width(self) -> None:
        """The four digits stand in 22-25."""
        assert read_zip9(ZIP9_TEXT.encode()) == (
            Zip9Row("99501", "0001", "AK", "02102", "01", "", "20254"),
            Zip9Row("99501", "0002", "AK", "02102", "01", "R", "20254"),
        )

    def test_digits_shared_by_two_zips(self) -> None:
        """What is parsed once is not mixed up."""
        records = [
            fixed(zip_=zip_, flag="1", extension=extension)
            for zip_ in ("99501", "99502")
            for extension in ("0001", "0002")
        ]
        rows = read_zip9("\n".join(records).encode())
        assert [row.zip + row.plus_four for row in rows] == [
            "995010001",
            "995010002",
            "995020001",
            "995020002",
        ]

    def test_csv(self) -> None:
        """A copy saved from a workbook, its zeros lost."""
        text = (
            "STATE,ZIP CODE,CARRIER,LOCALITY,RURAL IND,PLUS 4 FLAG,PLUS 4,YEAR/QTR\n"
            "AK,99501,2102,1,,1,7,20254\n"
        )
        assert read_zip9(text.encode()) == (
            Zip9Row("99501", "0007", "AK", "02102", "01", "", "20254"),
        )

    def test_a_zip_twice(self) -> None:
        """Each nine digits stand once."""
        with pytest.raises(SourceFileError, match="'99501-0001' is listed before"):
            read_zip9(ZIP9_TEXT.replace("10002", "10001").encode())

    def test_only_a_header(self) -> None:
        """A cut file."""
        header = "ZIP CODE,PLUS 4,STATE,CARRIER,LOCALITY,RURAL IND,YEAR/QTR\n"
        with pytest.raises(SourceFileError, match="holds no ZIP codes"):
            read_zip9(header.encode())

    def test_zip5_is_not_zip9(self) -> None:
        """The two are told apart, either way round."""
        with pytest.raises(SourceFileError, match=r"is a ZIP5 file; expected a ZIP\+4"):
            read_zip9(ZIP5_TEXT.encode())
        with pytest.raises(SourceFileError, match=r"is a ZIP\+4 file.*expected a ZIP5"):
            read_zip5(ZIP9_TEXT.encode())


class TestAnesthesiaBase:
    """Base units by code."""

    TEXT = "CODE\t2022\n\tBASE\n\tUNIT\n00100\t5\n102\t6\n01999\t0\n"

    @pytest.mark.parametrize("delimiter", ["\t", ","])
    def test_as_published(self, delimiter: str) -> None:
        """Stacked header, lost zeros."""
        assert read_anesthesia_base(self.TEXT.replace("\t", delimiter).encode()) == (
            BaseUnitsRow("00100", 5),
            BaseUnitsRow("00102", 6),
            BaseUnitsRow("01999", 0),
        )

    @pytest.mark.parametrize(
        ("old", "new", "column", "words"),
        [
            ("102\t6", "102\t6.5", "BASE UNIT", "is not a number of 2 digits"),
            ("102\t6", "12\t6", "CODE", "is not a code"),
            ("102\t6", "100\t6", "CODE", "'00100' is listed before"),
        ],
    )
    def test_bad_row(self, old: str, new: str, column: str, words: str) -> None:
        """Line and column are named."""
        with pytest.raises(SourceFileError) as caught:
            read_anesthesia_base(self.TEXT.replace(old, new).encode())
        assert (caught.value.line, caught.value.column) == (5, column)
        assert words in str(caught.value)

    def test_row_without_units(self) -> None:
        """A missing number is not zero."""
        with pytest.raises(SourceFileError, match="has 1 cells, expected 2"):
            read_anesthesia_base((self.TEXT + "00104\n").encode())

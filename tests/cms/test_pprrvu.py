"""The relative value file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cptkit.cms import RelativeValueRow, pprrvu, read_relative_values
from cptkit.cms._files import Member
from cptkit.errors import SourceFileError

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import MakePprrvu

TITLE = "{} National Physician Fee Schedule Relative Value File {} Release"


class TestLayouts:
    """Two layouts, told by the number of columns."""

    def test_2026(self, make_pprrvu: MakePprrvu) -> None:
        """Every column lands in its field, as an integer where it is an amount."""
        file = read_relative_values(
            make_pprrvu({"endoscopic_base": "45378", "na_facility": "NA"})
        )
        assert (file.columns, file.conversion_factor) == (32, 33_400900)
        assert file.rows == (
            RelativeValueRow(
                code="99001",
                modifier="",
                descriptor="Example service",
                status="A",
                not_used="",
                work=130,
                pe_nonfacility=135,
                na_nonfacility=False,
                pe_facility=57,
                na_facility=True,
                mp=10,
                total_nonfacility=275,
                total_facility=197,
                pctc="0",
                global_days="XXX",
                pre=0,
                intra=0,
                post=0,
                multiple_procedure="0",
                bilateral="0",
                assistant="0",
                co_surgeon="0",
                team="0",
                pricing="9",
                endoscopic_base="45378",
                conversion_factor=33_400900,
                supervision="09",
                calculation_flag="0",
                imaging_family="99",
                opps_pe_nonfacility=0,
                opps_pe_facility=0,
                opps_mp=0,
            ),
        )

    def test_before_2026(self, make_pprrvu: MakePprrvu) -> None:
        """Without the pricing column its field is blank, the rest in place."""
        file = read_relative_values(make_pprrvu(columns=31, title=TITLE))
        row = file.rows[0]
        assert (file.columns, row.pricing, row.endoscopic_base) == (31, "", "")
        assert (row.conversion_factor, row.imaging_family) == (33_400900, "99")

    def test_one_header_line_and_no_title(self, make_pprrvu: MakePprrvu) -> None:
        """Rewritten copies begin with the header."""
        file = read_relative_values(make_pprrvu(title=None, released=None, end="\n"))
        assert (file.release, file.released, len(file.rows)) == (None, None, 1)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends(self, make_pprrvu: MakePprrvu, end: str) -> None:
        """The July 2025 file has bare carriage returns."""
        assert len(read_relative_values(make_pprrvu(end=end)).rows) == 1

    def test_marker_and_blank_rows(self, make_pprrvu: MakePprrvu) -> None:
        """They close some files and are no rows."""
        tail = "\x1a" + "," * 31 + "\r\n" + "," * 31 + "\r\n"
        assert len(read_relative_values(make_pprrvu(tail=tail)).rows) == 1

    def test_file_order_is_kept(self, make_pprrvu: MakePprrvu) -> None:
        """Nothing is sorted."""
        file = read_relative_values(
            make_pprrvu(
                {"code": "99003"},
                {"code": "0001F"},
                {"code": "99003", "modifier": "TC"},
            )
        )
        assert [(row.code, row.modifier) for row in file.rows] == [
            ("99003", ""),
            ("0001F", ""),
            ("99003", "TC"),
        ]


class TestTitle:
    """Release, date and edition."""

    @pytest.mark.parametrize(
        ("year", "month", "expected"),
        [
            ("2026", "January", "RVU26A"),
            ("2025", "April", "RVU25B"),
            ("2026", "JULY", "RVU26C"),
            ("2024", "October", "RVU24D"),
            ("2024", "Spring", None),
        ],
    )
    def test_release(
        self, make_pprrvu: MakePprrvu, year: str, month: str, expected: str | None
    ) -> None:
        """Year and month of the title name it."""
        file = read_relative_values(make_pprrvu(title=TITLE.format(year, month)))
        assert (file.release, file.released) == (expected, date(2026, 6, 30))

    def test_reissue_of_march_2024(self, make_pprrvu: MakePprrvu) -> None:
        """Its title is that of January; the factor tells."""
        title = TITLE.format(2024, "January")
        first = make_pprrvu({"conversion_factor": "32.7442"}, columns=31, title=title)
        second = make_pprrvu({"conversion_factor": "33.2875"}, columns=31, title=title)
        assert read_relative_values(first).release == "RVU24A"
        assert read_relative_values(second).release == "RVU24AR"

    @pytest.mark.parametrize(
        ("name", "factor", "expected"),
        [
            ("PPRRVU26.csv", "33.5675", True),
            ("PPRRVU26_QPP.csv", "33.4009", False),
            ("PPRRVU27_QPP.csv", "34.0001", True),
            ("PPRRVU27_nonQPP.csv", "34.0000", False),
            ("PPRRVU27_Non-QPP.csv", "34.0000", False),
            ("PPRRVU27.csv", "34.0000", None),
            ("PPRRVU25_QPP.csv", "32.3465", False),
        ],
    )
    def test_edition(
        self,
        make_pprrvu: MakePprrvu,
        tmp_path: Path,
        name: str,
        factor: str,
        *,
        expected: bool | None,
    ) -> None:
        """Known factors tell, then the name; before 2026 there is one edition."""
        path = tmp_path / name
        title = TITLE.format(f"20{name[6:8]}", "July")
        path.write_bytes(make_pprrvu({"conversion_factor": factor}, title=title))
        assert read_relative_values(path).qpp is expected

    def test_edition_of_an_untitled_31_column_file(
        self, make_pprrvu: MakePprrvu
    ) -> None:
        """The layout is of before the two editions."""
        data = make_pprrvu({"conversion_factor": "36.0896"}, columns=31, title=None)
        assert read_relative_values(data).qpp is False

    def test_impossible_date(self, make_pprrvu: MakePprrvu) -> None:
        """A date that is none is refused with its line."""
        data = make_pprrvu(released="RELEASED 13/40/2026")
        with pytest.raises(SourceFileError, match="13/40/2026' is not a date") as error:
            read_relative_values(data)
        assert error.value.line == 2


class TestRepairs:
    """Lost zeros come back."""

    @pytest.mark.parametrize(
        ("field", "cell", "expected"),
        [
            ("code", "100", "00100"),
            ("code", "1999", "01999"),
            ("code", "42T", "0042T"),
            ("global_days", "0", "000"),
            ("global_days", "10", "010"),
            ("global_days", "90", "090"),
            ("endoscopic_base", "652T", "0652T"),
            ("supervision", "9", "09"),
            ("supervision", "6A", "6A"),
            ("imaging_family", "1", "01"),
            ("descriptor", " Example   service ", "Example service"),
        ],
    )
    def test_repair(
        self, make_pprrvu: MakePprrvu, field: str, cell: str, expected: str
    ) -> None:
        """One reading is possible, and it is taken."""
        row = read_relative_values(make_pprrvu({field: cell})).rows[0]
        assert getattr(row, field) == expected


class TestRefusals:
    """Everything else is refused, with its line and column."""

    @pytest.mark.parametrize(
        ("field", "cell", "column", "words"),
        [
            ("code", "9.90E+04", "HCPCS", "scientific notation"),
            ("code", "9921", "HCPCS", "'9921' is not a code"),
            ("modifier", "59", "MOD", "expected blank, 26, TC, 53"),
            ("status", "Q", "STATUS CODE", "'Q' is not known"),
            ("status", "", "STATUS CODE", "'' is not known"),
            ("not_used", "x", "NOT USED FOR MEDICARE PAYMENT", "expected blank, +"),
            ("work", "", "WORK RVU", "is not an amount"),
            ("work", "-1.30", "WORK RVU", "is not an amount"),
            ("work", "1.301", "WORK RVU", "2 decimal places"),
            ("na_nonfacility", "N", "NON-FAC NA INDICATOR", "expected 'NA' or blank"),
            ("mp", "0.11", "NON-FACILITY TOTAL", "2.75 is not work + PE + MP"),
            ("total_facility", "1.98", "FACILITY TOTAL", "which is 1.97"),
            ("pctc", "10", "PCTC IND", "'10' is not known"),
            ("global_days", "1", "GLOB DAYS", "'1' is not known"),
            ("multiple_procedure", "8", "MULT PROC", "'8' is not known"),
            ("bilateral", "4", "BILAT SURG", "'4' is not known"),
            ("assistant", "3", "ASST SURG", "'3' is not known"),
            ("co_surgeon", "3", "CO-SURG", "'3' is not known"),
            ("team", "3", "TEAM SURG", "'3' is not known"),
            ("pricing", "", "PRIC IND", "'' is not known"),
            ("endoscopic_base", "4E+4", "ENDO BASE", "scientific notation"),
            ("conversion_factor", "0", "CONV FACTOR", "is zero"),
            (
                "supervision",
                "99",
                "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES",
                "'99' is not known",
            ),
            ("calculation_flag", "x", "CALCULATION FLAG", "'x' is not known"),
            (
                "imaging_family",
                "12",
                "DIAGNOSTIC IMAGING FAMILY INDICATOR",
                "'12' is not known",
            ),
            ("opps_mp", "?", "MP USED FOR OPPS PAYMENT AMOUNT", "is not an amount"),
        ],
    )
    def test_bad_cell(
        self, make_pprrvu: MakePprrvu, field: str, cell: str, column: str, words: str
    ) -> None:
        """The sixth line is the second row, below titles and stacked header."""
        data = make_pprrvu({}, {"code": "99002", field: cell})
        with pytest.raises(SourceFileError) as caught:
            read_relative_values(data)
        error = caught.value
        assert (error.line, error.column) == (6, column)
        assert words in str(error)

    def test_two_conversion_factors(self, make_pprrvu: MakePprrvu) -> None:
        """A release has one."""
        data = make_pprrvu({}, {"code": "99002", "conversion_factor": "32.3465"})
        with pytest.raises(
            SourceFileError, match=r"32\.3465.* differs from 33\.4009"
        ) as e:
            read_relative_values(data)
        assert (e.value.line, e.value.column) == (6, "CONV FACTOR")

    def test_the_same_row_twice(self, make_pprrvu: MakePprrvu) -> None:
        """Even when equal: a file pasted together is not to be trusted."""
        with pytest.raises(SourceFileError, match="is already on line 5") as caught:
            read_relative_values(make_pprrvu({}, {}))
        assert caught.value.line == 6

    def test_cut_row(self, make_pprrvu: MakePprrvu) -> None:
        """A download that broke off ends in half a row."""
        with pytest.raises(SourceFileError, match="has 30 cells, expected 32"):
            read_relative_values(make_pprrvu()[:-12])

    def test_cut_after_the_header(self, make_pprrvu: MakePprrvu) -> None:
        """No rows is not an empty release."""
        data = make_pprrvu().partition(b"99001")[0]
        with pytest.raises(SourceFileError, match="a header and no rows"):
            read_relative_values(data)

    @pytest.mark.parametrize("count", [30, 33])
    def test_number_of_columns(self, make_pprrvu: MakePprrvu, count: int) -> None:
        """Neither layout has so many."""
        line = make_pprrvu(title=None, released=None).partition(b"\r\n")[0]
        cells = [*line.split(b","), b"EXTRA"][:count]
        with pytest.raises(SourceFileError, match=f"the header has {count} columns"):
            read_relative_values(b",".join(cells) + b"\r\n")

    def test_columns_in_another_order(self, make_pprrvu: MakePprrvu) -> None:
        """Swapped columns of one kind would read without a word."""
        lines = make_pprrvu(title=None, released=None).split(b"\r\n")
        cells = lines[0].split(b",")
        cells[6], cells[8] = cells[8], cells[6]
        data = b"\r\n".join([b",".join(cells), *lines[1:]])
        with pytest.raises(SourceFileError, match="column 7 is titled") as caught:
            read_relative_values(data)
        assert caught.value.column == "NON-FAC PE RVU"

    def test_no_header(self) -> None:
        """`read_member` says what it missed."""
        member = Member("a.csv", b"a,b\n" * 60)
        with pytest.raises(SourceFileError, match="first cell is 'HCPCS'"):
            pprrvu.read_member(member)
        with pytest.raises(SourceFileError, match="first cell is 'HCPCS'"):
            pprrvu.read_member(Member("a.csv", b"a,b\n"))

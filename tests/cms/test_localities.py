"""Indices, counties and anesthesia factors by locality, and OPPS caps."""

from __future__ import annotations

import pytest

from cptkit.cms import (
    AnesthesiaFile,
    AnesthesiaRow,
    GpciRow,
    LoccoRow,
    OppsCapRow,
    read_anes,
    read_gpci,
    read_locco,
    read_oppscap,
)
from cptkit.errors import SourceFileError

from .conftest import ANES_2026, GPCI, LOCCO, OPPSCAP


class TestGpci:
    """The indices."""

    def test_as_published(self) -> None:
        """Zeros lost on either side come back; marks and footnotes go."""
        assert read_gpci(GPCI.encode()) == (
            GpciRow("10112", "AL", "00", "ALABAMA", 1000, 869, 575),
            GpciRow("02102", "AK", "01", "ALASKA", 1500, 1081, 592),
        )

    def test_two_work_columns(self) -> None:
        """The floored one is law, whichever stands first."""
        text = (
            "MAC,State,Locality Number,Locality Name,2026 PW GPCI (without 1.0 Floor),"
            "2026 PW GPCI (with 1.0 Floor),2026 PE GPCI,2026 MP GPCI\n"
            "10112,AL,00,ALABAMA,0.988,1.000,0.875,0.566\n"
        )
        assert read_gpci(text.encode())[0].work == 1000

    def test_two_work_columns_of_which_none_is_floored(self) -> None:
        """No guess is made."""
        text = (
            "MAC,State,Locality Number,Locality Name,PW GPCI,PW GPCI,PE GPCI,MP GPCI\n"
            "10112,AL,00,ALABAMA,0.988,1.000,0.875,0.566\n"
        )
        with pytest.raises(SourceFileError, match="2 columns that could be it") as e:
            read_gpci(text.encode())
        assert (e.value.line, e.value.column) == (1, "work")

    def test_empty_state_of_2020(self) -> None:
        """It stays blank."""
        text = "MAC,STATE,LOCALITY NUMBER,LOCALITY NAME,PW GPCI,PE GPCI,MP GPCI\n"
        rows = read_gpci(f"{text}10112,,00,ALABAMA,1.000,0.889,0.707\n".encode())
        assert rows[0].state == ""

    def test_without_a_state_column(self) -> None:
        """As if it were blank."""
        text = "MAC,LOCALITY NUMBER,LOCALITY NAME,PW GPCI,PE GPCI,MP GPCI\n"
        rows = read_gpci(f"{text}10112,00,ALABAMA,1.000,0.889,0.707\n".encode())
        assert rows[0] == GpciRow("10112", "", "00", "ALABAMA", 1000, 889, 707)

    @pytest.mark.parametrize(
        ("old", "new", "column", "words"),
        [
            ("0.869", "0.8695", "2026 PE GPCI", "more than the 3 decimal places"),
            ("0.869", "", "2026 PE GPCI", "'' is not an amount"),
            ("0.869", "0", "2026 PE GPCI", "is zero"),
            ("0.869", "869", "2026 PE GPCI", "too large for an index"),
            ("10112", "1O112", "MEDICARE ADMINISTRATIVE CONTRACTOR (MAC)", "5 digits"),
            ("AL,00", "AL,000", "LOCALITY NUMBER", "2 digits"),
            ("AL,00", "Ala,00", "STATE", "two capitals"),
        ],
    )
    def test_bad_cell(self, old: str, new: str, column: str, words: str) -> None:
        """A damaged row is refused, never taken for a footnote."""
        with pytest.raises(SourceFileError, match=r"^<bytes>:4: ") as caught:
            read_gpci(GPCI.replace(old, new, 1).encode())
        assert caught.value.column == column
        assert words in str(caught.value)

    def test_cut_row(self) -> None:
        """Missing cells are not zero."""
        with pytest.raises(SourceFileError, match="column 2026 MP GPCI: '' is not"):
            read_gpci(GPCI.replace(",0.575", "").encode())

    def test_a_locality_twice(self) -> None:
        """Even when equal."""
        data = GPCI.replace("2102,AK,1,", "10112,AL,0,")
        with pytest.raises(SourceFileError, match="'10112-00' is already on line 4"):
            read_gpci(data.encode())

    def test_missing_column(self) -> None:
        """The refusal shows the header."""
        with pytest.raises(SourceFileError, match="no column is titled so") as caught:
            read_gpci(GPCI.replace("2026 MP GPCI", "2026 MP").encode())
        assert caught.value.column == "mp"

    def test_only_a_header(self) -> None:
        """A cut file."""
        with pytest.raises(SourceFileError, match="a header and no rows"):
            read_gpci(GPCI.partition("10112")[0].encode())


class TestLocco:
    """The counties."""

    def test_as_published(self) -> None:
        """States are carried down, zeros restored, Missouri merged."""
        assert read_locco(LOCCO.encode()) == (
            LoccoRow("10112", "00", "ALABAMA", "STATEWIDE", "ALL COUNTIES", ""),
            LoccoRow(
                "05302",
                "02",
                "MISSOURI",
                "METROPOLITAN KANSAS CITY",
                "CLAY, JACKSON AND PLATTE",
                "",
            ),
            LoccoRow(
                "05302", "99", "MISSOURI", "REST OF STATE", "ALL OTHER COUNTIES", ""
            ),
        )

    def test_with_abbreviation(self) -> None:
        """Rewritten copies name the state twice, the footnote's row too."""
        text = (
            "MAC,LOCALITY NUMBER,STATE,FEE SCHEDULE AREA,COUNTIES,STATE ABBREVIATION\n"
            "03602,21,WYOMING,STATEWIDE,ALL COUNTIES,WY\n"
            "*  Payment locality is serviced by two carriers.,,WYOMING,,,WY\n"
        )
        assert read_locco(text.encode()) == (
            LoccoRow("03602", "21", "WYOMING", "STATEWIDE", "ALL COUNTIES", "WY"),
        )

    def test_one_locality_two_texts(self) -> None:
        """Only equal rows are merged."""
        text = LOCCO.replace("REST OF STATE*,ALL OTHER", "REST OF STATE*,MOST OTHER")
        with pytest.raises(SourceFileError, match="listed before with other") as caught:
            read_locco(text.encode("latin-1"))
        assert caught.value.line == 9

    def test_first_row_without_a_state(self) -> None:
        """There is nothing to carry down."""
        with pytest.raises(SourceFileError, match="nothing to carry down"):
            read_locco(LOCCO.replace("ALABAMA ", "").encode())

    def test_row_without_counties(self) -> None:
        """A blank text is a cut row."""
        with pytest.raises(SourceFileError, match="column COUNTIES: is blank"):
            read_locco(LOCCO.replace("ALL COUNTIES ", "").encode())


class TestAnes:
    """The anesthesia factors."""

    def test_2026(self) -> None:
        """QP first; the national factors stand in the header."""
        assert read_anes(ANES_2026.encode()) == AnesthesiaFile(
            rows=(
                AnesthesiaRow("10112", "00", "ALABAMA", 1953, 1963),
                AnesthesiaRow("02102", "01", "ALASKA", 2815, 2829),
            ),
            national_factor=20_497540,
            national_qp_factor=20_599835,
        )

    @pytest.mark.parametrize(
        ("title", "national"),
        [
            ("ANESTHESIA CONVERSION FACTOR", None),
            ("National Anes CF of 20.3178", 20_317800),
        ],
    )
    def test_before_2026(self, title: str, national: int | None) -> None:
        """One column, with or without the national factor."""
        text = f"Contractor,Locality,Locality Name,{title}\n2102 ,01 ,ALASKA*,28.54 \n"
        assert read_anes(text.encode()) == AnesthesiaFile(
            rows=(AnesthesiaRow("02102", "01", "ALASKA", 2854, None),),
            national_factor=national,
            national_qp_factor=None,
        )

    def test_a_damaged_factor_in_a_title(self) -> None:
        """More decimals than CMS prints: two cells have run together."""
        damaged = ANES_2026.replace("20.49754\n", "20.49754")
        with pytest.raises(
            SourceFileError, match=r"'20\.4975410112' has more than the 6"
        ):
            read_anes(damaged.encode())

    def test_tabs_and_a_title_over_two_lines(self) -> None:
        """CMS's separate text edition repeats the indices."""
        text = (
            "Locality-Adjusted Factors\t\t\t\t\r\n"
            'Contractor\tLocality\tLocality Name\t"2025 Work GPCI\n*through 3/31"\t'
            "2025 PE GPCI\tNational Anes CF of 20.3178\r\n"
            "10112 \t00 \tALABAMA\t1.000 \t0.869 \t19.31 \r\n"
        )
        assert read_anes(text.encode()).rows == (
            AnesthesiaRow("10112", "00", "ALABAMA", 1931, None),
        )

    def test_bad_factor(self) -> None:
        """The column is named as the file titles it."""
        with pytest.raises(SourceFileError, match=r"NON-QUALIFYING APM.*'x' is not an"):
            read_anes(ANES_2026.replace("19.53", "x").encode())

    def test_a_locality_twice(self) -> None:
        """Each stands once."""
        with pytest.raises(SourceFileError, match="'10112-00' is already on line 2"):
            read_anes(ANES_2026.replace("2102 ,01", "10112,00").encode())

    def test_two_columns_that_are_no_editions(self) -> None:
        """No guess which is the factor."""
        text = (
            "Contractor,Locality,Locality Name,Anes CF,Other Anes CF\n"
            "10112,00,ALABAMA,19.31,19.32\n"
        )
        with pytest.raises(SourceFileError, match="more than one column"):
            read_anes(text.encode())


class TestOppsCap:
    """The OPPS caps."""

    @pytest.mark.parametrize("spelling", ["NON-FACILTY", "NON-FACILITY"])
    def test_both_spellings(self, spelling: str) -> None:
        """Prices may lose trailing zeros."""
        text = OPPSCAP.replace("NON-FACILTY", spelling)
        assert read_oppscap(text.encode()) == (
            OppsCapRow("70001", "TC", "C", "01112", "05", 15069, 15070),
            OppsCapRow("70001", "", "A", "15202", "00", 9707, 9700),
        )

    def test_a_row_twice(self) -> None:
        """Each code stands once in a locality."""
        text = OPPSCAP.replace("70001,,A,15202,00", "70001,TC,C,1112,5")
        with pytest.raises(SourceFileError, match="is listed before in 01112-05"):
            read_oppscap(text.encode())

    def test_other_header(self) -> None:
        """Prices swapped would read without a word."""
        text = OPPSCAP.replace("FACILITY PRICE,NON-FACILTY", "NON-FACILITY PRICE,FAC")
        with pytest.raises(SourceFileError, match="the header is 'HCPCS, MOD, PROC"):
            read_oppscap(text.encode())

    def test_bad_price(self) -> None:
        """Line and column are named."""
        with pytest.raises(SourceFileError) as caught:
            read_oppscap(OPPSCAP.replace("97.07", "97.075").encode())
        assert (caught.value.line, caught.value.column) == (3, "FACILITY PRICE")

    def test_only_a_header(self) -> None:
        """A cut file."""
        with pytest.raises(SourceFileError, match="a header and no rows"):
            read_oppscap(OPPSCAP.partition("\n")[0].encode())

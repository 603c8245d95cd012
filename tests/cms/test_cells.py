"""Numbers, codes and indicators."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cptkit.cms import _cells
from cptkit.errors import SourceFileError


class TestScaled:
    """`scaled` reads a decimal exactly."""

    @pytest.mark.parametrize(
        ("cell", "places", "expected"),
        [
            ("0.00", 2, 0),
            ("126.9", 2, 12690),
            ("1", 3, 1000),
            ("1.", 3, 1000),
            (".592", 3, 592),
            ("32.3465", 6, 32_346500),
            ("1.5000", 3, 1500),
            ("0012.30", 2, 1230),
        ],
    )
    def test_reads_what_is_published(
        self, cell: str, places: int, expected: int
    ) -> None:
        """Lost and added zeros change nothing."""
        assert _cells.scaled(cell, places) == expected

    @pytest.mark.parametrize(
        "cell",
        ["", ".", "-1", "+1", "1,000", "1e3", "$5", "NA", "1.2.3", "٣", "²", "9" * 21],
    )
    def test_refuses_what_is_no_number(self, cell: str) -> None:
        """Signs, separators, exponents and other digits are not published."""
        with pytest.raises(ValueError, match="is not an amount"):
            _cells.scaled(cell, 2)

    def test_refuses_more_places_than_published(self) -> None:
        """Digits are never dropped."""
        with pytest.raises(ValueError, match=r"'1\.005' has more than the 2 decimal"):
            _cells.scaled("1.005", 2)

    @given(st.integers(0, 10**9), st.integers(0, 6))
    def test_is_the_inverse_of_printing(self, value: int, places: int) -> None:
        """Any amount printed with its places reads back."""
        text = f"{Decimal(value).scaleb(-places):f}"
        assert _cells.scaled(text, places) == value
        assert _cells.scaled(_cells.shown(value, 4), 4) == value

    @given(st.text(max_size=12))
    def test_reads_or_refuses(self, cell: str) -> None:
        """No text makes it fail otherwise."""
        try:
            value = _cells.scaled(cell, 2)
        except ValueError:
            return
        assert Decimal(value) == Decimal(cell) * 100


class TestProcedureCode:
    """`procedure_code` repairs only what is certain."""

    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            ("99213", "99213"),
            ("G0101", "G0101"),
            ("0001F", "0001F"),
            ("GXXX1", "GXXX1"),
            ("100", "00100"),
            ("1999", "01999"),
            ("1F", "0001F"),
            ("21T", "0021T"),
            ("521T", "0521T"),
        ],
    )
    def test_reads(self, cell: str, expected: str) -> None:
        """Whole codes stay, lost zeros come back."""
        assert _cells.procedure_code(cell) == expected

    @pytest.mark.parametrize("cell", ["9.00E+01", "1E+05", "9.9213E+04", "1e5", "2E03"])
    def test_refuses_scientific_notation(self, cell: str) -> None:
        """The text a spreadsheet replaced cannot be told from what it shows."""
        with pytest.raises(ValueError, match="scientific notation"):
            _cells.procedure_code(cell)

    @pytest.mark.parametrize(
        "cell",
        [
            "",
            "1",
            "99",
            "9921",
            "2000",
            "992130",
            "g0101",
            "99213.0",
            "F1",
            "12E",
            "G101",
        ],
    )
    def test_refuses_what_is_not_certain(self, cell: str) -> None:
        """A short number outside anesthesia may have lost any digit."""
        with pytest.raises(ValueError, match="is not a code"):
            _cells.procedure_code(cell)

    @given(st.text(alphabet="0123456789ABEFGTUMX.+- ", max_size=7))
    def test_reads_once_what_it_reads(self, cell: str) -> None:
        """A code is five characters and reads as itself."""
        try:
            code = _cells.procedure_code(cell)
        except ValueError:
            return
        assert (len(code), _cells.procedure_code(code)) == (5, code)
        assert code.endswith(cell)


class TestIndicators:
    """`one_of`, `padded`, `flag` and `digits`."""

    def test_unknown_value_lists_the_known(self) -> None:
        """The refusal says what was expected."""
        with pytest.raises(ValueError, match="'Q' is not known; expected blank, R, B"):
            _cells.one_of("", "R", "B")("Q")

    @pytest.mark.parametrize(
        ("cell", "expected"), [("0", "000"), ("10", "010"), ("090", "090"), ("M", "M")]
    )
    def test_lost_zeros_come_back(self, cell: str, expected: str) -> None:
        """Each value has one shorter spelling at most."""
        assert _cells.padded("000", "010", "090", "M")(cell) == expected

    def test_flag_is_set_or_not(self) -> None:
        """Nothing in between."""
        parse = _cells.flag("NA", "")
        assert (parse("NA"), parse("")) == (True, False)
        with pytest.raises(ValueError, match="expected 'NA' or blank"):
            parse("N")

    @pytest.mark.parametrize("cell", ["", "123456", "12a", "²", "٣"])
    def test_digits_refuses(self, cell: str) -> None:
        """Only ASCII digits, and not more than fit."""
        with pytest.raises(ValueError, match="is not a number of 5 digits"):
            _cells.digits(5)(cell)

    def test_mac_lost_one_zero_at_most(self) -> None:
        """Three digits are not a MAC number."""
        assert _cells.mac_number("2102") == "02102"
        with pytest.raises(ValueError, match="5 digits"):
            _cells.mac_number("102")

    def test_place_name_loses_marks(self) -> None:
        """Footnote marks and double blanks go."""
        assert _cells.place_name("  WYOMING** ") == "WYOMING"
        assert _cells.place_name("REST  OF STATE*") == "REST OF STATE"


class TestParseCells:
    """`parse_cells` names the place of a bad cell."""

    def test_names_line_and_column(self) -> None:
        """The column is the one whose cell was refused."""
        with pytest.raises(SourceFileError) as caught:
            _cells.parse_cells(
                ["AL", "x"],
                (_cells.state, _cells.locality_number),
                ("STATE", "LOCALITY"),
                name="a.csv",
                line=7,
            )
        error = caught.value
        assert (error.path, error.line, error.column) == ("a.csv", 7, "LOCALITY")
        assert str(error).startswith("a.csv:7: column LOCALITY: 'x' is not")

    def test_counts_cells(self) -> None:
        """A cut row is not padded."""
        with pytest.raises(SourceFileError, match="has 1 cells, expected 2"):
            _cells.parse_cells(
                ["AL"], (_cells.state,) * 2, ("A", "B"), name="a.csv", line=1
            )

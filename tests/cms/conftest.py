"""Made-up CMS files, small enough to read in a test."""

from __future__ import annotations

import csv
import io
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ROW_2026 = {
    "code": "99001",
    "modifier": "",
    "descriptor": "Example service",
    "status": "A",
    "not_used": "",
    "work": "1.30",
    "pe_nonfacility": "1.35",
    "na_nonfacility": "",
    "pe_facility": "0.57",
    "na_facility": "",
    "mp": "0.10",
    "total_nonfacility": "2.75",
    "total_facility": "1.97",
    "pctc": "0",
    "global_days": "XXX",
    "pre": "0.00",
    "intra": "0.00",
    "post": "0.00",
    "multiple_procedure": "0",
    "bilateral": "0",
    "assistant": "0",
    "co_surgeon": "0",
    "team": "0",
    "pricing": "9",
    "endoscopic_base": "",
    "conversion_factor": "33.4009",
    "supervision": "09",
    "calculation_flag": "0",
    "imaging_family": "99",
    "opps_pe_nonfacility": "0.00",
    "opps_pe_facility": "0.00",
    "opps_mp": "0.00",
}

TITLES_2026 = [
    "HCPCS",
    "MOD",
    "DESCRIPTION",
    "STATUS CODE",
    "NOT USED FOR MEDICARE PAYMENT",
    "WORK RVU",
    "NON-FAC PE RVU",
    "NON-FAC NA INDICATOR",
    "FACILITY PE RVU",
    "FACILITY NA INDICATOR",
    "MP RVU",
    "NON-FACILITY TOTAL",
    "FACILITY TOTAL",
    "PCTC IND",
    "GLOB DAYS",
    "PRE OP",
    "INTRA OP",
    "POST OP",
    "MULT PROC",
    "BILAT SURG",
    "ASST SURG",
    "CO-SURG",
    "TEAM SURG",
    "PRIC IND",
    "ENDO BASE",
    "CONV FACTOR",
    "PHYSICIAN SUPERVISION OF DIAGNOSTIC PROCEDURES",
    "CALCULATION FLAG",
    "DIAGNOSTIC IMAGING FAMILY INDICATOR",
    "NON-FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
    "FACILITY PE USED FOR OPPS PAYMENT AMOUNT",
    "MP USED FOR OPPS PAYMENT AMOUNT",
]

PRICING = list(ROW_2026).index("pricing")

TITLE_2026 = "2026 National Physician Fee Schedule Relative Value File July Release"


class MakePprrvu(Protocol):
    """Write a relative value file."""

    def __call__(  # noqa: D102
        self,
        *rows: Mapping[str, str],
        columns: int = 32,
        title: str | None = TITLE_2026,
        released: str | None = "RELEASED 06/30/2026",
        end: str = "\r\n",
        tail: str = "",
        header: Iterable[str] | None = None,
    ) -> bytes: ...


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def _stack(titles: list[str]) -> list[list[str]]:
    """Stack the titles over two lines, the last word of each on the lower one."""
    upper = [title.rpartition(" ")[0] for title in titles]
    return [upper, [title.rpartition(" ")[2] for title in titles]]


def pprrvu(
    *rows: Mapping[str, str],
    columns: int = 32,
    title: str | None = TITLE_2026,
    released: str | None = "RELEASED 06/30/2026",
    end: str = "\r\n",
    tail: str = "",
    header: Iterable[str] | None = None,
) -> bytes:
    """Write a relative value file of rows that differ from a valid one as told."""
    titles = list(header or TITLES_2026)
    body = [list({**ROW_2026, **row}.values()) for row in rows or ({},)]
    if columns == 31:
        titles.pop(PRICING)
        for cells in body:
            cells.pop(PRICING)
    width = len(titles)
    above = [["", "", text] for text in (title, released) if text]
    stacked = _stack(titles) if title else [titles]
    lines = [line + [""] * (width - len(line)) for line in above]
    lines += [*stacked, *body]
    return (end.join(map(_line, lines)) + end + tail).encode("latin-1")


@pytest.fixture
def make_pprrvu() -> MakePprrvu:
    """Write a relative value file of rows that differ from a valid one as told."""
    return pprrvu


@pytest.fixture
def make_zip(tmp_path: Path) -> Callable[..., Path]:
    """Write a zip of names and their bytes."""

    def make(members: Mapping[str, bytes], name: str = "rvu26c.zip") -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        return path

    return make


@pytest.fixture(scope="session")
def shared() -> Path:
    """Find the folder of real CMS files, or skip."""
    asked = os.environ.get("CPTKIT_SHARED")
    beside = Path(__file__).resolve().parents[3] / "shared"
    folder = Path(asked) if asked else beside
    if not (folder / "sources" / "manifest.csv").is_file():
        pytest.skip("the CMS files are not here; set CPTKIT_SHARED to their folder")
    return folder / "sources"


GPCI = """\
ADDENDUM E. MADE-UP GEOGRAPHIC PRACTICE COST INDICES (GPCIs),,,,,,
,,,,,,
Medicare Administrative Contractor (MAC),State,Locality Number,Locality Name,\
2026 PW GPCI (with 1.0 Floor)***,2026 PE GPCI,2026 MP GPCI
10112,AL,00,ALABAMA,1,0.869,0.575
2102,AK,1,ALASKA*,1.5,1.081,.592
"MAC Assignments as of November 22, 2023",,,,,,
*A footnote.,,,,,,
"""

LOCCO = """\
COUNTIES INCLUDED IN 2026 LOCALITIES. (ALPHABETICALLY),,,,
,,,,
Medicare Adminstrative Contractor,Locality Number,State ,Fee Schedule Area ,Counties
,,,,
10112,0,ALABAMA ,STATEWIDE ,ALL COUNTIES\x20
,,,,
5302,2,MISSOURI ,METROPOLITAN KANSAS CITY,"CLAY, JACKSON AND PLATTE"
5302,99,,REST OF STATE* ,ALL OTHER COUNTIES\x20
5302,99, ,REST OF STATE*,ALL OTHER COUNTIES
,,,,
*  Payment locality is serviced by two carriers.,,,,
"""

ANES_2026 = """\
Contractor,Locality,Locality Name,\
Qualifying APM National Anes CF (with 2.5% statutory increase) of 20.599835,\
Non-Qualifying APM National Anes CF (with 2.5% Statutory increase)  of 20.49754
10112 ,00 ,ALABAMA,19.63,19.53
2102 ,01 ,ALASKA*,28.29,28.15
,,,,
"""

OPPSCAP = """\
HCPCS,MOD,PROCSTAT,CARRIER,LOCALITY,FACILITY PRICE,NON-FACILTY PRICE
70001,TC,C,01112,05,150.69,150.7
70001,,A,15202,00,97.07,97
\x1a,,,,,,
"""


@pytest.fixture
def release_members(make_pprrvu: MakePprrvu) -> dict[str, bytes]:
    """Make what a 2026 zip holds, editions and by-products included."""
    files: dict[str, Any] = {
        "RVU26C/PPRRVU2026_Jul_nonQPP.csv": make_pprrvu(),
        "RVU26C/PPRRVU2026_Jul_QPP.csv": make_pprrvu({"conversion_factor": "33.5675"}),
        "RVU26C/PPRRVU2026_Jul_nonQPP.txt": "99001  Example service  1.30\r\n",
        "RVU26C/PPRRVU2026_Jul_nonQPP.xlsx": b"PK\x03\x04\x00",
        "RVU26C/GPCI2026.csv": GPCI,
        "RVU26C/26LOCCO.csv": LOCCO,
        "RVU26C/ANES2026.csv": ANES_2026,
        "RVU26C/OPPSCAP_Jul.csv": OPPSCAP,
        "RVU26C/RVU26C.pdf": b"%PDF\x00",
        "__MACOSX/RVU26C/._GPCI2026.csv": b"\x00\x05",
    }
    return {
        name: data.encode("latin-1") if isinstance(data, str) else data
        for name, data in files.items()
    }

"""The packed figures of one release: the only module that knows their layout.

A file is one zlib stream: a text line with the sizes, then

- keys: code and modifier, 7 bytes a row, sorted, so a row is found by bisection;
- profile numbers: two bytes a row; rows share few distinct sets of indicators;
- seven columns of RVUs in hundredths, each as four planes of bytes;
- the profiles and the localities as tab-separated text.

Bundled releases and a user's own download are packed by the same `pack`.
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

from .errors import CptkitError

_MAGIC = "cptkit-figures-1"
_KEY = 7
_COLUMNS = 7


class Profile(NamedTuple):
    """The indicators of a row, as CMS writes them; split shares in hundredths."""

    status: str
    not_used: str
    na_nonfacility: str
    na_facility: str
    pctc: str
    global_days: str
    pre: int
    intra: int
    post: int
    multiple: str
    bilateral: str
    assistant: str
    co_surgeon: str
    team: str
    pricing: str
    endoscopic_base: str
    supervision: str
    calculation_flag: str
    imaging_family: str


class Row(NamedTuple):
    """One record of the relative value file: RVUs in hundredths, indicators."""

    code: str
    modifier: str
    work: int
    pe_nonfacility: int
    pe_facility: int
    mp: int
    opps_pe_nonfacility: int
    opps_pe_facility: int
    opps_mp: int
    profile: Profile

    @property
    def has_rvus(self) -> bool:
        """Whether any of work, practice expense and malpractice is not zero."""
        return bool(self.work or self.pe_nonfacility or self.pe_facility or self.mp)

    @property
    def has_cap(self) -> bool:
        """Whether the row has an OPPS amount (R11)."""
        return bool(self.opps_pe_nonfacility or self.opps_pe_facility or self.opps_mp)

    def pe(self, facility: bool) -> int:
        """Practice expense RVU of the setting, in hundredths."""
        return self.pe_facility if facility else self.pe_nonfacility

    def opps_pe(self, facility: bool) -> int:
        """Practice expense RVU behind the OPPS amount, in hundredths."""
        return self.opps_pe_facility if facility else self.opps_pe_nonfacility


class LocalityRecord(NamedTuple):
    """One locality of a release: indices in thousandths, factors in cents."""

    mac: str
    number: str
    state: str
    name: str
    work: int
    pe: int
    mp: int
    anesthesia: int | None
    anesthesia_qp: int | None
    counties: str


def _key(code: str, modifier: str) -> bytes:
    return f"{code:5}{modifier:2}".encode("ascii", "replace")


class Figures:
    """The figures of one release, opened from their packed form.

    Rows are decoded when asked for and kept, so a program that prices a few
    codes never holds twenty thousand objects.
    """

    def __init__(self, packed: bytes) -> None:
        blob = zlib.decompress(packed)
        head, _, rest = blob.partition(b"\n")
        magic, rows, profiles, localities = head.decode("ascii").split("\t")
        if magic != _MAGIC:
            msg = f"the figures are packed as {magic!r}, this version reads {_MAGIC!r}"
            raise CptkitError(msg)
        self.rows = int(rows)
        ends = [_KEY * self.rows]
        for size in (2 * self.rows, 4 * _COLUMNS * self.rows, int(profiles)):
            ends.append(ends[-1] + size)
        self._keys = rest[: ends[0]]
        self._numbers = rest[ends[0] : ends[1]]
        self._planes = rest[ends[1] : ends[2]]
        self._profiles = rest[ends[2] : ends[3]].decode("utf-8").split("\n")
        self._localities = rest[ends[3] : ends[3] + int(localities)]
        self._decoded: dict[int, Profile] = {}
        self._found: dict[tuple[str, str], Row | None] = {}
        self._places: tuple[LocalityRecord, ...] | None = None

    def find(self, code: str, modifier: str = "") -> Row | None:
        """The row of *code* and *modifier*, or None."""
        try:
            return self._found[code, modifier]
        except KeyError:
            row = self._find(code, modifier)
            if row is not None:
                self._found[code, modifier] = row
            return row

    def _find(self, code: str, modifier: str) -> Row | None:
        if len(code) != 5 or len(modifier) not in (0, 2):
            return None
        key = _key(code, modifier)
        index = self._bisect(key)
        at = index * _KEY
        return self.row(index) if self._keys[at : at + _KEY] == key else None

    def _bisect(self, key: bytes) -> int:
        keys, low, high = self._keys, 0, self.rows
        while low < high:
            middle = (low + high) // 2
            if keys[middle * _KEY : middle * _KEY + _KEY] < key:
                low = middle + 1
            else:
                high = middle
        return low

    def row(self, index: int) -> Row:
        """The row at *index*, in key order."""
        key = self._keys[index * _KEY : index * _KEY + _KEY].decode("ascii")
        number = index * 2
        profile = self._profile(self._numbers[number] | self._numbers[number + 1] << 8)
        figures = [self._figure(column, index) for column in range(_COLUMNS)]
        return Row._make([key[:5], key[5:].strip(), *figures, profile])

    def _figure(self, column: int, index: int) -> int:
        planes, rows = self._planes, self.rows
        at = column * 4 * rows + index
        return (
            planes[at]
            | planes[at + rows] << 8
            | planes[at + 2 * rows] << 16
            | planes[at + 3 * rows] << 24
        )

    def _profile(self, number: int) -> Profile:
        profile = self._decoded.get(number)
        if profile is None:
            cells = self._profiles[number].split("\t")
            shares = map(int, cells[6:9])
            profile = Profile._make([*cells[:6], *shares, *cells[9:]])
            self._decoded[number] = profile
        return profile

    def codes(self) -> list[str]:
        """Every code once, in code order."""
        keys = self._keys.decode("ascii")
        return sorted({keys[at : at + 5] for at in range(0, len(keys), _KEY)})

    def modifiers(self, code: str) -> tuple[str, ...]:
        """The modifiers of the rows of *code*: blank, 26, TC or 53."""
        found, index = [], self._bisect(_key(code, ""))
        while self._keys[index * _KEY : index * _KEY + 5] == code.encode():
            at = index * _KEY
            found.append(self._keys[at + 5 : at + _KEY].decode("ascii").strip())
            index += 1
        return tuple(found)

    def main_row(self, code: str) -> Row | None:
        """The row of the complete service; a code's only row where it has none."""
        row = self.find(code)
        if row is None:
            rows = self.modifiers(code)
            row = self.find(code, rows[0]) if rows else None
        return row

    @property
    def localities(self) -> tuple[LocalityRecord, ...]:
        """The localities of the release, in MAC and locality order."""
        if self._places is None:
            text = self._localities.decode("utf-8")
            self._places = tuple(_locality(line) for line in text.split("\n") if line)
        return self._places


def _locality(line: str) -> LocalityRecord:
    cells = line.split("\t")
    factors = (int(cell) if cell else None for cell in cells[7:9])
    indices = map(int, cells[4:7])
    return LocalityRecord._make([*cells[:4], *indices, *factors, cells[9]])


def pack(rows: list[Row], localities: list[LocalityRecord]) -> bytes:
    """Pack the figures of one release; the same input gives the same bytes."""
    rows = sorted(rows, key=lambda row: _key(row.code, row.modifier))
    profiles = sorted({row.profile for row in rows})
    number = {profile: index for index, profile in enumerate(profiles)}
    keys = b"".join(_key(row.code, row.modifier) for row in rows)
    numbers = b"".join(number[row.profile].to_bytes(2, "little") for row in rows)
    planes = b"".join(
        bytes(row[column] >> shift & 255 for row in rows)  # type: ignore[operator]
        for column in range(2, 2 + _COLUMNS)
        for shift in (0, 8, 16, 24)
    )
    profile_text = "\n".join("\t".join(map(str, p)) for p in profiles).encode()
    locality_text = "\n".join(
        "\t".join("" if cell is None else str(cell) for cell in place)
        for place in sorted(localities, key=lambda place: (place.mac, place.number))
    ).encode()
    sizes = (len(rows), len(profile_text), len(locality_text))
    head = "\t".join((_MAGIC, *map(str, sizes))).encode() + b"\n"
    return zlib.compress(
        head + keys + numbers + planes + profile_text + locality_text, 9
    )

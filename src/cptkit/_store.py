"""The packed figures of one release: the only module that knows their layout.

A file is a text line with the sizes of its parts, then the parts, each a zlib
stream of its own, so that one price opens a small part of a large file:

- the profiles: rows share few distinct sets of indicators, kept as text;
- the localities, as text;
- blocks of `_BLOCK` rows in key order. A block holds the keys (code and
  modifier, 7 bytes), the profile numbers (two bytes) and seven columns of RVUs
  in hundredths, each as three planes of bytes.

Bundled releases and a user's own download are packed by the same `pack`.
"""

import zlib
from bisect import bisect_right
from typing import NamedTuple

from .errors import CptkitError

_MAGIC = "cptkit-figures-2"
_KEY = 7
_COLUMNS = 7
_PLANES = 3
_BLOCK = 1024


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


def _key(code: str, modifier: str) -> str:
    return f"{code:5}{modifier:2}"


class Figures:
    """The figures of one release, opened from their packed form.

    Blocks and rows are decoded when asked for and kept, so a program that
    prices a few codes never holds twenty thousand objects.
    """

    def __init__(self, packed: bytes) -> None:
        head, _, rest = packed.partition(b"\n")
        magic, rows, firsts, *sizes = head.decode("ascii").split("\t")
        if magic != _MAGIC:
            msg = f"the figures are packed as {magic!r}, this version reads {_MAGIC!r}"
            raise CptkitError(msg)
        self.rows = int(rows)
        self._firsts = [firsts[at : at + _KEY] for at in range(0, len(firsts), _KEY)]
        self._parts: list[bytes] = []
        start = 0
        for size in map(int, sizes):
            self._parts.append(rest[start : start + size])
            start += size
        self._blocks: dict[int, bytes] = {}
        self._profiles: list[str] = []
        self._decoded: dict[int, Profile] = {}
        self._found: dict[tuple[str, str], Row] = {}
        self._text: str | None = None
        self._places: tuple[LocalityRecord, ...] | None = None

    def same(self, other: "Figures") -> bool:
        """Whether the other holds the same figures, to the byte."""
        return self is other or self._parts == other._parts  # noqa: SLF001

    def find(self, code: str, modifier: str = "") -> Row | None:
        """The row of *code* and *modifier*, or None."""
        row = self._found.get((code, modifier))
        if row is None and len(code) == 5 and len(modifier) in (0, 2):
            key = _key(code, modifier)
            index = self._bisect(key)
            if index < self.rows and self._key_at(index) == key.encode():
                row = self._found[code, modifier] = self.row(index)
        return row

    def main_row(self, code: str) -> Row | None:
        """The row of the complete service; a code's only row where it has none."""
        row = self.find(code)
        if row is None:
            rows = self.modifiers(code)
            row = self.find(code, rows[0]) if rows else None
        return row

    def modifiers(self, code: str) -> tuple[str, ...]:
        """The modifiers of the rows of *code*: blank, 26, TC or 53."""
        found: list[str] = []
        index = self._bisect(_key(code, ""))
        while index < self.rows:
            key = self._key_at(index).decode("ascii")
            if key[:5] != code:
                break
            found.append(key[5:].strip())
            index += 1
        return tuple(found)

    def row(self, index: int) -> Row:
        """The row at *index*, in key order."""
        number, at = divmod(index, _BLOCK)
        block = self._block(number)
        count = min(_BLOCK, self.rows - number * _BLOCK)
        key = block[at * _KEY : at * _KEY + _KEY].decode("ascii")
        profile = _KEY * count + 2 * at
        cell = (_KEY + 2) * count + at
        figures: list[int] = []
        for _ in range(_COLUMNS):
            figures.append(
                block[cell] | block[cell + count] << 8 | block[cell + 2 * count] << 16
            )
            cell += _PLANES * count
        indicators = self._profile(block[profile] | block[profile + 1] << 8)
        return Row._make([key[:5], key[5:].strip(), *figures, indicators])

    def all_rows(self) -> list[Row]:
        """Every row in key order, decoded together; none is kept."""
        from struct import unpack

        found: list[Row] = []
        for number in range(len(self._firsts)):
            block = self._block(number)
            count = min(_BLOCK, self.rows - number * _BLOCK)
            keys = block[: _KEY * count].decode("ascii")
            starts = range(0, len(keys), _KEY)
            codes = [keys[at : at + 5] for at in starts]
            modifiers = [keys[at + 5 : at + _KEY].strip() for at in starts]
            cells = (_KEY + 2) * count
            numbers = unpack(f"<{count}H", block[_KEY * count : cells])
            columns = [
                unpack(f"<{count}I", _woven(block[at : at + _PLANES * count], count))
                for at in range(cells, len(block), _PLANES * count)
            ]
            profiles = map(self._profile, numbers)
            found += map(Row, codes, modifiers, *columns, profiles)
        return found

    def codes(self) -> list[str]:
        """Every code once, in code order."""
        keys = (self._key_at(index) for index in range(self.rows))
        return sorted({key[:5].decode("ascii") for key in keys})

    def locality(self, mac: str, number: str) -> LocalityRecord | None:
        """One locality, without decoding the others."""
        text = self._locality_text
        start = f"\n{mac}\t{number}\t"
        at = text.find(start) + 1
        return _locality(text[at : text.index("\n", at)]) if at else None

    @property
    def localities(self) -> tuple[LocalityRecord, ...]:
        """The localities of the release, in MAC and locality order."""
        if self._places is None:
            rows = self._locality_text.split("\n")
            self._places = tuple(_locality(line) for line in rows if line)
        return self._places

    @property
    def _locality_text(self) -> str:
        """The localities, one a line, between line ends."""
        if self._text is None:
            text = zlib.decompress(self._parts[1]).decode("utf-8")
            self._text = f"\n{text}\n"
        return self._text

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            block = self._blocks[number] = zlib.decompress(self._parts[2 + number])
        return block

    def _key_at(self, index: int) -> bytes:
        number, at = divmod(index, _BLOCK)
        return self._block(number)[at * _KEY : at * _KEY + _KEY]

    def _bisect(self, key: str) -> int:
        """The index of the first row whose key is not before *key*."""
        number = max(bisect_right(self._firsts, key) - 1, 0)
        block, wanted = self._block(number), key.encode("ascii", "replace")
        low, high = 0, min(_BLOCK, self.rows - number * _BLOCK)
        while low < high:
            middle = (low + high) // 2
            if block[middle * _KEY : middle * _KEY + _KEY] < wanted:
                low = middle + 1
            else:
                high = middle
        return number * _BLOCK + low

    def _profile(self, number: int) -> Profile:
        profile = self._decoded.get(number)
        if profile is None:
            if not self._profiles:
                text = zlib.decompress(self._parts[0]).decode("utf-8")
                self._profiles = text.split("\n")
            cells = self._profiles[number].split("\t")
            shares = map(int, cells[6:9])
            profile = Profile._make([*cells[:6], *shares, *cells[9:]])
            self._decoded[number] = profile
        return profile


def _woven(planes: bytes, count: int) -> bytearray:
    """The planes of a column as words of four bytes."""
    words = bytearray(4 * count)
    for plane in range(_PLANES):
        words[plane::4] = planes[plane * count : (plane + 1) * count]
    return words


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
    profile_text = "\n".join("\t".join(map(str, profile)) for profile in profiles)
    locality_text = "\n".join(
        "\t".join("" if cell is None else str(cell) for cell in place)
        for place in sorted(localities, key=lambda place: (place.mac, place.number))
    )
    blocks = [rows[at : at + _BLOCK] for at in range(0, len(rows), _BLOCK)]
    parts = [profile_text.encode(), locality_text.encode()]
    parts += [_pack_block(block, number) for block in blocks]
    packed = [zlib.compress(part, 9) for part in parts]
    firsts = "".join(_key(block[0].code, block[0].modifier) for block in blocks)
    head = [_MAGIC, len(rows), firsts, *map(len, packed)]
    return "\t".join(map(str, head)).encode() + b"\n" + b"".join(packed)


def _pack_block(rows: list[Row], number: dict[Profile, int]) -> bytes:
    keys = "".join(_key(row.code, row.modifier) for row in rows).encode()
    numbers = b"".join(number[row.profile].to_bytes(2, "little") for row in rows)
    columns = zip(*(row[2 : 2 + _COLUMNS] for row in rows), strict=True)
    planes = b"".join(
        bytes(figure >> shift & 255 for figure in column)
        for column in columns
        for shift in range(0, 8 * _PLANES, 8)
    )
    return keys + numbers + planes

"""What CMS's ZIP files say: the bundled one, and the ZIP+4 file a user installed."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property, lru_cache
from typing import NamedTuple

from . import _resources
from .errors import Reason, not_priced, show


class ZipArea(NamedTuple):
    """What the ZIP file says of one ZIP: state, locality, and the plus-four flag."""

    state: str
    mac: str
    locality: str
    plus_four: bool


class ZipTable:
    """ZIP to area: the ZIPs in order, three bytes each, and a byte for each area.

    The file is not compressed, as a wheel does that: a first price reads a few
    bytes of it.
    """

    def __init__(self) -> None:
        blob = _resources.read("figures/zip5.bin")
        head, _, rest = blob.partition(b"\n")
        self.edition, count, areas = head.decode("ascii").split("\t")
        size = int(areas)
        self._areas = rest[:size].decode("ascii").split("\n")
        self._zips = rest[size : size + 3 * int(count)]
        self._numbers = rest[size + 3 * int(count) :]
        self._count = int(count)

    def find(self, zip5: str) -> ZipArea | None:
        """The area of a ZIP, None where CMS's file has none."""
        key = int(zip5).to_bytes(3, "big")
        at = bisect_left(range(self._count), key, key=self._zip)
        if at == self._count or self._zip(at) != key:
            return None
        state, mac, locality, plus_four = self._areas[self._numbers[at]].split("\t")
        return ZipArea(state, mac, locality, plus_four == "1")

    @cached_property
    def alike(self) -> dict[str, str]:
        """Every ZIP, with the first one of the same area and plus-four flag."""
        first: dict[int, str] = {}
        found: dict[str, str] = {}
        for at in range(self._count):
            zip5 = f"{int.from_bytes(self._zip(at), 'big'):05d}"
            found[zip5] = first.setdefault(self._numbers[at], zip5)
        return found

    def _zip(self, at: int) -> bytes:
        return self._zips[3 * at : 3 * at + 3]


@lru_cache(maxsize=1)
def zip_table() -> ZipTable:
    """The bundled ZIP file, opened on first use."""
    return ZipTable()


def pack_zips(edition: str, zips: dict[str, ZipArea]) -> bytes:
    """Pack a ZIP file; the same input gives the same bytes."""
    areas = sorted(set(zips.values()))
    number = {area: index for index, area in enumerate(areas)}
    text = "\n".join(
        "\t".join((area.state, area.mac, area.locality, "01"[area.plus_four]))
        for area in areas
    ).encode()
    keys = sorted(zips)
    head = f"{edition}\t{len(keys)}\t{len(text)}\n".encode()
    packed = b"".join(int(key).to_bytes(3, "big") for key in keys)
    numbers = bytes(number[zips[key]] for key in keys)
    return head + text + packed + numbers


def parse_zip(value: object) -> tuple[str, str]:
    """A ZIP as people write it: five digits and the plus four, or blank.

    >>> parse_zip("60601-1234"), parse_zip(1001)
    (('60601', '1234'), ('01001', ''))

    Raises:
        NotPriced: `Reason.ZIP_INVALID`.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        text = f"{value:09d}" if value > 99999 else f"{value:05d}"
    else:
        text = value.strip() if isinstance(value, str) else ""
    zip5, plus4 = text[:5], text[5:].removeprefix("-")
    digits = zip5 + plus4
    whole = len(digits) in (5, 9) and not text.endswith("-")
    if not (whole and digits.isascii() and digits.isdigit()):
        msg = f"ZIP {show(value)} is not five digits, or nine with the plus four"
        raise not_priced(Reason.ZIP_INVALID, msg)
    return zip5, plus4


@lru_cache(maxsize=1)
def _zip9() -> dict[str, tuple[str, str]]:
    from ._release import installed_lines

    return {row[0]: (row[1], row[2]) for row in installed_lines("zip9.tsv")}


def plus_four_locality(zip5: str, plus4: str) -> tuple[str, str] | None:
    """MAC and locality of a nine-digit ZIP in the file the user installed."""
    return _zip9().get(zip5 + plus4)


def forget_zip9() -> None:
    """Read the installed ZIP+4 file anew on next use."""
    _zip9.cache_clear()

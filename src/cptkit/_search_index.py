"""The words of every text, packed: the only module that knows the layout.

A *phrase* is one title, synonym, plain phrase, feature, description or label. It
belongs to a *document*: a code with a reviewed text, or a family, which stands
for its codes without one. Documents are numbered in the order that breaks ties:
sections as the taxonomy has them, then codes; families last.

``data/search/index.bin`` is a text line with the sizes of its parts, then the
parts, each a zlib stream:

- the documents, one ``name<tab>family<tab>ranges`` a line; only a family has
  ranges of codes, ``first-last`` each;
- of every phrase its document, then its field, then its number of words;
- the words, one a line in order, and how many phrases each stands in;
- the phrases of every word in turn, each as its distance from the one before.

A feature with limits ("size cm:1.1 to 2.0") also stands under a word made of its
unit and its limits in thousandths, so that 1.5 cm can be looked up in it.
"""

from __future__ import annotations

import re
import struct
import zlib
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _resources
from ._search_words import UNITS, abbreviations, terms
from .errors import CptkitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MAGIC = "cptkit-search-1"
FIELDS = ("title", "synonyms", "plain_language", "features", "description", "label")
_BAND = "~"
_NO_LIMIT = 10**9
_LIMITS = re.compile(
    r"(?P<over>over |more than )?(?P<low>\d[\d.]*)"
    r"(?: (?:up )?to |-| through )(?P<high>\d[\d.]*)"
    r"|(?:at least )?(?P<least>\d[\d.]*) (?:\w+ )?(?:or more|or older|and up)"
    r"|at least (?P<at_least>\d[\d.]*)"
    r"|(?:over|more than) (?P<above>\d[\d.]*)"
    r"|(?:up to|through) (?P<most>\d[\d.]*)"
    r"|(?P<or_less>\d[\d.]*) (?:\w+ ){0,2}(?:or less|or fewer|or younger)"
    r"|(?:under|less than|younger than) (?P<under>\d[\d.]*)"
)


class Index:
    """What search knows, opened from its packed form.

    Attributes:
        documents: A code's number or a family's id, by document.
        families: The id of its family, by document.
        ranges: The first and last codes of its ranges, by family.
        codes: The codes that are documents.
        phrase_document: The document of every phrase.
        phrase_field: Its field, a place in `FIELDS`.
        phrase_size: Its number of words.
    """

    def __init__(self, packed: bytes) -> None:
        head, _, rest = packed.partition(b"\n")
        magic, phrases, *sizes = head.decode("ascii").split("\t")
        if magic != _MAGIC:
            msg = f"the index is packed as {magic!r}, this version reads {_MAGIC!r}"
            raise CptkitError(msg)
        parts: list[bytes] = []
        for size in map(int, sizes):
            parts.append(zlib.decompress(rest[:size]))
            rest = rest[size:]
        lines = [line.split("\t") for line in parts[0].decode("ascii").split("\n")]
        self.documents = [name for name, _, _ in lines]
        self.families = [family for _, family, _ in lines]
        self.ranges = {
            family: [pair.split("-") for pair in ranges.split()]
            for _, family, ranges in lines
            if ranges
        }
        self.codes = frozenset(self.documents[: -len(self.ranges)])
        count = int(phrases)
        self.phrase_document = struct.unpack(f"<{count}I", parts[1][: 4 * count])
        self.phrase_field = parts[1][4 * count : 5 * count]
        self.phrase_size = parts[1][5 * count :]
        self.words = parts[2].decode("ascii").split("\n")
        counts = struct.unpack(f"<{len(self.words)}I", parts[3])
        ends = list(accumulate(counts))
        self._places = {
            word: (end - size, end)
            for word, size, end in zip(self.words, counts, ends, strict=True)
        }
        self._phrases = parts[4]

    def phrases(self, word: str) -> Sequence[int]:
        """The phrases that *word* stands in, in order; none for an unknown word."""
        place = self._places.get(word)
        if place is None:
            return ()
        first, end = place
        steps = struct.unpack(f"<{end - first}I", self._phrases[4 * first : 4 * end])
        return list(accumulate(steps))

    def beginning(self, start: str) -> list[str]:
        """The words that begin with *start*, in order."""
        return self.words[
            bisect_left(self.words, start) : bisect_left(self.words, start + "\x7f")
        ]

    def bands(self, unit: str, value: float) -> list[Band]:
        """The limits in *unit* that hold *value*."""
        found: list[Band] = []
        for word in self.beginning(f"{_BAND}{unit} "):
            low, high = map(int, word.split()[1:])
            if low <= value * 1000 <= high:
                found.append(Band(word, open_ended=low == 0 or high == _NO_LIMIT))
        return found


class Band(NamedTuple):
    """Limits that hold a number, as a word of the index."""

    word: str
    open_ended: bool


@lru_cache(maxsize=1)
def index() -> Index:
    """The bundled index, opened on first use."""
    return Index(_resources.read("search/index.bin"))


def band_word(feature: str) -> str | None:
    """The limits of a feature as a word of the index, None where it has none.

    >>> band_word("size cm:1.1 to 2.0"), band_word("age:18 or older")
    ('~cm 1100 2000', '~year 18000 1000000000')
    >>> band_word("contrast:none") is None
    True
    """
    found = _LIMITS.search(feature.lower())
    if found is None:
        return None
    around = terms(feature)
    unit = next((word for word in around if word in UNITS), "")
    if not unit and around[0] == "age":
        unit = "year"
    value = {
        name: round(float(text.rstrip(".")) * 1000)
        for name, text in found.groupdict().items()
        if text and name != "over"
    }
    low = value.get("low", value.get("least", value.get("at_least", 0)))
    low = value.get("above", low - 1) + 1 if found["over"] is None else low + 1
    high = value.get("high", value.get("most", value.get("or_less", _NO_LIMIT)))
    high = value.get("under", high + 1) - 1
    return f"{_BAND}{unit} {max(low, 0)} {high}" if unit else None


def pack(records: Iterable[dict[str, Any]], taxonomy: Iterable[Sequence[str]]) -> bytes:
    """Pack the texts and the taxonomy's rows; the same input gives the same bytes.

    Args:
        records: The records of the text files; nodes and texts that are not
            reviewed are left out.
        taxonomy: ``leaf, section, subsection, first, last, label`` of every range.
    """
    labels: dict[str, tuple[str, ...]] = {}
    ranges: dict[str, list[str]] = {}
    for leaf, section, subsection, first, last, label in taxonomy:
        labels[leaf] = (label, subsection, section)
        ranges.setdefault(leaf, []).append(f"{first}-{last}")
    sections = {leaf.partition(".")[0]: None for leaf in labels}
    order = {section: at for at, section in enumerate(sections)}
    texts = [each for each in records if each.get("confidence") == "reviewed"]
    texts.sort(key=lambda text: (order[text["leaf"].partition(".")[0]], text["code"]))
    documents = [f"{text['code']}\t{text['leaf']}\t" for text in texts]
    documents += [f"{leaf}\t{leaf}\t{' '.join(ranges[leaf])}" for leaf in labels]
    phrases = [
        (document, field, phrase)
        for document, text in enumerate(texts)
        for field, name in enumerate(FIELDS)
        for phrase in _listed(text.get(name, ()))
    ]
    phrases += [
        # to its codes without a text, the family's label is their title
        (len(texts) + family, FIELDS.index("label" if level else "title"), label)
        for family, leaf in enumerate(labels)
        for level, label in enumerate(dict.fromkeys(labels[leaf]))
    ]
    return _packed(documents, phrases)


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return (value,) if isinstance(value, str) else value


def _packed(documents: list[str], phrases: list[tuple[int, int, str]]) -> bytes:
    sizes: list[int] = []
    postings: dict[str, list[int]] = {}
    for number, (_, field, phrase) in enumerate(phrases):
        own = terms(phrase)
        sizes.append(min(len(own), 255))
        band = band_word(phrase) if FIELDS[field] == "features" else None
        for word in {*own, *_widened(own), *filter(None, [band])}:
            postings.setdefault(word, []).append(number)
    words = sorted(postings)
    steps = [
        each - before
        for word in words
        for before, each in zip([0, *postings[word]], postings[word], strict=False)
    ]
    parts = [
        "\n".join(documents).encode("ascii"),
        struct.pack(f"<{len(phrases)}I", *(document for document, _, _ in phrases))
        + bytes(field for _, field, _ in phrases)
        + bytes(sizes),
        "\n".join(words).encode("ascii"),
        struct.pack(f"<{len(words)}I", *(len(postings[word]) for word in words)),
        struct.pack(f"<{len(steps)}I", *steps),
    ]
    packed = [zlib.compress(part, 9) for part in parts]
    head = "\t".join(map(str, [_MAGIC, len(phrases), *map(len, packed)]))
    return head.encode("ascii") + b"\n" + b"".join(packed)


def _widened(own: list[str]) -> set[str]:
    """What the abbreviations among *own* stand for, where that is certain."""
    return {
        word
        for each in own
        if each in abbreviations() and abbreviations()[each].sure
        for long in abbreviations()[each].longs
        for word in long
    }

"""How search reads text: spellings, numbers, endings and abbreviations.

The same reading serves the texts, when the index is written, and the query.
The tables under ``data/search`` hold what is a list: runs of words written in
several ways, British spellings, abbreviations and what they stand for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from . import _resources

_WORD = re.compile(r"\d+(?:,\d{3})+|\d*\.\d+|[a-z]&[a-z](?![a-z])|[a-z0-9]+")
_GLUED = re.compile(r"(\d+)(sqcm|cm2|cm|mm|mg|ml|cc|kg|min|mins|hr|hrs|yo|yr|yrs)")
_SLASHED = re.compile(r"\bw/o(?:ut)?\b")
#: Units of measure as they read when stemmed.
UNITS = frozenset("cm mm mg ml g kg minut hour day week month year".split())
_SMALL: dict[str, str] = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),
        map(str, range(1, 13)),
        strict=True,
    )
)
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7"}
_GRADED = frozenset({"level", "type", "stage", "grade", "class", "phase", "degree"})
STOP = frozenset(
    "a an and are as at be by for from in is it its of on or that the to was".split()
)


class _Tables(NamedTuple):
    """The tables of ``data/search``, by their first word."""

    spellings: dict[str, list[tuple[list[str], list[str]]]]
    british: dict[str, str]
    british_parts: re.Pattern[str]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    spellings: dict[str, list[tuple[list[str], list[str]]]] = {}
    for written, read in _resources.lines("search/spellings.tsv"):
        run = written.split()
        spellings.setdefault(run[0], []).append((run, read.split()))
    for runs in spellings.values():
        runs.sort(key=lambda pair: -len(pair[0]))
    british = {row[0]: row[1] for row in _resources.lines("search/british.tsv")}
    return _Tables(spellings, british, re.compile("|".join(british)))


def words(text: str) -> list[str]:
    """The words of *text* as search reads them, not yet stemmed.

    >>> words("X-ray, 2 views, w/o contrast")
    ['xray', '2', 'views', 'without', 'contrast']
    """
    text = _plain(text)
    found = list(chain.from_iterable(map(_parted, _WORD.findall(text))))
    return _numbered(_respelled(found))


def _plain(text: str) -> str:
    text = text.lower()
    if not text.isascii():
        from unicodedata import normalize

        text = normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = _SLASHED.sub(" without ", text).replace("w/", " with ")
    return text.replace("'s", "").replace(" & ", "&")


def _parted(word: str) -> list[str]:
    if word[0].isdigit() or word[0] == ".":
        glued = _GLUED.fullmatch(word)
        if glued:
            return [glued[1], glued[2]]
        word = word.replace(",", "")
        if "." in word:
            word = word.rstrip("0").rstrip(".")
            return ["0" + word if word[:1] in (".", "") else word]
    return [word]


def _respelled(found: list[str]) -> list[str]:
    spellings, at = _tables().spellings, 0
    result: list[str] = []
    while at < len(found):
        for run, read in spellings.get(found[at], ()):
            if found[at : at + len(run)] == run:
                result += read
                at += len(run)
                break
        else:
            result.append(found[at])
            at += 1
    return result


def _numbered(found: list[str]) -> list[str]:
    result: list[str] = []
    for word in found:
        before = result[-1] if result else ""
        if before in ("non", "re") and word.isalpha():
            result[-1] = before + word
        elif before in _GRADED and word in _ROMAN:
            result.append(_ROMAN[word])
        else:
            result.append(_SMALL.get(word, word))
    return result


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """*word* without its ending; what stands in front of it is never touched.

    >>> [stem(word) for word in ("biopsies", "injections", "imaging", "unlisted")]
    ['biopsi', 'inject', 'imag', 'unlist']
    """
    if len(word) < 4 or not word.isalpha():
        return word
    tables = _tables()
    word = tables.british_parts.sub(lambda part: tables.british[part[0]], word)
    word = _singular(word)
    for ending, least in (("ing", 4), ("ed", 4), ("ion", 5), ("ly", 6)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "ls":
                word = word[:-1]
            break
    if word.endswith("e") and len(word) > 4:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def _singular(word: str) -> str:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def terms(text: str) -> list[str]:
    """The stems of *text* in their order, without words that carry nothing."""
    return [stem(word) for word in words(text) if word not in STOP]


class Short(NamedTuple):
    """What an abbreviation stands for; not `sure` where it has several meanings."""

    longs: list[list[str]]
    sure: bool


@lru_cache(maxsize=1)
def abbreviations() -> dict[str, Short]:
    """What every short form stands for, by its stem."""
    rows: dict[str, list[str]] = {}
    for short, long in _resources.lines("search/abbreviations.tsv"):
        rows.setdefault(stem(short), []).append(long)
    return {
        short: Short(
            [terms(wording) for long in longs for wording in long.split("|")],
            len(longs) == 1,
        )
        for short, longs in rows.items()
    }

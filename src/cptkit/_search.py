"""Find codes by number and by words: the ranked search of a fee schedule.

Words are looked up in titles, synonyms, plain language, features, descriptions
and the labels of families, never in AMA descriptors. A query is a list of
`Unit`, one a word. A document scores by the best field that each unit stands
in, by how well its best single phrase covers the query, and a little by what
the rest of its family says. Units that stand in few documents weigh more.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import islice
from math import log
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ._search_index import index
from ._search_words import STOP, UNITS, abbreviations, stem, words
from ._taxonomy import taxonomy
from .errors import InvalidInputError, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ._code import Code
    from ._schedule import FeeSchedule
    from ._search_index import Index

#: What a word is worth in each field of `FIELDS`.
_WEIGHTS = (5.0, 5.0, 4.0, 3.0, 2.0, 1.0)
#: How much a reading counts that is not the word itself.
_LONG, _BEGUN, _MISTYPED, _OPEN_BAND = 0.9, 0.7, 0.6, 0.6
#: Shares of one best phrase, and of the family, beside the sum over all fields.
_PHRASE, _FAMILY = 1.0, 0.1
_MOST_CHARACTERS, _MOST_WORDS, _MOST_BEGUN = 400, 16, 60
_TYPO_LENGTH = 5

_Key = TypeVar("_Key")

_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")
_START = re.compile(r"[A-Z]?[0-9]{1,4}|[0-9]{1,3}[A-Z]")


class Reading(NamedTuple):
    """One way to read a word of the query: words of the index, and how far it counts.

    Several words are an abbreviation written out: a phrase counts by the share of
    them it has. Or they are *together*: a phrase with one of them says nothing.
    """

    words: list[str]
    quality: float
    together: bool = False


def search(schedule: FeeSchedule, query: object, limit: object) -> tuple[Code, ...]:
    """The codes of *schedule* that fit *query* best; see `FeeSchedule.search`."""
    text, most = _checked(query, limit)
    found = dict.fromkeys(_by_number(schedule, text))
    if len(found) < most:
        by_words = _by_words(schedule, index(), text)
        new = (each for each in by_words if each not in found)
        found.update(dict.fromkeys(islice(new, most - len(found))))
    return tuple(schedule[number] for number in islice(found, most))


def _checked(query: object, limit: object) -> tuple[str, int]:
    if not isinstance(query, str):
        msg = f"query {show(query)} is not text: write words or a code, 'flu shot'"
        raise InvalidInputError(msg)
    if len(query) > _MOST_CHARACTERS:
        msg = (
            f"query {show(query)} has {len(query):,} characters;"
            f" search reads {_MOST_CHARACTERS}: give a few words"
        )
        raise InvalidInputError(msg)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        msg = f"limit {show(limit)} is not a count of results: write 1 or more"
        raise InvalidInputError(msg)
    return query, limit


# --- by number -------------------------------------------------------------


def _by_number(schedule: FeeSchedule, query: str) -> Iterator[str]:
    """Codes that *query* names, then those whose number begins as it does."""
    parts = re.findall(r"[0-9A-Z]+", query.upper())
    joined = "".join(parts)
    for each in [*parts, joined]:
        if _CODE.fullmatch(each) and schedule.figures.main_row(each):
            yield each
    if _START.fullmatch(joined) and not _CODE.fullmatch(joined):
        letter = joined[0] if joined[0].isalpha() else ""
        whole = letter + joined[len(letter) :].zfill(5 - len(letter))
        if schedule.figures.main_row(whole):
            yield whole
        if len(joined) > 1:
            numbers = schedule.numbers
            first = bisect_left(numbers, joined)
            yield from numbers[first : bisect_left(numbers, joined + "~")]


# --- by words --------------------------------------------------------------


def _by_words(schedule: FeeSchedule, index: Index, query: str) -> Iterator[str]:
    """Codes by rank; a family stands for its codes that have no text."""
    for name in ranked(index, query):
        if name not in index.ranges:
            if schedule.figures.main_row(name):
                yield name
            continue
        numbers, path = schedule.numbers, taxonomy().path
        for first, last in index.ranges[name]:
            start, end = bisect_left(numbers, first), bisect_right(numbers, last)
            yield from (
                each
                for each in numbers[start:end]
                if each not in index.codes and name in path(each)
            )


def ranked(index: Index, query: str) -> list[str]:
    """The documents of *index* that fit *query*, best first."""
    said = [_weighed(index, readings) for readings in understood(index, query)]
    by_field = _summed((word.best, word.weight) for word in said)
    by_family = _summed((_best_of_family(index, word), word.weight) for word in said)
    by_phrase = _best_phrase(index, said)
    scores = {
        # rounded, so that sums in another order rank the same
        document: round(
            score
            + _PHRASE * by_phrase.get(document, 0)
            + _FAMILY * by_family[index.families[document]],
            6,
        )
        for document, score in by_field.items()
    }
    best_first = sorted(scores, key=lambda document: (-scores[document], document))
    return [index.documents[document] for document in best_first]


class _Word(NamedTuple):
    """One word of the query.

    Attributes:
        hits: How well each phrase that has it does.
        best: What the best field of each document that has it is worth.
        weight: Its own, among the words: rare words weigh more.
    """

    hits: dict[int, float]
    best: dict[int, float]
    weight: float


def _weighed(index: Index, readings: list[Reading]) -> _Word:
    hits = _hits(index, readings)
    best: dict[int, float] = {}
    for phrase, quality in hits.items():
        document = index.phrase_document[phrase]
        worth = quality * _WEIGHTS[index.phrase_field[phrase]]
        if worth > best.get(document, 0):
            best[document] = worth
    return _Word(hits, best, log(1 + len(index.documents) / max(len(best), 1)))


def _summed(shares: Iterable[tuple[dict[_Key, float], float]]) -> dict[_Key, float]:
    """Each key's worth over all words, by their weight."""
    total: dict[_Key, float] = defaultdict(float)
    for worths, weight in shares:
        for key, worth in worths.items():
            total[key] += weight * worth
    return total


def _best_of_family(index: Index, word: _Word) -> dict[str, float]:
    best: dict[str, float] = {}
    for document, worth in word.best.items():
        family = index.families[document]
        best[family] = max(worth, best.get(family, 0))
    return best


def _best_phrase(index: Index, said: list[_Word]) -> dict[int, float]:
    """What the single phrase of each document that covers the query best is worth."""
    whole = sum(word.weight for word in said if word.hits)
    covered: dict[int, int] = defaultdict(int)
    for word in said:
        for phrase in word.hits:
            covered[phrase] += 1
    best: dict[int, float] = {}
    for phrase, share in _summed((word.hits, word.weight) for word in said).items():
        length = max(index.phrase_size[phrase], 1)
        fit = share / whole * min(covered[phrase] / length, 1) ** 0.5
        worth = fit * share * _WEIGHTS[index.phrase_field[phrase]]
        document = index.phrase_document[phrase]
        best[document] = max(worth, best.get(document, 0))
    return best


def _hits(index: Index, readings: list[Reading]) -> dict[int, float]:
    """How well each phrase has one word of the query."""
    hits: dict[int, float] = {}
    for each in readings:
        found: dict[int, int] = defaultdict(int)
        for word in each.words:
            for phrase in index.phrases(word):
                found[phrase] += 1
        for phrase, count in found.items():
            if each.together and count < len(each.words):
                continue
            quality = each.quality * (count / len(each.words)) ** 2
            if quality > hits.get(phrase, 0):
                hits[phrase] = quality
    return hits


def understood(index: Index, query: str) -> list[list[Reading]]:
    """Every way to read each word of *query*."""
    said = words(query)
    bare = [each for each in said if each not in STOP] or said
    bare = list(dict.fromkeys(bare))[:_MOST_WORDS]
    units: list[list[Reading]] = []
    for at, word in enumerate(bare):
        if at and bare[at - 1] == "without":
            # one who asks for it without something does not want it with it
            units.append([Reading(["without", stem(word)], 1.0, together=True)])
            continue
        readings = _readings(index, word, last=at == len(bare) - 1)
        if word[0].isdigit():
            readings += _bands(index, bare, at)
        units.append(readings)
    return units


def _readings(index: Index, word: str, *, last: bool) -> list[Reading]:
    root = stem(word)
    readings = [Reading([root], 1.0)]
    if root in abbreviations():
        readings += [Reading(long, _LONG) for long in abbreviations()[root].longs]
    known = bool(index.phrases(root))
    if last and len(word) > 1:
        begun = index.beginning(word)
        if 0 < len(begun) <= _MOST_BEGUN:
            readings += [Reading([each], _BEGUN) for each in begun if each != root]
            known = True
    if not known and len(readings) == 1 and len(word) >= _TYPO_LENGTH:
        readings = [Reading([each], _MISTYPED) for each in _respelled(index, word)]
    return readings


def _respelled(index: Index, word: str) -> set[str]:
    """Words of the index one letter away from *word*, or from its stem."""
    for written in (stem(word), word):
        near = {stem(each) for each in _one_letter_away(written)}
        found = {each for each in near if index.phrases(each)}
        if found:
            return found
    return set()


def _one_letter_away(word: str) -> Iterator[str]:
    """*word* with one letter left out, doubled up, changed, or two swapped."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            yield head + letter + tail[1:]


def _bands(index: Index, said: list[str], at: int) -> list[Reading]:
    """The limits that hold the number at *at*, in the unit that it is said in."""
    around = [stem(each) for each in said[at + 1 : at + 3]]
    unit = next((each for each in around if each in UNITS), "")
    if at and said[at - 1] in ("age", "aged"):
        unit = "year"
    if not unit or said[at].strip(digits + "."):
        return []
    return [
        Reading([band.word], _OPEN_BAND if band.open_ended else 1.0)
        for band in index.bands(unit, float(said[at]))
    ]

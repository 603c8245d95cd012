"""Write the search index, and measure how well search finds what it should.

    python tools/evaluate_search.py           # measure the bundled index
    python tools/evaluate_search.py --write   # make it anew from the texts first

Two measures, by section, each the share of queries with the code or another of
its family among the first five:

- every synonym and every plain phrase of every text, as a query;
- a sample of them, each taken out of the index before it is asked for, which
  tells how search does on words that no text has in that order.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cptkit
from cptkit import _search
from cptkit._resources import lines, read
from cptkit._search_index import FIELDS, Index, pack
from cptkit._search_index import index as bundled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DATA = Path(cptkit.__file__).parent / "data"
INDEX = DATA / "search" / "index.bin"
SAMPLE, SEED, FIRST = 500, 20261124, 5


def records() -> list[dict[str, Any]]:
    """Every record of the text files, by file name and line."""
    return [
        json.loads(line)
        for path in sorted((DATA / "text").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


def build() -> bytes:
    """The index of the texts as they are now."""
    return pack(records(), lines("taxonomy.tsv"))


class Question(NamedTuple):
    """A synonym or plain phrase as a query, and where it stands."""

    words: str
    phrase: int
    family: str


def questions(index: Index) -> list[Question]:
    """Every synonym and plain phrase, in the order of the index."""
    texts = {each["code"]: each for each in records() if "code" in each}
    asked: list[Question] = []
    numbers = iter(range(len(index.phrase_field)))
    for name, family in zip(index.documents, index.families, strict=True):
        if name not in texts:
            continue
        for field in FIELDS:
            value = texts[name].get(field, ())
            for words in (value,) if isinstance(value, str) else value:
                phrase = next(numbers)
                if field in ("synonyms", "plain_language"):
                    asked.append(Question(words, phrase, family))
    return asked


class Without(Index):
    """An index that one phrase has been taken out of."""

    def __init__(self, packed: bytes, phrase: int) -> None:
        super().__init__(packed)
        self.phrase = phrase

    def phrases(self, word: str) -> Sequence[int]:
        """The other phrases that *word* stands in."""
        return [each for each in super().phrases(word) if each != self.phrase]


def found(index: Index, question: Question) -> bool:
    """Whether a code of the family stands among the first."""
    family = dict(zip(index.documents, index.families, strict=True))
    first = _search.ranked(index, question.words)[:FIRST]
    return question.family in {family[name] for name in first}


def as_asked(asked: Iterable[Question]) -> list[tuple[Question, bool]]:
    """Each question against the bundled index."""
    index = bundled()
    return [(each, found(index, each)) for each in asked]


def held_out(asked: Sequence[Question], size: int) -> list[tuple[Question, bool]]:
    """A sample of the questions, each against an index that lacks it."""
    packed = read("search/index.bin")
    sample = random.Random(SEED).sample(asked, size)
    return [(each, found(Without(packed, each.phrase), each)) for each in sample]


def table(title: str, results: Iterable[tuple[Question, bool]]) -> None:
    """Print the share found, by section and in all."""
    by_section: dict[str, list[bool]] = defaultdict(list)
    for question, good in results:
        by_section[question.family.partition(".")[0]].append(good)
        by_section["all"].append(good)
    print(title)
    for section, good in by_section.items():
        print(f"  {section:6} {sum(good):6,} of {len(good):6,}", end="")
        print(f"  {sum(good) / len(good):6.1%}")


def main() -> None:
    """Write the index where asked to, then measure."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="make the index anew")
    if parser.parse_args().write:
        INDEX.write_bytes(build())
        print(f"{INDEX.name}: {INDEX.stat().st_size:,} bytes")
    asked = questions(bundled())
    table("every synonym and plain phrase", as_asked(asked))
    table("taken out of the index first", held_out(asked, min(SAMPLE, len(asked))))


if __name__ == "__main__":
    main()

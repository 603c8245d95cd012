"""Questions people ask about a code, answered from its text and its row.

A template prints nothing when what it needs is not there; none fills in with a
default sentence.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING

import attrs

from ._billing_lines import is_add_on
from ._taxonomy import taxonomy
from .indicators import GlobalPeriod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._code import Code
    from ._schedule import FeeSchedule

#: How many codes to either side are looked at for the nearest siblings.
_NEIGHBOURS = 40
_SPELLED = {"mdm": "decision making"}


@attrs.frozen
class Question:
    """One question about a code and its answer.

    >>> import cptkit
    >>> cptkit.code("99213", release="RVU26C").faq[0].question
    'What is CPT 99213?'
    """

    question: str
    answer: str

    def to_dict(self) -> dict[str, str]:
        """Both as plain data."""
        return attrs.asdict(self)


def kind(number: str) -> str:
    """``HCPCS`` for a number that begins with a letter, ``CPT`` for any other.

    >>> kind("G0439"), kind("0075T")
    ('HCPCS', 'CPT')
    """
    return "HCPCS" if number[0].isalpha() else "CPT"


def faq(code: Code, schedule: FeeSchedule) -> tuple[Question, ...]:
    """The questions that the code's text and row can answer."""
    asked = (_what, _who, _when, _anesthesia, _add_on, _parts, _global)
    found = [each for template in asked for each in template(code)]
    return (*found, *_differences(code, schedule))


def _name(code: Code) -> str:
    return f"{kind(code.number)} {code.number}"


def _what(code: Code) -> Iterator[Question]:
    if code.description is None:
        return
    section = f", {code.section.label}" if code.section else ""
    answer = f"{code.title} ({kind(code.number)} code{section}). {code.description}"
    yield Question(f"What is {_name(code)}?", answer)


def _who(code: Code) -> Iterator[Question]:
    if code.specialties:
        parts = [f"{joined(code.specialties)}.", code.clinical_context or ""]
        yield Question(f"Who uses {_name(code)}?", " ".join(parts).strip())


def _when(code: Code) -> Iterator[Question]:
    if code.clinical_context:
        yield Question(f"When is {_name(code)} used?", code.clinical_context)


def _anesthesia(code: Code) -> Iterator[Question]:
    if code.status.value == "J":
        units = code.base_units
        told = "" if units is None else f" It has {units} base units."
        yield Question(
            f"How is {_name(code)} paid?",
            f"Medicare pays anesthesia by base and time units.{told}",
        )


def _add_on(code: Code) -> Iterator[Question]:
    if is_add_on(code):
        yield Question(
            f"Is {_name(code)} an add-on?",
            "Yes. It is billed beside the service it belongs to, never alone.",
        )


_PARTS = {
    "1": "Yes: 26 is the professional component and TC the technical one.",
    "2": "No: it is the professional component alone.",
    "3": "No: it is the technical component alone.",
    "4": "It is the complete test; its two components have codes of their own.",
}


def _parts(code: Code) -> Iterator[Question]:
    answer = _PARTS.get(code.pctc.value)
    if answer is None:
        return
    rows = [code.component(each) for each in ("26", "TC") if each in code.components]
    told = [
        f" {row.modifier} has {row.rvus.total_nonfacility} of the"
        f" {code.rvus.total_nonfacility} RVUs outside a facility."
        for row in rows
        if row.rvus.total_nonfacility
    ]
    question = f"Does {_name(code)} have professional and technical parts?"
    yield Question(question, answer + "".join(told))


_NO_QUESTION = (GlobalPeriod.NONE, GlobalPeriod.ADD_ON)


def _global(code: Code) -> Iterator[Question]:
    period = code.global_period
    if period in _NO_QUESTION:
        return
    question = f"What is the global period of {_name(code)}?"
    yield Question(question, f"{period.value}: {period.meaning}.")


def _differences(code: Code, schedule: FeeSchedule) -> Iterator[Question]:
    """The two siblings nearest in code order whose features differ."""
    for sibling in islice(_siblings(code, schedule), 2):
        own, other = _told_apart(code.features, sibling.features)
        yield Question(
            f"What is the difference between {code.number} and {sibling.number}?",
            f"{code.number}: {own}. {sibling.number}: {other}.",
        )


def _siblings(code: Code, schedule: FeeSchedule) -> Iterator[Code]:
    """Codes of the family that features tell apart, the nearest in code order first."""
    numbers, path = schedule.numbers, taxonomy().path(code.number)
    at = bisect_left(numbers, code.number)
    near = numbers[max(at - _NEIGHBOURS, 0) : at + _NEIGHBOURS + 1]
    here = near.index(code.number)
    for index in sorted(range(len(near)), key=lambda index: abs(index - here)):
        if index != here and taxonomy().path(near[index]) == path:
            sibling = schedule[near[index]]
            if _comparable(code.features, sibling.features):
                yield sibling


def _comparable(own: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the two say something different of one and the same thing."""
    told, asked = dict(map(_pair, own)), dict(map(_pair, other))
    return any(told[key] != asked[key] for key in told.keys() & asked.keys())


def _told_apart(own: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, str]:
    """The features each has that the other has not, as text."""
    return (
        "; ".join(_feature(each) for each in own if each not in other),
        "; ".join(_feature(each) for each in other if each not in own),
    )


def _pair(feature: str) -> tuple[str, str]:
    key, _, value = feature.partition(":")
    return key, value


def _feature(feature: str) -> str:
    key, value = _pair(feature)
    return f"{_SPELLED.get(key, key)} {value}".strip()


def joined(words: tuple[str, ...]) -> str:
    """Words as a list in a sentence.

    >>> joined(("Cardiology",)), joined(("A", "B", "C"))
    ('Cardiology', 'A, B and C')
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"

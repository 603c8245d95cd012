"""Readers and rapid entry under damaged input; the long proof does much more of it."""

from __future__ import annotations

import random

import pytest

from .fuzzing import entry_faults, entry_text, mutated, reader_faults, readers


@pytest.mark.parametrize("name", readers())
def test_a_reader_reads_or_refuses(name: str) -> None:
    """Nothing but an error of the library comes out, in words of one line."""
    read, good = readers()[name]
    for data in good:
        assert read(data) is not False  # undamaged, it is read
    assert next(reader_faults(name, 150, seed=1), None) is None


def test_rapid_entry_reads_or_names_what_it_leaves() -> None:
    """Spans, services and readings keep their promises on whatever is typed."""
    assert next(entry_faults(1_000, seed=1), None) is None


def test_the_damage_is_real_and_the_same_again() -> None:
    """A seed gives the same damage, nearly all of it changes the input."""
    _, (good, *_) = readers()["GPCI"]
    drawn = [mutated(good, random.Random(seed)) for seed in range(200)]
    assert drawn == [mutated(good, random.Random(seed)) for seed in range(200)]
    assert sum(each != good for each in drawn) > 180
    assert len({entry_text(random.Random(seed)) for seed in range(200)}) > 150

"""A work log: changed by id, undone, read, saved whole."""

from __future__ import annotations

import json
import os
import random
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import Self

from cptkit import InvalidInputError, NotFoundError, SourceFileError, _saving
from cptkit import productivity as pr

from .entries import entries, services, some_log


def test_add_edit_delete_and_undo() -> None:
    """Every change is taken back in turn; ids are never used twice."""
    log = pr.WorkLog()
    first = log.add("99214-25", on="2026-03-02", person="Dr Ada")
    second = log.add(100, on=date(2026, 3, 3), units=2)
    assert (first.id, first.code, first.modifiers) == (1, "99214", ("25",))
    assert (second.id, second.code, second.units) == (2, "00100", 2)
    assert log.edit(1, code="99215", note="longer").person == "Dr Ada"
    assert log.delete(1).code == "99215"
    assert [entry.id for entry in log] == [2]
    assert log.add("93000", on="2026-03-04").id == 3
    assert log.undo() == "add 93000"
    assert log.undo() == "delete entry 1"
    assert [entry.code for entry in log] == ["99215", "00100"]
    assert log.undo() == "edit entry 1"
    assert log[1] == first
    log.undo()
    log.undo()
    assert len(log) == 0
    with pytest.raises(NotFoundError, match="no change to undo"):
        log.undo()
    with pytest.raises(NotFoundError, match="no entry 9"):
        log.delete(9)


def test_a_change_that_cannot_be_read_changes_nothing() -> None:
    """Bad fields are refused by name and the log stays as it was."""
    log = some_log()
    before = log.entries
    for fields, words in (
        ({"code": "9921"}, "not a CPT or HCPCS code"),
        ({"on": "2026-02-30"}, "is not a date"),
        ({"units": 0}, "whole number from 1"),
        ({"units": "-1"}, "reversal"),
        ({"units": "1.5"}, "more than 0 decimal places"),
        ({"modifiers": "ZZ"}, "'ZZ' is not known"),
        ({"modifiers": "25 25"}, "stands twice"),
        ({"setting": "the moon"}, "place of service"),
        ({"percent_payable": "101"}, "over 100"),
        ({"postop_share": "3/2"}, "over 1"),
        ({"persn": "x"}, "no persn"),
        ({"note": "a\0b"}, "NUL"),
        ({"other": [("", "x")]}, "name of its own"),
    ):
        with pytest.raises(InvalidInputError, match=words):
            log.add(**{"code": "99213", "on": "2026-03-02", **fields})
        with pytest.raises(InvalidInputError, match=words):
            log.extend(["99213", {"code": "99213", **fields}], on="2026-03-02")
        with pytest.raises(InvalidInputError, match=words):
            log.edit(1, **fields)
    with pytest.raises(InvalidInputError, match="keeps its id"):
        log.edit(1, id=7)
    assert log.entries == before


def test_extend_takes_what_was_typed_and_refuses_what_is_not_clear() -> None:
    """Parsed text is dated and added; an ambiguous or half read one is not."""
    log = pr.WorkLog()
    assert log.extend(pr.parse("99213 25 93000x2"), on="2026-03-02", place="A") == 2
    assert [(e.code, e.units, e.place) for e in log] == [
        ("99213", 1, "A"),
        ("93000", 2, "A"),
    ]
    with pytest.raises(InvalidInputError, match="may mean"):
        log.extend(pr.parse("93000x259"), on="2026-03-02")
    with pytest.raises(InvalidInputError, match="'often' was not understood"):
        log.extend(pr.parse("99213 often"), on="2026-03-02")
    with pytest.raises(InvalidInputError, match="give on="):
        log.extend(["99213"])
    assert len(log) == 2
    assert log.undo() == "add 2 entries"


def test_select() -> None:
    """Dates are included at both ends; ids stay."""
    log = some_log()
    found = log.select(since="2026-01-05", until="2026-02-01", person="Dr Ada")
    wanted = [
        e.id
        for e in log
        if date(2026, 1, 5) <= e.on <= date(2026, 2, 1) and e.person == "Dr Ada"
    ]
    assert wanted
    assert [entry.id for entry in found] == wanted
    with pytest.raises(InvalidInputError, match="date of service 'soon'"):
        log.select(since="soon")


@given(st.lists(entries(), max_size=12))
@settings(max_examples=80, deadline=None)
def test_export_and_import_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, given_entries: list[pr.Entry]
) -> None:
    """Every field of every entry comes back, from CSV and from JSON."""
    folder = tmp_path_factory.mktemp("log")
    log = pr.WorkLog(given_entries)
    log.write_csv(folder / "log.csv")
    log.write_json(folder / "log.json")
    for back in (
        pr.WorkLog.read_csv(folder / "log.csv"),
        pr.WorkLog.read_json(folder / "log.json"),
    ):
        assert back.entries == log.entries
        assert {p.kind for p in back.problems} <= {"duplicate"}


@given(entries())
def test_an_entry_is_its_dict(entry: pr.Entry) -> None:
    """`to_dict` is plain data and loses nothing; the repr makes the entry anew."""
    assert pr.Entry(**json.loads(json.dumps(entry.to_dict()))) == entry
    names = {"Entry": pr.Entry, "Decimal": Decimal, "Fraction": Fraction}
    assert eval(repr(entry), names) == entry


@given(st.lists(services(), max_size=6), st.integers(0, 10**9))
@settings(max_examples=100, deadline=None)
def test_undo_is_the_inverse(drawn: list[pr.Service], seed: int) -> None:
    """After any run of changes, undoing them all gives the first log back."""
    rng = random.Random(seed)
    log = some_log()
    before = log.entries
    for service in drawn:
        ids = [entry.id for entry in log]
        rng.choice(
            [
                lambda s=service: log.add(str(s.code), on="2026-05-05"),
                lambda s=service: log.extend([s, s], on="2026-05-06"),
                lambda ids=ids: log.edit(rng.choice(ids), units=3),
                lambda ids=ids: log.delete(rng.choice(ids)),
            ]
        )()
    for _ in drawn:
        log.undo()
    assert log.entries == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the process is forked to die")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@given(cut=st.integers(0, 3000), form=st.sampled_from(["csv", "json"]))
@settings(max_examples=60, deadline=None)
def test_a_cut_during_saving_loses_at_most_the_change(
    tmp_path_factory: pytest.TempPathFactory, cut: int, form: str
) -> None:
    """Cut after any number of bytes, the file is the old one or the new one.

    The writing process dies with the bytes it had written: no clean-up runs.
    """
    path = tmp_path_factory.mktemp("cut") / f"log.{form}"
    read = getattr(pr.WorkLog, f"read_{form}")
    log = some_log()
    getattr(log, f"write_{form}")(path)
    before = log.entries
    log.add("99215", on="2026-06-01", note="the change")
    child = os.fork()
    if child == 0:
        _write_until(log, path, form, cut)
    os.waitpid(child, 0)
    held = read(path).entries
    assert held in (before, log.entries)
    getattr(log, f"write_{form}")(path)
    assert read(path).entries == log.entries


def _write_until(log: pr.WorkLog, path: Path, form: str, cut: int) -> None:
    """Save, but stop the process after *cut* bytes have reached the file."""
    real = os.fdopen

    class Failing:
        def __init__(self, handle: int, mode: str) -> None:
            self.file, self.left = real(handle, mode), cut

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *error: object) -> None:
            self.file.close()

        def write(self, data: bytes) -> None:
            self.file.write(data[: self.left])
            self.file.flush()
            if len(data) >= self.left:
                os._exit(0)

        def flush(self) -> None:
            self.file.flush()

        def fileno(self) -> int:
            return self.file.fileno()

    _saving.os.fdopen = Failing  # type: ignore[attr-defined]
    try:
        getattr(log, f"write_{form}")(path)
    finally:
        os._exit(0)


def test_an_error_during_saving_leaves_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where writing fails, the old file stands alone in its folder."""
    log = some_log()
    log.write_csv(tmp_path / "log.csv")
    before = (tmp_path / "log.csv").read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_saving.os, "fsync", full)
    log.delete(1)
    with pytest.raises(OSError, match="No space"):
        log.write_csv(tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.skipif(os.name == "nt", reason="modes and links are of POSIX")
def test_saving_keeps_mode_and_link(tmp_path: Path) -> None:
    """A link still leads to the file, and the file is as private as it was."""
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    some_log().write_csv(real)
    real.chmod(0o600)
    link.symlink_to(real)
    some_log().write_csv(link)
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a cptkit work log"),
        ('{"format": "cptkit work log", "version": 2, "entries": []}', "version 2"),
    ],
)
def test_json_of_another_kind_is_refused(tmp_path: Path, text: str, words: str) -> None:
    """The message says what was met."""
    (tmp_path / "log.json").write_text(text, encoding="utf-8")
    with pytest.raises(SourceFileError, match=words):
        pr.WorkLog.read_json(tmp_path / "log.json")
    with pytest.raises(SourceFileError, match="cannot be opened"):
        pr.WorkLog.read_json(tmp_path / "absent.json")


def test_bad_entries_of_json_are_listed(tmp_path: Path) -> None:
    """The good are kept, the bad are named."""
    held = some_log().to_dict()
    held["entries"].insert(1, {"on": "2026-01-01", "code": "?"})
    held["entries"].insert(2, 7)
    (tmp_path / "log.json").write_text(json.dumps(held), encoding="utf-8")
    log = pr.WorkLog.read_json(tmp_path / "log.json")
    assert log == some_log()
    assert [problem.row for problem in log.problems] == [2, 3]

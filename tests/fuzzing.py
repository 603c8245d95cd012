"""Damage done to good input, at random from a seed: every reader, and rapid entry.

A reader reads what it is given or refuses it with an error of `cptkit.errors`;
nothing else may happen. What is found here becomes an example of its own test.
"""

from __future__ import annotations

import itertools
import random
import re
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import cptkit
from cptkit import CptkitError, cms, ncci
from cptkit import productivity as pr

from .cms.conftest import ANES_2026, GPCI, LOCCO, OPPSCAP, pprrvu
from .cms.test_files import zipped
from .cms.test_zips import ZIP5_CSV, ZIP5_TEXT, ZIP9_TEXT, TestAnesthesiaBase
from .test_ncci import CMS_TEXT

NOTEBOOKS = Path(__file__).resolve().parents[1] / "docs" / "notebooks"
Read = Callable[[bytes], object]

#: What breaks parsers: signs of structure, of encodings, of numbers.
PIECES = (
    *(bytes([number]) for number in (0, 9, 10, 13, 26, 34, 44, 45, 46, 59, 255)),
    *(
        b"\r\n",
        b'""',
        b'"\n',
        b",,",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xc3",
        b"\xc2\xa0",
    ),
    *(b"NaN", b"-0", b"1e9", b"1E999999", b"9" * 30, b"0.005", b"+1", b"1_0", b"=1"),
    *(
        b"\xd9\xa3",
        b"\xe2\x80\x8b",
        b"sep=\r\r\n",
        b'sep="\n',
        b"PK\x03\x04",
        b"\x1f\x8b",
    ),
    *(b"[" * 5_000, b"{" * 5_000, b'{"":' * 5_000, b"A" * 140_000, b"\n" * 3_000),
    *(b"null", b"true", b"[]", b"{}", b'"\\ud800"', b"Infinity", b"\\", b"01/02/03"),
)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The data with one to five changes: bytes, pieces, lines, halves."""
    for _ in range(rng.randint(1, 5)):
        at, to = sorted(rng.randrange(len(data) + 1) for _ in range(2))
        to = min(to, at + rng.choice((1, 2, 8, 64, 4096)))
        lines = data.splitlines(keepends=True)
        match rng.randrange(8):
            case 0:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[to:]
            case 2:
                data = data[:to] + data[at:to] + data[to:]
            case 3:
                data = data[:at] + rng.choice(PIECES) + data[at:]
            case 4:
                data = data[:at] + rng.choice(PIECES) + data[to:]
            case 5:
                rng.shuffle(lines)
                data = b"".join(lines)
            case 6 if lines:
                data = b"".join([*lines, rng.choice(lines)])
            case _:
                data = data[: rng.randrange(len(data) + 1)]
    return data


def from_file(read: Callable[[Path], object]) -> Read:
    """A reader of paths as one of bytes."""

    def read_bytes(data: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "damaged")
            path.write_bytes(data)
            return read(path)

    return read_bytes


def work_log(path: Path) -> None:
    """Import an export, and use what came in."""
    log = pr.WorkLog.read_csv(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pr.UncreditedWarning)
        log.wrvus()
    assert log.to_dict()


@lru_cache(maxsize=1)
def readers() -> dict[str, tuple[Read, tuple[bytes, ...]]]:
    """Each reader with good input; the damage begins there."""
    release = {
        "RVU26C/PPRRVU2026_Jul_nonQPP.csv": pprrvu(),
        "RVU26C/PPRRVU2026_Jul_QPP.csv": pprrvu({"conversion_factor": "33.5675"}),
        "RVU26C/GPCI2026.csv": GPCI.encode("latin-1"),
        "RVU26C/26LOCCO.csv": LOCCO.encode("latin-1"),
        "RVU26C/ANES2026.csv": ANES_2026.encode("latin-1"),
        "RVU26C/OPPSCAP_Jul.csv": OPPSCAP.encode("latin-1"),
    }
    export = (NOTEBOOKS / "export-2025.csv").read_bytes()
    log = pr.WorkLog()
    log.extend(pr.parse("99213 25 93000x2 27447 62"), on="2026-08-03", note="\u00e9")
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder, "log")
        log.write_json(saved)
        as_json = saved.read_bytes()
        log.write_csv(saved)
        as_csv = saved.read_bytes()
    few = b"\n".join(export.splitlines()[:12])
    survey = (NOTEBOOKS / "survey-made-up.csv").read_bytes()
    return {
        "relative values": (
            cms.read_relative_values,
            (pprrvu(), pprrvu({}, {"code": "99002"}, columns=31, end="\r")),
        ),
        "GPCI": (cms.read_gpci, (GPCI.encode("latin-1"),)),
        "counties": (cms.read_locco, (LOCCO.encode("latin-1"),)),
        "anesthesia factors": (cms.read_anes, (ANES_2026.encode("latin-1"),)),
        "OPPS caps": (cms.read_oppscap, (OPPSCAP.encode("latin-1"),)),
        "ZIP map": (cms.read_zip5, (ZIP5_CSV.encode(), ZIP5_TEXT.encode())),
        "ZIP+4 map": (cms.read_zip9, (ZIP9_TEXT.encode(),)),
        "base units": (cms.read_anesthesia_base, (TestAnesthesiaBase.TEXT.encode(),)),
        "release": (cms.read_folder_or_zip, (zipped(release), zipped(release, 0))),
        "pairs": (
            from_file(lambda path: ncci.load(path, effective="2026-07-01")),
            (CMS_TEXT, zipped({"ccipra-v302r0-f1.txt": CMS_TEXT})),
        ),
        "work log, CSV": (from_file(work_log), (few, as_csv)),
        "work log, JSON": (from_file(pr.WorkLog.read_json), (as_json,)),
        "benchmarks": (from_file(pr.Benchmarks.read_csv), (survey,)),
    }


def reader_faults(name: str, count: int, seed: int) -> Iterator[str]:
    """What a reader does to damaged input beyond reading or refusing it."""
    read, good = readers()[name]
    rng = random.Random(f"{name} {seed}")
    for _ in range(count):
        data = mutated(rng.choice(good), rng)
        fault = reader_fault(read, data)
        if fault:
            yield f"{name}, seed {seed}: {fault} of {short(data)}"


def reader_fault(read: Read, data: bytes) -> str:
    """What is wrong with how input is read or refused; nothing where all is well."""
    try:
        read(data)
    except CptkitError as error:
        plain = str(error).isprintable() and len(str(error)) <= 2_000
        return "" if plain else f"says {str(error)[:300]!r}"
    except Exception as error:  # noqa: BLE001
        return f"{error!r:.300}"
    return ""


def short(data: object) -> str:
    """A beginning and an end of what was given."""
    text = repr(data)
    return text if len(text) < 4_000 else f"{text[:2_000]} ... {text[-1_000:]}"


# --- rapid entry -------------------------------------------------------------------

WORDS = (
    "99213 9921 93000 45378 G0439 0042T 25 59 TC 26 QX x2 x10 x0 X *3 \u00d72 x".split()
)
SIGNS = (*" ,;:/+-\t\n", "", "", "")
STRANGE = "\u00df\u0130\ufb01\u0660\uff19\u00b2\u200b\U0001f600\x00e\u0301.()#'\""


def entry_text(rng: random.Random) -> str:
    """Something a person may type, or paste."""
    parts: list[str] = []
    for _ in range(rng.randint(0, 14)):
        word = rng.choice(WORDS) if rng.random() < 0.9 else rng.choice(STRANGE)
        if rng.random() < 0.1:
            at = rng.randrange(len(word) + 1)
            word = word[:at] + rng.choice(STRANGE + "0X25") + word[at + 1 :]
        parts += [word.lower() if rng.random() < 0.3 else word, rng.choice(SIGNS)]
    return "".join(parts)


def entry_fault(text: str) -> str:
    """What is wrong with the readings of a text; nothing where all is well.

    Every span is where it says, spans do not overlap, every service has a code and
    modifiers of the release, every reading leaves as little as the others, and what
    is written down anew is read back as the same.
    """
    found = pr.parse(text)
    left = set()
    for reading in found.readings:
        spans = sorted(reading.not_understood, key=lambda span: span.start)
        if any(text[span.start : span.end] != span.text for span in spans):
            return "a span is not where it says"
        if any(a.end > b.start for a, b in itertools.pairwise(spans)):
            return "spans overlap"
        left.add(sum(span.end - span.start for span in spans))
        for service in reading.services:
            if not re.fullmatch(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}", service.code):
                return f"{service.code!r} is no code"
            if service.code not in cptkit.schedule():
                return f"{service.code!r} is not in the release"
            if not 1 <= service.units <= 9999:
                return f"{service.units} units"
        again = pr.parse(pr.format_services(reading.services))
        if again.readings[0].services != reading.services:
            return "what is written is not read back"
    return "readings leave more or less" if len(left) != 1 else ""


def entry_faults(count: int, seed: int) -> Iterator[str]:
    """Texts on which rapid entry does what it should not."""
    rng = random.Random(f"entry {seed}")
    for _ in range(count):
        text = entry_text(rng)
        try:
            fault = entry_fault(text)
        except Exception as error:  # noqa: BLE001
            fault = repr(error)
        if fault:
            yield f"rapid entry, seed {seed}: {fault}: {text!r}"

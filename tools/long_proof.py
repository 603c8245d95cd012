"""The long proof: everything that can be recomputed, compared with what it should be.

    python tools/long_proof.py                        # the whole: hours
    python tools/long_proof.py --page docs/proof.md   # and its page, rewritten
    python tools/long_proof.py --only figures         # one part of rules, figures,
                                                      # frames and fuzz
    python tools/long_proof.py --quick                # a hundredth, to see that it runs

Needs the reference files (beside the repository, or where CPTKIT_SHARED says), and the
groups ``dev``, ``spark`` and ``fuzz``.
Prints one line a part with its figures; the exit status is 1 where anything differs.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from datetime import datetime, timezone
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import cptkit  # noqa: E402
from tests import fuzzing, test_figures, test_published, test_worked_cases  # noqa: E402
from tests.agreement import differing_claims, differing_lines  # noqa: E402
from tests.every_amount import differences  # noqa: E402
from tests.frames.agreement import differing_frames  # noqa: E402

LINES_A_JOB = 50_000
CLAIMS_A_JOB = 10_000
DAMAGED_A_JOB = 20_000
TYPED_A_JOB = 200_000
FUZZ_SECONDS = 300
#: Jobs of lines for each library: a million each, PySpark a hundred thousand.
FRAME_JOBS = {"polars": 20, "pandas": 20, "pyarrow": 20, "duckdb": 20, "pyspark": 2}
#: The tests of properties, which draw new examples here.
PROPERTIES = (
    "tests/test_properties.py tests/test_hostile_input.py tests/cms tests/productivity"
)


class Part(NamedTuple):
    """What a part compared: how many, how many differ, and the first that does."""

    group: str
    name: str
    total: int
    wrong: int
    first: str = ""


# --- what CMS and its contractors printed ------------------------------------------


def cells(release: str) -> Part:
    """Every cell held of a relative value file."""
    published = test_figures.open_published(release)
    return counted(
        "cells of CMS's files", release, test_figures.compared_cells(published)
    )


def printed(name: str) -> Part:
    """Every amount of a payment file that CMS or a contractor published."""
    return counted("published amounts", name, test_published.printed_amounts(name))


def caps(release: str) -> Part:
    """Every amount of a release's OPPS cap file."""
    (held,) = (each for each in cptkit.releases() if each.name == release)
    return counted("amounts of OPPS cap files", release, test_published.caps_of(held))


def factors() -> Part:
    """Every locality's anesthesia factor."""
    found = test_published.recomputed_factors()
    return counted("anesthesia factors", "all localities", found)


def worked() -> Part:
    """Every claim worked by hand."""
    return counted("worked claims", "the rule book's", worked_claims())


def worked_claims() -> Iterator[tuple[bool, str]]:
    """Whether each claim comes out as worked, and which it is."""
    for case, lines in test_worked_cases.CASES:
        try:
            test_worked_cases.test_worked_case(case, lines)
        except AssertionError as error:
            yield False, f"{case}: {error}"
        else:
            yield True, case


def counted(group: str, name: str, compared: Iterable[tuple[bool, str]]) -> Part:
    """A part whose comparisons say whether they are equal, and which they are."""
    total = wrong = 0
    first = ""
    for equal, which in compared:
        total += 1
        if not equal:
            wrong += 1
            first = first or which
    return Part(group, name, total, wrong, first[:2000])


# --- what is calculated apart ------------------------------------------------------


def amounts(release: str, every: int) -> Part:
    """Every *every*-th payable row of a release, everywhere, in both settings."""
    found = ((each is None, each or "") for each in differences(release, every))
    return counted("every row, place and setting", release, found)


def lines(seed: int, count: int) -> Part:
    """Random lines against the oracle."""
    group = "random lines, by the oracle"
    return drawn(group, f"seed {seed}", count, differing_lines(count, seed))


def claims(seed: int, count: int) -> Part:
    """Random claims against the oracle."""
    group = "random claims, by the oracle"
    return drawn(group, f"seed {seed}", count, differing_claims(count, seed))


def frames(backend: str, seed: int, count: int) -> Part:
    """Random lines as a frame of one library, against the engine."""
    group = f"random lines as frames of {backend}, by the engine"
    found = differing_frames(backend, seed, count)
    return drawn(group, f"seed {seed}", count, found)


def drawn(group: str, name: str, count: int, differing: Iterable[object]) -> Part:
    """A part of so many draws that yields only what differs."""
    found = list(islice(differing, 1000))
    return Part(group, name, count, len(found), str(found[0])[:2000] if found else "")


# --- what must not fall over -------------------------------------------------------


def damaged(name: str, seed: int, count: int) -> Part:
    """Damaged input of one reader."""
    faults = fuzzing.reader_faults(name, count, seed)
    return drawn("damaged files, read or refused", f"{name}, {seed}", count, faults)


def typed(seed: int, count: int) -> Part:
    """Texts for rapid entry."""
    faults = fuzzing.entry_faults(count, seed)
    return drawn("texts of rapid entry", f"seed {seed}", count, faults)


def fuzzed(name: str, seconds: int) -> Part:
    """Inputs of one reader that reach new code, as far as they come in some seconds."""
    told = run("tools/fuzz.py", name, "--seconds", str(seconds))
    found = re.search(r"([0-9,]+) inputs *(FAILED)?", told)
    total = int(found[1].replace(",", "")) if found else 1
    wrong = not found or bool(found[2])
    group = "inputs led by coverage, read or refused"
    return Part(group, name, total, int(wrong), told[-2000:] if wrong else "")


def properties() -> Part:
    """The tests of properties, with new examples."""
    told = run(
        "-m", "pytest", "-q", "--hypothesis-profile", "random", *PROPERTIES.split()
    )
    counts = {
        word: int(count) for count, word in re.findall(r"(\d+) (\w+)", told[-200:])
    }
    wrong = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    total = counts.get("passed", 0) + wrong
    first = told[-2000:] if wrong or not total else ""
    return Part(
        "properties, examples drawn anew", "tests", total, wrong or not total, first
    )


def mutants(*sample: str) -> Part:
    """Changes of the rules that a test must notice; nine in ten is the least."""
    told = run("tools/mutate_rules.py", *sample)
    found = re.search(r"(\d+) of \d+ mutants: .* (\d+) survive", told)
    total, alive = map(int, found.groups()) if found else (1, 1)
    survivors = told if not found or alive * 10 > total else ""
    print(told, flush=True)
    return Part(
        "changes of a rule, unnoticed", "mutants", total, alive, survivors[:2000]
    )


def run(*command: str) -> str:
    """What a Python of its own prints."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


Submit = Callable[..., "Future[Part]"]


def changes(submit: Submit, share: int) -> list[Future[Part]]:
    """Changes of the rules: a sample, for each takes many seconds."""
    few = ("--workers", "1", "--sample", "8" if share > 1 else "60")
    return [submit(mutants, *few)]


def figures(submit: Submit, share: int) -> list[Future[Part]]:
    """Files, amounts, lines, claims and damaged input."""
    names = [release.name for release in cptkit.releases()]
    chosen = slice(0, 1) if share > 1 else slice(None)
    started = [submit(properties)] if share == 1 else []
    started += [submit(amounts, name, share) for name in names]
    started += [submit(lines, 1000 + n, LINES_A_JOB // share) for n in range(20)]
    started += [submit(claims, 2000 + n, CLAIMS_A_JOB // share) for n in range(10)]
    started += [submit(cells, name) for name in names[chosen]]
    started += [submit(caps, name) for name in test_published.CAPPED[chosen]]
    started += [submit(printed, name) for name in test_published.FILES]
    started += [submit(factors), submit(worked)]
    for name in fuzzing.readers():
        started.append(submit(damaged, name, 3000, DAMAGED_A_JOB // share))
    started += [submit(typed, 4000 + n, TYPED_A_JOB // share) for n in range(2)]
    return started


def all_frames(submit: Submit, share: int) -> list[Future[Part]]:
    """Lines as frames of every library."""
    return [
        submit(frames, backend, 3000 + n, LINES_A_JOB // share)
        for backend, parts in FRAME_JOBS.items()
        for n in range(1 if share > 1 else parts)
    ]


def all_fuzzed(submit: Submit, share: int) -> list[Future[Part]]:
    """Every reader, and rapid entry."""
    names = [*fuzzing.readers(), "rapid entry"]
    return [submit(fuzzed, name, FUZZ_SECONDS // share) for name in names]


#: What `--only` may name, the long ones first.
KINDS = {"rules": changes, "figures": figures, "frames": all_frames, "fuzz": all_fuzzed}


# --- the page ----------------------------------------------------------------------


def page(parts: list[Part], budgets: str, command: str) -> str:
    """The figures as a page: what was compared, when, of which commit."""
    rows = []
    for group, found in groupby(sorted(parts), key=lambda part: part.group):
        held = list(found)
        total, wrong = sum(part.total for part in held), sum(p.wrong for p in held)
        rows.append(f"| {group} | {total:,} | {wrong:,} |")
    now = datetime.now(timezone.utc).date().isoformat()
    return PAGE.format(
        command=command,
        date=now,
        commit=commit(),
        python=platform.python_version(),
        rows="\n".join(rows),
        budgets=budgets.strip(),
    )


PAGE = """\
# The proof

Written by `{command}` on {date}, of commit {commit}, with Python {python}. Nothing
on this page is written by hand. `docs/architecture.md` tells how the library comes to
an amount; what stands here was computed apart, or printed by CMS and its contractors.

| compared | how many | differ |
| --- | ---: | ---: |
{rows}

- **Cells** are read from CMS's files by a reader of the tests, not the library's.
- **Published amounts** are those of payment files and of contractors' pages at hand.
- **Every row, place and setting** is the formula of the rule book in whole numbers.
- **The oracle** is a second implementation of the rules, which shares no code.
- **Damaged files** and texts of rapid entry begin as good ones and are changed at
  random; anything but a reading or an error of the library counts as a difference.
- **Inputs led by coverage** begin there too; those that reach new code are changed on.
- **Changes of a rule**, where the run made any, are made one at a time, such as `<`
  to `<=`; one that no oracle's amount and no test notices counts as a difference. One
  in ten may.

## Budgets beside their yardsticks

Measured after the rest, on the same machine and in one run:

```text
{budgets}
```
"""


def commit() -> str:
    """The commit, and whether anything is not in it."""
    git = ["git", "-C", str(ROOT)]
    told = [
        subprocess.run(
            [*git, *asked], capture_output=True, text=True, check=True
        ).stdout
        for asked in (
            ["rev-parse", "--short=12", "HEAD"],
            ["status", "--porcelain", "-uno"],
        )
    ]
    changed = [line for line in told[1].splitlines() if "docs/proof.md" not in line]
    return told[0].strip() + (" and changes not committed" if changed else "")


def result_of(job: Future[Part]) -> Part:
    """A part's figures; a part that could not run is a difference, and says why."""
    try:
        return job.result()
    except Exception as error:  # noqa: BLE001
        return Part("parts that did not run", type(error).__name__, 1, 1, str(error))


def main() -> int:
    """Run every part on all cores; 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of it")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--page", type=Path, help="where to write the page")
    chosen = parser.parse_args()
    start, parts = time.time(), []
    with ProcessPoolExecutor(chosen.workers) as pool:
        share = 100 if chosen.quick else 1
        jobs = [job for name in chosen.only for job in KINDS[name](pool.submit, share)]
        for job in as_completed(jobs):
            part = result_of(job)
            parts.append(part)
            name = f"{part.group}: {part.name}"
            print(f"{name:58} {part.total:>10,} {part.wrong:>5,} differ", flush=True)
            if part.first:
                print(f"    first: {part.first}", flush=True)
    failed = any(part.first for part in parts)
    total = sum(part.total for part in parts)
    print(f"in all {total:,} compared, {time.time() - start:,.0f} s")
    if chosen.page:
        asked = " ".join(["python tools/long_proof.py", *sys.argv[1:]])
        budgets = run("benchmarks/run.py")
        chosen.page.write_text(page(parts, budgets, asked), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Fuzzing led by coverage: every reader of files, and rapid entry, for as long as told.

    python tools/fuzz.py                            # a minute each
    python tools/fuzz.py GPCI "rapid entry" --seconds 600

It begins with the good input of the tests, changes what reaches new code further
(atheris, the group ``fuzz``), and stops at the first input on which a reader does
anything but read or refuse it. The exit status is 1 where there is one.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

ENTRY = "rapid entry"
#: The longest input, and the most seconds that one may take.
LONGEST, SLOWEST = 20_000, 30


def fuzz_here(name: str, seconds: int, folder: Path) -> None:
    """Fuzz one reader in this process; libFuzzer ends it."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["cptkit"], enable_loader_override=False):
        fuzzing = import_module("tests.fuzzing")
        read, good = fuzzing.readers().get(name, (fuzzing.entry_fault, ()))
        for data in good:  # what a reader imports when it reads is instrumented too
            read(data)

    def entry(data: bytes) -> str:
        return str(read(data.decode("utf-8", "replace")))

    def once(data: bytes) -> None:
        fault = entry(data) if name == ENTRY else fuzzing.reader_fault(read, data)
        if fault:
            print(f"{fault} of {fuzzing.short(data)}", flush=True)
            raise AssertionError(fault)

    seeds = [word.encode() for word in fuzzing.WORDS] if name == ENTRY else good
    for number, data in enumerate(seeds):
        (folder / f"good-{number}").write_bytes(data)
    limits = {
        "max_total_time": seconds,
        "max_len": LONGEST,
        "timeout": SLOWEST,
        "print_final_stats": 1,
        "artifact_prefix": f"{folder}/",
    }
    options = [f"-{name}={value}" for name, value in limits.items()]
    atheris.Setup([sys.argv[0], *options, str(folder)], once)
    atheris.Fuzz()


def fuzz(name: str, seconds: int) -> tuple[int, str]:
    """How many inputs one reader was given, and what went wrong with the last."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, name, "--seconds", str(seconds)]
        done = subprocess.run(
            [*command, "--here", folder], capture_output=True, text=True, check=False
        )
    count = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    failed = done.returncode or not count
    wrong = (done.stdout or done.stderr)[-3000:] if failed else ""
    return int(count[1]) if count else 0, wrong


def main() -> int:
    """Fuzz the readers named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help="readers; all by default")
    parser.add_argument("--seconds", type=int, default=60, help="for each")
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.here:
        fuzz_here(chosen.names[0], chosen.seconds, chosen.here)
    failed = False
    readers = import_module("tests.fuzzing").readers()
    for name in chosen.names or [*readers, ENTRY]:
        count, wrong = fuzz(name, chosen.seconds)
        print(f"{name:20} {count:10,} inputs {'FAILED' if wrong else ''}", flush=True)
        print(wrong, end="")
        failed = failed or bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

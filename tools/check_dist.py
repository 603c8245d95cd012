"""Check a built wheel and sdist: what ships is what is committed, and no more.

    python tools/check_dist.py DIST        # the folder that holds both

Nothing is printed but the sizes; what is wrong is listed and the exit status is 1.
The metadata's form is checked by ``twine check --strict``, which the gate runs too.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: The most a wheel may weigh.
WHEEL_BYTES = 5_000_000
KINDS = (".py", ".typed", ".bin", ".tsv", ".jsonl")
FOLDERS = ("src", "tests", "tools", "benchmarks", "docs", "examples")
RUN_TIME = {"attrs", "importlib-resources"}
WORD_OF = {"License-Expression": "MIT", "Requires-Python": ">=3.10", "Name": "cptkit"}


def committed() -> set[str]:
    """The files that version control holds."""
    done = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(filter(None, done.stdout.split("\0")))


def wheel_faults(names: set[str], files: set[str]) -> Iterator[str]:
    """What is wrong with the names in a wheel, beside the committed *files*."""
    package = {name for name in names if ".dist-info/" not in name}
    source = {name.removeprefix("src/") for name in files if name.startswith("src/")}
    for name in sorted(package - source):
        yield f"the wheel holds {name}, which is not committed"
    for name in sorted(source - package):
        yield f"the wheel lacks {name}"
    for name in sorted(package):
        if not name.endswith(KINDS):
            yield f"the wheel holds {name}, of a kind that does not ship"
    told = {name.rpartition(".dist-info/")[2] for name in names - package}
    wanted = {"METADATA", "WHEEL", "RECORD", "licenses/LICENSE", "licenses/NOTICE"}
    for name in sorted(told ^ wanted):
        yield f"dist-info: {name} is " + ("missing" if name in wanted else "not ours")


def sdist_faults(names: set[str], files: set[str]) -> Iterator[str]:
    """What is wrong with the names in an sdist, without their top folder."""
    wanted = {
        name
        for name in files
        if name.startswith(tuple(f"{each}/" for each in FOLDERS))
        or ("/" not in name and not name.startswith("."))
    }
    for name in sorted(names - wanted - {"PKG-INFO", ".gitignore"}):
        yield f"the sdist holds {name}, which is not committed or should stay here"
    for name in sorted(wanted - names):
        yield f"the sdist lacks {name}"


def metadata_faults(text: str) -> Iterator[str]:
    """What is wrong with the wheel's own description."""
    fields = Parser().parsestr(text)
    for name, wanted in WORD_OF.items():
        if fields[name] != wanted:
            yield f"metadata: {name} is {fields[name]!r}, not {wanted!r}"
    needed = {
        each.partition(">")[0]
        for each in fields.get_all("Requires-Dist", [])
        if "extra ==" not in each
    }
    if needed != RUN_TIME:
        yield f"metadata: needs {sorted(needed)}, not {sorted(RUN_TIME)}"


def faults(folder: Path) -> Iterator[str]:
    """What is wrong with the two files of a folder."""
    wheels, sdists = list(folder.glob("*.whl")), list(folder.glob("*.tar.gz"))
    if (len(wheels), len(sdists)) != (1, 1):
        yield f"{folder} holds {len(wheels)} wheels and {len(sdists)} sdists, not one"
        return
    files = committed()
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = set(wheel.namelist())
        yield from wheel_faults(names, files)
        for name in names:
            if name.endswith(".dist-info/METADATA"):
                yield from metadata_faults(wheel.read(name).decode("utf-8"))
    with tarfile.open(sdists[0]) as sdist:
        inside = {each.name.partition("/")[2] for each in sdist if each.isfile()}
        yield from sdist_faults(inside, files)
    for file in (*wheels, *sdists):
        print(f"{file.name}: {file.stat().st_size:,} bytes")
    if wheels[0].stat().st_size > WHEEL_BYTES:
        yield f"the wheel is over {WHEEL_BYTES:,} bytes"


def main() -> int:
    """List what is wrong; 1 where anything is."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    found = list(faults(parser.parse_args().folder))
    print("\n".join(found) or "what ships is what is committed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

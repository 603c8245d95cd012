"""The code's page in a terminal: ``python -m cptkit 96521 --zip 60601``.

A demonstration of the library: everything it prints is one call away in Python.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cptkit
from cptkit._parse import parse_code
from cptkit.errors import CptkitError, NotFoundError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cptkit._page import Page

_MAX_WIDTH = 100
_EPILOG = """\
exit codes: 0 the page was written, also for a code Medicare does not pay;
1 the code, place, date or modifier cannot be used; 2 the command was misused

CPT is a registered trademark of the American Medical Association."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the answer is its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        text = _rendered(_page(asked), asked)
        if asked.html in (None, "-"):
            _write(text)
        else:
            Path(asked.html).write_text(text, encoding="utf-8")
    except (CptkitError, OSError) as error:
        sys.stderr.write(f"cptkit: {_sentence(error)}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m cptkit",
        description="What a CPT or HCPCS code is, and what Medicare allows for it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("code", nargs="+", help="the code, with its modifiers: 96521, 71046-26")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--zip", help="ZIP of the place of service")
    where.add_argument("--locality", help="MAC and locality instead: 06102-16")
    add("--on", metavar="DATE", help="date of service: 2026-08-03")
    add("--release", help="a release's name or a year: RVU25D, 2025")
    add("--minutes", help="anesthesia minutes")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything as JSON")
    form.add_argument(
        "--html", metavar="FILE", help="write the page as HTML; - for standard output"
    )
    form.add_argument(
        "--explain", action="store_true", help="how each amount came about, instead"
    )
    add("--version", action="version", version=f"cptkit {cptkit.__version__}")
    return parser


def _page(asked: argparse.Namespace) -> Page:
    """The page asked for.

    Raises:
        CptkitError: What was asked cannot be read, or is not there.
    """
    number, modifiers = parse_code(" ".join(asked.code))
    fields = ("zip", "locality", "on", "release", "minutes")
    line: dict[str, Any] = {
        name: value for name in fields if (value := getattr(asked, name)) is not None
    }
    when = asked.on if asked.release is None else None
    schedule = cptkit.schedule(asked.release, on=when)
    if number not in schedule:
        raise NotFoundError(_not_there(number, schedule))
    return schedule[number].page(modifiers, **line)


def _not_there(number: str, schedule: cptkit.FeeSchedule) -> str:
    """Where the code is held instead, or codes that look like it."""
    msg = f"{number} is not in {schedule.release.name}"
    for release in reversed(cptkit.releases()):
        if number in cptkit.schedule(release.name):
            return f"{msg}; it is in {release.name}: give --release {release.name}"
    return msg + did_you_mean(number, schedule.numbers)


def _rendered(page: Page, asked: argparse.Namespace) -> str:
    if asked.json:
        import json

        return f"{json.dumps(page.to_dict(), indent=2)}\n"
    if asked.html is not None:
        return page.to_html()
    if asked.explain:
        return "\n\n".join(each.explain() for each in page.rows[0].answers) + "\n"
    width = min(shutil.get_terminal_size().columns, _MAX_WIDTH)
    return page.to_text(width, ascii_only=not _shows("\N{FULL BLOCK}"))


def _shows(character: str) -> bool:
    """Whether standard output can write the character."""
    try:
        character.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _write(text: str) -> None:
    """Write to standard output; a reader that has enough is no error."""
    encoding = sys.stdout.encoding or "ascii"
    try:
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its end, into nothing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _sentence(error: CptkitError | OSError) -> str:
    """What went wrong, on one line."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return " ".join(str(error).split())


if __name__ == "__main__":
    sys.exit(main())

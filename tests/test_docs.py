"""The pages and docstrings say what the library does: examples, links, rules, ids."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cptkit
from cptkit._law import authorities

from .shared_files import SHARED

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
INDEX = DOCS / "rules" / "index.md"
RULE_PAGES = [page for page in sorted(INDEX.parent.glob("*.md")) if page != INDEX]
MARKDOWN = [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
RULE_BOOK = SHARED / "spec" / "payment-rules.md"

MODULES = [
    "cptkit",
    *(
        module.name
        for module in pkgutil.walk_packages(cptkit.__path__, "cptkit.")
        if not module.name.endswith("__main__")
    ),
]

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| \[.+?\]\((.+?)\) \| (.+) \|$", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")


def short(page: Path) -> str:
    """A page's path as a test's name."""
    return page.relative_to(ROOT).as_posix()


def run(test: doctest.DocTest, flags: int = 0) -> None:
    """Run the examples; the test fails with doctest's own report."""
    told: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=flags)
    found = runner.run(test, out=told.append)
    assert not found.failed, "".join(told)


# --- examples ------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_the_examples_of_a_page(page: Path) -> None:
    """What stands below each ``>>>`` of a page is what the library prints."""
    text = page.read_text(encoding="utf-8")
    name = short(page)
    run(doctest.DocTestParser().get_doctest(text, {}, name, str(page), 0))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name: str) -> None:
    """The same for the docstrings of a module, where dots may shorten a line."""
    for test in doctest.DocTestFinder().find(importlib.import_module(name)):
        run(test, doctest.ELLIPSIS)


def test_examples_are_there() -> None:
    """Pages of rules, and the functions one calls first, are worked by an example."""
    for page in RULE_PAGES:
        assert ">>> " in page.read_text(encoding="utf-8"), short(page)
    for function in (
        cptkit.price,
        cptkit.price_many,
        cptkit.price_claim,
        cptkit.reference_value,
        cptkit.code,
        cptkit.diff,
    ):
        assert ">>> " in (function.__doc__ or ""), function.__name__


# --- links ---------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


@pytest.mark.parametrize("page", MARKDOWN, ids=short)
def test_the_links_of_a_page(page: Path) -> None:
    """Every relative link leads to a file and, where it names one, to a heading."""
    broken: list[str] = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


def test_the_paths_the_readme_promises() -> None:
    """Pages named in the README as paths are there."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    promised = re.findall(r"`((?:docs|benchmarks)/[^`]*|[A-Z]+(?:\.md)?)`", text)
    missing = [path for path in promised if not (ROOT / path).exists()]
    assert promised
    assert not missing


# --- rules and authorities -----------------------------------------------------


def foot(page: Path, word: str) -> str:
    """The paragraph at the foot of a page that begins with *word*."""
    text = page.read_text(encoding="utf-8")
    found = re.search(rf"^{word}: (.+?)\.$", text, re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


def rules_of(page: Path) -> set[str]:
    """The rules a page says it is about."""
    return set(re.findall(r"\bR\d+\b", foot(page, "Rules")))


@pytest.mark.skipif(not RULE_BOOK.exists(), reason="the rule book is not at hand")
def test_every_rule_has_a_page() -> None:
    """Each rule of the rule book is some page's, and no page has a rule of its own."""
    book = RULE_BOOK.read_text(encoding="utf-8")
    rules = set(re.findall(r"^### (R\d+)\. ", book, re.MULTILINE))
    told = set().union(*map(rules_of, (*RULE_PAGES, DOCS / "claim-lines.md")))
    assert rules
    assert told == rules


def test_the_index_lists_every_page_with_its_rules() -> None:
    """A page's row of the index names the rules at the page's foot."""
    rows = {
        path: set(re.findall(r"\bR\d+\b", told))
        for path, told in _ROW.findall(INDEX.read_text(encoding="utf-8"))
    }
    for page in RULE_PAGES:
        assert rows[page.name] == rules_of(page), page.name


@pytest.mark.parametrize("page", PAGES, ids=short)
def test_the_authorities_of_a_page(page: Path) -> None:
    """Every id at a page's foot is a row of the table of authorities."""
    named = set(_CODE.findall(foot(page, "Authorities")))
    assert named <= authorities().keys()
    assert bool(named) == bool(rules_of(page) - {"R39"})

"""Mutation testing of the pricing rules: a rule that changes must be noticed.

    python tools/mutate_rules.py                # every mutant
    python tools/mutate_rules.py --sample 60    # some, drawn from a fixed seed

A mutant is one change of one place: ``<`` to ``<=``, ``+`` to ``-``, ``and`` to
``or``, a number to the next, ``min`` to ``max``, a condition to its contrary. Each
is tried in a process of its own, first against amounts that the independent oracle
gave for random lines and claims, then against the tests of the rules. A mutant that
nobody notices survives and is listed. The exit status is 1 under nine in ten killed.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.abc
import importlib.machinery
import io
import multiprocessing
import random
import signal
import sys
from collections.abc import Iterable, Iterator
from importlib.util import spec_from_loader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "src" / "cptkit" / "pricing"
#: Modules of words alone: their amounts are the engine's.
WORDS = {"__init__.py", "tell.py", "explain.py", "findings.py"}
TESTS = (
    "test_worked_cases.py test_claim_warnings.py test_cost_share.py test_faq.py"
    " test_public_api.py test_options.py test_lines.py test_remembered.py test_docs.py"
    " test_ncci.py productivity/test_credit.py test_hostile_input.py"
).split()
LINES, CLAIMS, SECONDS = 4_000, 600, 300
ENOUGH = 0.9

#: Each sign, and what it is changed to.
SIGNS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One change: the module, its number among the module's, where, what."""

    path: Path
    number: int
    line: int
    change: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.change}"


class Mutator(ast.NodeTransformer):
    """Pass every place that can change, in order; change the one that is wanted."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.places: list[tuple[int, str]] = []

    def visit(self, node: ast.AST) -> Any:
        """Change the node, or go on into it; types and words are left alone."""
        if isinstance(node, ast.AnnAssign):
            node.value = node.value and self.visit(node.value)
            return node
        if isinstance(node, ast.FunctionDef):
            node.body = [self.visit(each) for each in node.body]
            return node
        if isinstance(node, ast.Raise | ast.JoinedStr):
            return node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return node
        for changed in self._changes(node):
            self.places.append(
                (getattr(node, "lineno", 0), f"{shown(node)} -> {shown(changed)}")
            )
            if len(self.places) - 1 == self.wanted:
                return ast.copy_location(changed, node)
        return self.generic_visit(node)

    def _changes(self, node: ast.AST) -> Iterator[ast.expr | ast.stmt]:
        match node:
            case ast.Compare(left, [sign], values) if type(sign) in SIGNS:
                yield ast.Compare(left, [SIGNS[type(sign)]()], values)  # type: ignore[list-item]
            case ast.BinOp(left, sign, right) if type(sign) in SIGNS:
                if not isinstance(left, ast.Constant | ast.JoinedStr | ast.Tuple):
                    yield ast.BinOp(left, SIGNS[type(sign)](), right)  # type: ignore[arg-type]
            case ast.BoolOp(sign, values):
                yield ast.BoolOp(SIGNS[type(sign)](), values)  # type: ignore[arg-type]
            case ast.UnaryOp(ast.Not(), value):
                yield value
            case ast.If(test, body, rest) if isinstance(test, PLAIN):
                yield ast.If(ast.UnaryOp(ast.Not(), test), body, rest)
            case ast.IfExp(test, body, other) if isinstance(test, PLAIN):
                yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, other)
            case ast.Constant(bool() as value):
                yield ast.Constant(not value)
            case ast.Constant(int() as value):
                yield ast.Constant(value + 1)
            case ast.Name(name, context) if name in NAMES:
                yield ast.Name(NAMES[name], context)


#: Conditions that hold no sign of their own.
PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.NamedExpr)


def shown(node: ast.AST) -> str:
    """A node as source, a statement by its first line."""
    text = ast.unparse(ast.fix_missing_locations(node)).splitlines()[0]
    return text if len(text) <= 90 else text[:87] + "..."


def all_mutants() -> list[Mutant]:
    """Every mutant of every module of rules."""
    found = []
    for path in sorted(RULES.glob("*.py")):
        if path.name not in WORDS:
            mutator = Mutator()
            mutator.visit(ast.parse(path.read_text("utf-8")))
            for number, (line, change) in enumerate(mutator.places):
                found.append(Mutant(path, number, line, change))
    return found


def code_of(mutant: Mutant) -> CodeType:
    """The module with its one change, compiled."""
    tree = ast.parse(mutant.path.read_text("utf-8"))
    changed = Mutator(mutant.number).visit(tree)
    return compile(ast.fix_missing_locations(changed), str(mutant.path), "exec")


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Give a mutant's code where its module is imported."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.code = f"cptkit.pricing.{mutant.path.stem}", code_of(mutant)

    def find_spec(
        self, fullname: str, *_: object
    ) -> importlib.machinery.ModuleSpec | None:
        """The module's spec, where it is the changed one."""
        return spec_from_loader(fullname, self) if fullname == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code as the module."""
        exec(self.code, module.__dict__)  # noqa: S102


#: What the oracle says, worked out once before the processes part.
ORACLE: dict[str, list[Any]] = {"lines": [], "claims": []}


def ask_oracle() -> None:
    """Random lines and claims with what the oracle gives; the library stays out."""
    from tests.oracle import oracle, random_lines
    from tests.oracle.sources import Sources
    from tests.shared_files import SOURCES

    sources, rng = Sources(SOURCES), random.Random(11)
    for _ in range(LINES):
        line = random_lines.random_line(rng, sources)
        ORACLE["lines"].append((line, oracle.price_line(line, sources)))
    for _ in range(CLAIMS):
        lines = random_lines.random_claim(rng, sources, max_lines=8)
        owed = random_lines.random_deductible(rng)
        results = oracle.price_claim(lines, sources, deductible_cents=owed)
        ORACLE["claims"].append((lines, owed, results))
    assert not any(name.startswith("cptkit.pricing") for name in sys.modules)


def agrees() -> bool:
    """Whether the library, as it is in this process, gives what the oracle gave."""
    import cptkit
    from tests.agreement import _dollars, expected, found, library_line

    for line, result in ORACLE["lines"]:
        wanted = expected(result)
        (priced,) = cptkit.price_many([library_line(line)])
        if found(priced, wanted) != wanted:
            return False
    for lines, owed, results in ORACLE["claims"]:
        claim = cptkit.price_claim(map(library_line, lines), deductible=_dollars(owed))
        for priced, result in zip(claim.lines, results, strict=True):
            wanted = expected(result)
            if found(priced, wanted) != wanted:
                return False
    return True


def tests_pass() -> bool:
    """Whether the tests of the rules pass, as the library is in this process."""
    import pytest

    files = [str(ROOT / "tests" / name) for name in TESTS]
    with contextlib.redirect_stdout(io.StringIO()):
        return (
            pytest.main(
                ["-xq", "-p", "no:cacheprovider", "-k", "not byte_for_byte", *files]
            )
            == 0
        )


def killed_by(mutant: Mutant | None) -> str:
    """Who notices the mutant: the oracle, the tests, the clock; nobody, if it lives."""

    def late(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    if mutant is not None:
        sys.meta_path.insert(0, Changed(mutant))
    try:
        if not agrees():
            return "oracle"
    except BaseException:  # noqa: BLE001
        return "oracle"
    try:
        return "" if tests_pass() else "tests"
    except BaseException:  # noqa: BLE001
        return "tests"


def results(
    mutants: Iterable[Mutant | None], workers: int
) -> Iterator[tuple[Mutant | None, str]]:
    """Each mutant with who killed it, in order, in processes of their own."""
    mutants = list(mutants)
    context = multiprocessing.get_context("fork")
    with context.Pool(workers, maxtasksperchild=1) as pool:
        yield from zip(mutants, pool.imap(killed_by, mutants, chunksize=1), strict=True)


def main() -> int:
    """Try the mutants; 1 where too many survive."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sample", type=int, help="so many mutants, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    mutants = all_mutants()
    total = len(mutants)
    if chosen.sample:
        mutants = random.Random(chosen.seed).sample(mutants, chosen.sample)
    ask_oracle()
    ((_, fault),) = results([None], 1)
    if fault:
        print(f"without any change the {fault} fails; mutants would tell nothing")
        return 1
    counts = {"oracle": 0, "tests": 0, "": 0}
    for mutant, who in results(sorted(mutants), chosen.workers):
        counts[who] += 1
        if not who:
            print(f"survives: {mutant}", flush=True)
    killed = counts["oracle"] + counts["tests"]
    print(
        f"{len(mutants)} of {total} mutants: {counts['oracle']} killed by the oracle's"
        f" amounts, {counts['tests']} by the tests, {counts['']} survive"
    )
    return 0 if killed >= ENOUGH * len(mutants) else 1


if __name__ == "__main__":
    sys.exit(main())

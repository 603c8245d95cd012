"""The words about a code: its own text, and what it inherits.

Texts lie under ``data/text``, one JSON Lines file a family: the family's node
first, then its codes. Sections and nodes between stand in ``nodes.jsonl``.
Only texts a second reader has passed (``"confidence": "reviewed"``) are shown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import attrs

from . import _resources


@attrs.frozen
class Text:
    """One code's own text; the fields of the editorial guide."""

    title: str
    description: str
    plain_language: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    clinical_context: str | None = None
    specialties: tuple[str, ...] = ()
    documentation_add: tuple[str, ...] = ()
    billing_add: tuple[str, ...] = ()


@attrs.frozen
class SharedText:
    """What a code shows of the fields that families and sections share."""

    clinical_context: str | None = None
    specialties: tuple[str, ...] = ()
    documentation: tuple[str, ...] = ()
    billing: tuple[str, ...] = ()


def _records(name: str) -> list[dict[str, Any]]:
    import json

    try:
        raw = _resources.read(f"text/{name}.jsonl")
    except OSError:
        return []
    return [json.loads(line) for line in raw.decode("utf-8").splitlines() if line]


@lru_cache(maxsize=1)
def _nodes() -> dict[str, dict[str, Any]]:
    return {record["node"]: record for record in _records("nodes")}


@lru_cache(maxsize=64)
def _leaf(leaf: str) -> tuple[dict[str, Any], dict[str, Text]]:
    node: dict[str, Any] = {}
    texts: dict[str, Text] = {}
    for record in _records(leaf):
        if "node" in record:
            node = record
        elif record.pop("confidence") == "reviewed":
            number = record.pop("code")
            del record["leaf"]
            texts[number] = Text(**{key: _frozen(v) for key, v in record.items()})
    return node, texts


def _frozen(value: Any) -> Any:
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value


def find_text(leaf: str, number: str) -> Text | None:
    """The reviewed text of one code, None where there is none."""
    return _leaf(leaf)[1].get(number)


def shared_text(leaf: str, text: Text | None) -> SharedText:
    """What holds for a code of *leaf*: its own words first, then the nearest node's.

    Context and specialties come from the nearest level that has them;
    documentation and billing points are gathered from the section down.
    """
    levels = [_nodes().get(each, {}) for each in _ancestors(leaf)] + [_leaf(leaf)[0]]
    own = text or Text("", "")
    context, specialties = own.clinical_context, own.specialties
    for level in reversed(levels):
        context = context or level.get("clinical_context")
        specialties = specialties or tuple(level.get("specialties", ()))
    return SharedText(
        context,
        specialties,
        _gathered(levels, "documentation", own.documentation_add),
        _gathered(levels, "billing", own.billing_add),
    )


def _ancestors(leaf: str) -> list[str]:
    parts = leaf.split(".")
    return [".".join(parts[:size]) for size in range(1, len(parts))]


def _gathered(
    levels: list[dict[str, Any]], field: str, added: tuple[str, ...]
) -> tuple[str, ...]:
    points = [point for level in levels for point in level.get(field, ())]
    return tuple(dict.fromkeys([*points, *added]))

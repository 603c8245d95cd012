"""Record the public surface: every public name, its kind, its signature.

    python tools/record_api.py        # writes tests/data/public_api.txt

`tests/test_public_api.py` compares the package with the record, so that nothing a
caller relies on changes by accident. What is promised stands in `docs/stability.md`.
"""

from __future__ import annotations

import enum
import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

RECORD = Path(__file__).resolve().parents[1] / "tests" / "data" / "public_api.txt"

#: The modules whose public names are promised.
MODULES = (
    "cptkit",
    "cptkit.cms",
    "cptkit.frames",
    "cptkit.ncci",
    "cptkit.plots",
    "cptkit.productivity",
    "cptkit.productivity.plots",
)
#: What operators and built-in functions call, where a class of ours defines it.
PROTOCOLS = ("__call__", "__contains__", "__getitem__", "__iter__", "__len__")


def surface() -> str:
    """The public surface as text, the same on every supported Python."""
    lines: list[str] = []
    for name in MODULES:
        module = importlib.import_module(name)
        for public in public_names(module):
            lines += described(f"{name}.{public}", getattr(module, public))
    return "\n".join(lines) + "\n"


def public_names(module: ModuleType) -> list[str]:
    """What a module says is public; without a list, the functions that it defines."""
    listed = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__
    ]
    return sorted(name for name in listed if not name.startswith("_"))


def described(name: str, value: object) -> list[str]:
    """One public name: a line, and for a class a line for each of its members."""
    if isinstance(value, ModuleType):
        return [f"module {name}"]
    if isinstance(value, type):
        bases = ", ".join(base.__name__ for base in value.__bases__)
        return [f"class {name}({bases})", *sorted(members(name, value))]
    if callable(value):
        return [f"function {name}{signature(value)}"]
    return [f"value {name}: {type(value).__name__}"]


def members(name: str, kind: type) -> Iterator[str]:
    """The members of a class that a caller may use."""
    if issubclass(kind, enum.Enum):
        for member in kind:
            yield f"    member {name}.{member.name} = {member.value!r}"
    elif constructor := made_by_callers(kind):
        yield f"    constructor {name}{constructor}"
    fields = fields_of(kind)
    for each in own_names(kind):
        static = inspect.getattr_static(kind, each, None)
        if each in fields:
            yield f"    field {name}.{each}: {Written.of(fields[each].type)}"
        elif isinstance(static, property):
            yield f"    property {name}.{each}: {result(static)}"
        elif isinstance(static, classmethod | staticmethod):
            word = "classmethod" if isinstance(static, classmethod) else "staticmethod"
            yield f"    {word} {name}.{each}{signature(getattr(kind, each))}"
        elif callable(static):
            yield f"    method {name}.{each}{signature(static)}"
        elif not issubclass(kind, enum.Enum):
            yield f"    attribute {name}.{each}"


def own_names(kind: type) -> list[str]:
    """Public names and protocols that the package itself defines on a class."""
    names: set[str] = set()
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] == "cptkit":
            names |= {*vars(base), *vars(base).get("__annotations__", {})}
    return sorted(
        each for each in names if not each.startswith("_") or each in PROTOCOLS
    )


def made_by_callers(kind: type) -> str:
    """The constructor's parameters; nothing where private parts go into it.

    A class with private fields, a `Payment` say, is made by the library alone.
    """
    fields = fields_of(kind).values()
    private = any(field.init and field.name.startswith("_") for field in fields)
    if private or "__init__" not in vars(kind):
        return ""
    return signature(kind.__init__)  # type: ignore[misc]


def signature(function: Callable[..., object]) -> str:
    """Parameters with their types and defaults, and what comes back."""
    found = inspect.signature(function)
    parameters = [
        each.replace(annotation=Written.of(each.annotation))
        for each in found.parameters.values()
        if each.name != "self"
    ]
    back = Written.of(found.return_annotation)
    return str(inspect.Signature(parameters, return_annotation=back))


@attrs.frozen
class Written:
    """A type as it is written in the source, without the quotes of a text."""

    text: str

    @classmethod
    def of(cls, kind: object) -> Any:
        """The type; what has none keeps none."""
        if kind is inspect.Signature.empty:
            return kind
        return cls(kind if isinstance(kind, str) else getattr(kind, "__name__", "None"))

    def __repr__(self) -> str:
        return self.text


def result(prop: property) -> Any:
    """The type of a property."""
    assert prop.fget is not None
    return Written.of(inspect.signature(prop.fget).return_annotation)


def fields_of(kind: type) -> dict[str, Any]:
    """The fields of a class by name; none where it is not one of attrs's."""
    return attrs.fields_dict(kind) if attrs.has(kind) else {}


def main() -> None:
    """Write the record."""
    RECORD.write_text(surface(), encoding="utf-8")
    print(f"{RECORD}: {surface().count(chr(10))} lines")


if __name__ == "__main__":
    main()

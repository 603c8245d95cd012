"""What is asked: a claim line as it goes on the claim, and the switches of R39."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

import attrs

from .._parse import split_modifiers
from ..errors import InvalidInputError, show


def _pairs(value: Any) -> tuple[tuple[str, Any], ...]:
    """A mapping or pairs as sorted pairs, so that options can be hashed."""
    try:
        return tuple(sorted(cast("dict[str, Any]", dict(value or ())).items()))
    except (TypeError, ValueError):
        msg = f"{show(value)} is not a mapping"
        raise InvalidInputError(msg) from None


@attrs.frozen(kw_only=True, cache_hash=True)
class Options:
    """The choices that the sources leave open, each with its default (R39).

    Attributes:
        tie: How an exact half cent is rounded: ``half_up`` or ``half_even`` (R9).
        rounding: ``step`` rounds after every rule, ``final`` only the allowed
            amount (R9).
        retroactive: Price with the newest release of the date's year (R1).
        pos_overrides: Place of service to ``"facility"`` or ``"non-facility"`` (R7).
        mod56: What modifier 56 pays: ``pre`` or ``unpaid`` (R13).
        postop_share: ``exact``, or to the ``tenth`` of a percent as in the manual's
            example (R13).
        two_units: Which rows with bilateral indicator 1 take two units as a pair:
            ``ranked`` ones or ``any`` (R14).
        separate_session_59: Whether 59 and XE leave the imaging session (R18).
        limiting: ``direct``, ``stepped`` or ``unrounded`` limiting charge (R27).
        zip_default: Take the ZIP5 default where the plus four would decide (R6).
        anes_base_units: Base units by code, instead of CMS's list of 2022 (R32).
        time_units: Anesthesia time units to the ``tenth`` or ``hundredth`` (R32).

    >>> Options(rounding="final").tie
    'half_up'
    """

    tie: str = "half_up"
    rounding: str = "step"
    retroactive: bool = False
    pos_overrides: tuple[tuple[str, str], ...] = attrs.field(
        default=(), converter=_pairs
    )
    mod56: str = "pre"
    postop_share: str = "exact"
    two_units: str = "ranked"
    separate_session_59: bool = True
    limiting: str = "direct"
    zip_default: bool = False
    anes_base_units: tuple[tuple[str, int], ...] = attrs.field(
        default=(), converter=_pairs
    )
    time_units: str = "tenth"

    def __attrs_post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                listed = ", ".join(repr(choice) for choice in choices)
                msg = f"{name}={show(value)} is not one of {listed}"
                raise InvalidInputError(msg)
        for pos, setting in self.pos_overrides:
            if setting not in ("facility", "non-facility"):
                msg = (
                    f"pos_overrides: {pos!r} is given {show(setting)};"
                    " expected 'facility' or 'non-facility'"
                )
                raise InvalidInputError(msg)

    def to_dict(self) -> dict[str, Any]:
        """The switches as plain data; ``Options(**d)`` is the inverse."""
        found = attrs.asdict(self)
        found["pos_overrides"] = dict(self.pos_overrides)
        found["anes_base_units"] = dict(self.anes_base_units)
        return found


_CHOICES: dict[str, tuple[object, ...]] = {
    "tie": ("half_up", "half_even"),
    "rounding": ("step", "final"),
    "retroactive": (False, True),
    "mod56": ("pre", "unpaid"),
    "postop_share": ("exact", "tenth"),
    "two_units": ("ranked", "any"),
    "separate_session_59": (False, True),
    "limiting": ("direct", "stepped", "unrounded"),
    "zip_default": (False, True),
    "time_units": ("tenth", "hundredth"),
}
DEFAULTS = Options()


def read_options(given: object) -> Options:
    """The switches of a line: `Options`, or the mapping that ``to_dict`` makes.

    Raises:
        InvalidInputError: It is neither, or names a switch there is not.
    """
    if given is None:
        return DEFAULTS
    if isinstance(given, Options):
        return DEFAULTS if given == DEFAULTS else given
    try:
        return Options(**cast("dict[str, Any]", given))
    except TypeError:
        names = ", ".join(field.name for field in attrs.fields(Options))
        msg = f"options={show(given)} is not cptkit.Options(); its switches: {names}"
        raise InvalidInputError(msg) from None


def _modifiers(value: object) -> object:
    """Lists become tuples, so that lines can be hashed; text stays as written."""
    if isinstance(value, (list, set, frozenset)):
        return tuple(cast("list[object]", value))
    return value


@attrs.frozen
class Line:
    """One claim line as it goes on the claim; what is left out takes its default.

    Args:
        code: ``"99213"``, ``99213``, ``"99213-25"`` or a `Code`.
        modifiers: ``"25 59"``, ``"25-59"``, ``"25,59"`` or a sequence.
        zip: ZIP of the place of service, with or without the plus four.
        on: Date of service: date, datetime or ISO text. Left out: the first day
            of the newest release.
        pos: Place of service, two digits.
        units: Units of service, 1 or more.
        locality: ``"06102-16"`` or a `Locality`, instead of a ZIP.
        state: State, with ``county`` or ``name`` where it has several localities.
        county: County in ``state``.
        name: Name of a locality in ``state``.
        gpci: The caller's own `GPCI`, or a mapping of its parts, instead of a place.
        setting: ``"facility"`` or ``"non-facility"``, instead of ``pos``.
        release: A release's name, a year or a `FeeSchedule`, instead of the release
            of the date.
        conversion_factor: Dollars per RVU, instead of the one in force.
        practitioner: ``"MD"``, ``"NP"``, ``"PA"`` ...; ``"MD"`` when left out.
        participating: Whether the supplier participates; True when left out.
        qp: Whether a qualifying APM participant; matters from 2026.
        charge: The line's charge in dollars, for all units.
        minutes: Anesthesia minutes.
        percent_payable: Percentage payable for modifiers 52 and 53.
        postop_share: Share of the post-operative days, for modifier 55.
        documented: Documentation supports an assistant or co-surgeon.
        cost_share: False where Medicare waives deductible and coinsurance.
        induction: Physician present at induction, for modifier AD.
        base_units: Anesthesia base units, instead of CMS's.
        strict: Refuse a date whose own release is not held.
        options: The switches of R39: `Options`, or a mapping of them.

    Money, shares and factors are taken as text, `int`, `Decimal` or `Fraction`.
    """

    code: Any
    modifiers: Any = attrs.field(default=(), converter=_modifiers)
    zip: Any = None
    on: Any = None
    pos: Any = None
    units: Any = None
    locality: Any = attrs.field(default=None, kw_only=True)
    state: Any = attrs.field(default=None, kw_only=True)
    county: Any = attrs.field(default=None, kw_only=True)
    name: Any = attrs.field(default=None, kw_only=True)
    gpci: Any = attrs.field(default=None, kw_only=True)
    setting: Any = attrs.field(default=None, kw_only=True)
    release: Any = attrs.field(default=None, kw_only=True)
    conversion_factor: Any = attrs.field(default=None, kw_only=True)
    practitioner: Any = attrs.field(default=None, kw_only=True)
    participating: Any = attrs.field(default=None, kw_only=True)
    qp: Any = attrs.field(default=None, kw_only=True)
    charge: Any = attrs.field(default=None, kw_only=True)
    minutes: Any = attrs.field(default=None, kw_only=True)
    percent_payable: Any = attrs.field(default=None, kw_only=True)
    postop_share: Any = attrs.field(default=None, kw_only=True)
    documented: Any = attrs.field(default=None, kw_only=True)
    cost_share: Any = attrs.field(default=None, kw_only=True)
    induction: Any = attrs.field(default=None, kw_only=True)
    base_units: Any = attrs.field(default=None, kw_only=True)
    strict: Any = attrs.field(default=None, kw_only=True)
    options: Options | None = attrs.field(default=None, kw_only=True)

    def __repr__(self) -> str:
        given = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in attrs.fields(Line)[1:]
            if getattr(self, field.name) != field.default
        )
        return f"Line({', '.join([repr(self.code), *given])})"

    def to_dict(self) -> dict[str, Any]:
        """What was given, as plain data; ``Line(**d)`` prices the same."""
        found: dict[str, Any] = {}
        for field in attrs.fields(Line):
            value = getattr(self, field.name)
            if field.name == "code" or value != field.default:
                found[field.name] = _plain(field.name, value)
        return found


FIELDS = frozenset(field.name for field in attrs.fields(Line))


def as_line(given: object) -> Line:
    """A line from a `Line`, a mapping of its fields, a tuple in their order, or a code.

    Raises:
        InvalidInputError: It is none of these, or names a field there is not.
    """
    if isinstance(given, Line):
        return given
    if not isinstance(given, (dict, tuple, list)):
        return Line(given)
    parts = cast("dict[str, Any] | tuple[Any, ...] | list[Any]", given)
    try:
        return Line(**parts) if isinstance(parts, dict) else Line(*parts)
    except TypeError:
        named = parts if isinstance(parts, dict) else {}
        extra = [show(name) for name in named if name not in FIELDS]
        wrong = f"; it has no {', '.join(extra)}" if extra else ""
        msg = (
            f"line {show(parts)} does not fit cptkit.Line: a code, then modifiers, zip,"
            f" on, pos and units, the rest by name{wrong}"
        )
        raise InvalidInputError(msg) from None


def _plain(name: str, value: Any) -> Any:
    if name == "modifiers":
        return list(split_modifiers(value))
    if name == "code":
        return getattr(value, "number", value)
    if name == "locality" and hasattr(value, "id"):
        return value.id
    if name in ("options", "gpci") and hasattr(value, "to_dict"):
        return value.to_dict()
    if name == "release":
        value = getattr(value, "release", value)  # a schedule's
        return getattr(value, "name", value)
    if isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Fraction):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

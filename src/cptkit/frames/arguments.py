"""What a call asks for: which field of a line is which column, or one value for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .._release import registry
from .._schedule import FeeSchedule, open_release
from ..errors import InvalidInputError, did_you_mean, show
from ..pricing.line import FIELDS, read_options
from .readers import UNREADABLE, reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PLACE_FIELDS = ("locality", "zip", "state", "county", "name", "gpci")
LINE_FIELDS = ("units", "charge", "minutes")
#: A null in one of these leaves the question to the other.
PAIRS = (("setting", "pos"), ("locality", "zip"))

ADDED = ("allowed", "reason", "release", "locality")
#: Fields that may be columns where a query runs elsewhere.
COLUMN_FIELDS = tuple(
    "code modifiers on pos setting zip locality units charge minutes".split()
)
OPTIONAL_COLUMNS = (
    *("limiting_charge", "coinsurance", "work_rvus", "total_rvus", "percentile"),
)


class Asked(NamedTuple):
    """Fields of `cptkit.Line` by the column that holds each, or by its value."""

    columns: dict[str, str]
    values: dict[str, Any]
    add: tuple[str, ...]
    claim: str | None = None

    def plan_columns(self) -> tuple[str, ...]:
        """The fields in columns that decide the plan."""
        others = (*PLACE_FIELDS, *LINE_FIELDS)
        return tuple(field for field in self.columns if field not in others)

    def key(self) -> tuple[Any, ...]:
        """What calls that ask alike have in common: fields, and values for all."""
        return (*sorted(self.columns), *sorted(map(likeness, self.values.items())))

    def plan_values(self) -> dict[str, Any]:
        """The fields that decide the plan and are one value for all lines."""
        others = (*PLACE_FIELDS, *LINE_FIELDS)
        return {k: v for k, v in self.values.items() if k not in others}

    def place_values(self) -> dict[str, Any]:
        """The fields that say where and are one value for all lines."""
        return {k: v for k, v in self.values.items() if k in PLACE_FIELDS}

    def switches(self) -> dict[str, Any]:
        """The caller's options, if there are any: some decide a plan, one a place."""
        return {k: v for k, v in self.values.items() if k == "options"}

    def apart(self) -> frozenset[str]:
        """Places of service whose setting the caller chose (R39)."""
        try:
            chosen = read_options(self.values.get("options")).pos_overrides
        except InvalidInputError:
            chosen = ()  # what every line is refused for
        return frozenset(pos for pos, _ in chosen)

    def names(self, *fields: str) -> bool:
        """Whether one of the fields is given, as a column or as a value."""
        return any(field in self.columns or field in self.values for field in fields)

    def place_columns(self) -> tuple[str, ...]:
        """The fields in columns that say where."""
        return tuple(field for field in PLACE_FIELDS if field in self.columns)


def read_arguments(
    names: Sequence[str],
    given: dict[str, Any],
    add: Iterable[str] = (),
    added: Sequence[str] = ADDED,
    claim: str | None = None,
) -> Asked:
    """Tell columns from values.

    A text that names a column is that column; anything else is a value for
    every line, and has to be one.

    Raises:
        InvalidInputError: A field there is not, no column of codes, a text that is
            neither a column nor a value, an added column that is there already.
    """
    unknown = sorted(set(given) - FIELDS)
    if unknown:
        near = did_you_mean(unknown[0], FIELDS)
        msg = f"frames.price has no argument {', '.join(unknown)}{near}"
        raise InvalidInputError(msg)
    columns: dict[str, str] = {}
    values: dict[str, Any] = {}
    for field, value in given.items():
        if value is None:
            continue
        if isinstance(value, str) and value in names:
            columns[field] = value
        else:
            values[field] = value
            _check_value(field, value, names)
            _check_held(value)
    if claim is not None:
        check_column("claim", claim, names)
    asked = Asked(columns, values, _added(add, added, names), claim)
    if "percentile" in asked.add and _is_own(values.get("release")):
        msg = "add='percentile': codes are compared in releases that are held"
        raise InvalidInputError(msg)
    return asked


def check_alone(asked: Asked, engine: str) -> None:
    """Where a query runs in parts, the lines of a claim may not meet.

    Raises:
        InvalidInputError: Claims are asked for.
    """
    if asked.claim is not None:
        msg = f"claim={show(asked.claim)}: claims need a frame in memory, not {engine}"
        raise InvalidInputError(msg)


def check_column(argument: str, name: Any, names: Sequence[str]) -> None:
    """Refuse a column that is not there.

    Raises:
        InvalidInputError: The message says what may be meant.
    """
    if name not in names:
        near = did_you_mean(str(name), names)
        msg = f"{argument}={show(name)} is not a column{near}"
        raise InvalidInputError(msg)


def check_columns(asked: Asked, engine: str) -> None:
    """On an engine of SQL the line's other fields are one value for all lines.

    Raises:
        InvalidInputError: Another field is a column.
    """
    if "percentile" in asked.add:
        msg = f"add='percentile' is for frames in memory, not for {engine}"
        raise InvalidInputError(msg)
    check_alone(asked, engine)
    if _is_own(asked.values.get("release")):
        msg = (
            f"release={show(asked.values['release'])} is of a file of your own: on"
            f" {engine} keep it with install_release first, or price a frame in memory"
        )
        raise InvalidInputError(msg)
    others = [field for field in asked.columns if field not in COLUMN_FIELDS]
    if others:
        msg = (
            f"{', '.join(others)}: on {engine} give one value for all lines; columns"
            f" may be {', '.join(COLUMN_FIELDS)}"
        )
        raise InvalidInputError(msg)


def _check_value(field: str, value: Any, names: Sequence[str]) -> None:
    """A text that is neither a column nor a value is a column misspelt."""
    if not isinstance(value, str):
        return
    if field == "code" or reader(field)(value) in (UNREADABLE, 0.5, "00000"):
        listed = ", ".join(map(str, names))
        msg = (
            f"{field}={show(value)} is neither a column nor a value of its kind"
            f"{did_you_mean(value, names)}; the columns: {listed}"
        )
        raise InvalidInputError(msg)


def _check_held(value: Any) -> None:
    """Frames name releases by those at hand."""
    if isinstance(value, FeeSchedule) and value.release.name not in registry().by_name:
        msg = f"{value.release.name} is not held: keep it with install_release first"
        raise InvalidInputError(msg)


def _is_own(release: Any) -> bool:
    """Whether it is a schedule of other figures than the release at hand has."""
    if not isinstance(release, FeeSchedule):
        return False
    held = open_release(registry().by_name[release.release.name])
    return not held.figures.same(release.figures)


def likeness(given: tuple[str, Any]) -> str:
    """A field with its value as a word that only calls which ask alike have."""
    _, value = given
    of_file = id(value.figures) if isinstance(value, FeeSchedule) else ""
    return f"{given!r} {of_file}"


def _added(
    add: Iterable[str], added: Sequence[str], names: Sequence[str]
) -> tuple[str, ...]:
    wanted = (add,) if isinstance(add, str) else tuple(add)
    for name in wanted:
        if name not in OPTIONAL_COLUMNS:
            known = ", ".join(OPTIONAL_COLUMNS)
            msg = f"add={show(name)}: columns that can be added are {known}"
            raise InvalidInputError(msg)
    check_free((*added, *wanted), names)
    return wanted


def check_free(
    added: Iterable[str], names: Iterable[str], *, folded: bool = False
) -> None:
    """Refuse a frame that has a column to be added; SQL heeds no case (*folded*).

    Raises:
        InvalidInputError: The message says what to do.
    """
    wanted = set(added)
    taken = [n for n in names if (str(n).lower() if folded else n) in wanted]
    if taken:
        msg = f"the frame has {', '.join(taken)} already: rename what is there first"
        raise InvalidInputError(msg)

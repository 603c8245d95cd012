"""What the engine is asked before a query runs: the days, settings and plans there are.

Days in which nothing of the law changes are a stretch, and stretches with the same
shares an epoch. Settings and kinds of place of service are scenes. A plan is made for
each shape of a row, epoch, scene and set of modifiers that can meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .. import _law
from ..errors import InvalidInputError, NotPriced
from ..pricing.line import Line
from ..pricing.plan import resolve
from ..pricing.request import Circumstances, read_circumstances, read_request
from .arguments import PAIRS
from .lines import answered
from .numbers import modifier_sets
from .plans import NUMBERS, PlanRow, row_of
from .readers import UNREADABLE, stretches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..pricing.plan import Terms
    from .arguments import Asked
    from .editions import Shape
    from .numbers import ModifierSet, Numbers

    #: Plans, each with its shape and its set of modifiers.
    Made = Iterator[tuple[int, int, PlanRow]]

# --- dates ------------------------------------------------------------------------


class Stretch(NamedTuple):
    """Days in which nothing of the law changes.

    Attributes:
        fields: The date of service of a line in it.
        epoch: The number of its shares, or of its refusal.
        release: The release that prices it, None where it is refused.
        factor: Its conversion factor.
    """

    fields: dict[str, Any]
    epoch: int
    release: str | None = None
    factor: int = 0


def stretches_of(asked: Asked) -> dict[Any, Stretch]:
    """Every stretch a line can be in, by the day that stands for it."""
    in_column = "on" in asked.columns
    days: list[Any] = [*stretches(), UNREADABLE] if in_column else [None]
    epochs: dict[Any, int] = {}
    found: dict[Any, Stretch] = {}
    for day in days:
        fields = {"on": day} if in_column else {}
        at = _circumstances(asked, fields)
        if isinstance(at, NotPriced):
            found[day] = Stretch(fields, epochs.setdefault(at.reason, len(epochs)))
        elif at is not None:
            epoch = epochs.setdefault(_shares(at), len(epochs))
            basis = at.basis
            name = basis.schedule.release.name
            found[day] = Stretch(fields, epoch, name, basis.factor)
    return found


def _circumstances(
    asked: Asked, fields: dict[str, Any]
) -> Circumstances | NotPriced | None:
    """What the engine reads of fields, beside those that hold for all lines.

    Returns:
        A refusal where a line of these fields is refused whatever its code and
        place; None where the engine itself has to say so.
    """
    given = asked.plan_values() | fields
    given.pop("modifiers", None)
    try:
        return read_circumstances(Line("", **given))
    except NotPriced as refusal:
        return refusal
    except InvalidInputError:
        return None


def _shares(at: Circumstances) -> tuple[Any, ...]:
    """What decides a plan beside the row: days of the same shares are one epoch."""
    shares = tuple(
        held[-1].text
        for name, rates in _law.history().items()
        if not name.startswith(_NO_SHARE)
        and (held := [rate for rate in rates if rate.since <= at.on])
    )
    waived = sum(waiver.since <= at.on for waiver in _law.waivers().values())
    return shares, waived, at.basis.practitioner.since <= at.on


#: Rates of which no share of an allowed amount is made.
_NO_SHARE = (
    "conversion-factor",
    "anesthesia-factor",
    "part-b-deductible",
    "sequestration",
    "therapy-assistant",
)


# --- scenes and plans ---------------------------------------------------------------


def scenes_of(asked: Asked, numbers: dict[str, Numbers]) -> dict[int, dict[str, Any]]:
    """Kinds of place of service and settings that lines give, by their number."""
    given = {field: numbers[field].values for field in PAIRS[0] if field in numbers}
    settings, kinds = given.get("setting", (None,)), given.get("pos", (None,))
    fixed = {field: asked.values.get(field) for field in PAIRS[0]}
    found: dict[int, dict[str, Any]] = {}
    for pos_number, pos in enumerate(kinds):
        for setting_number, setting in enumerate(settings):
            named = {"setting": setting, "pos": pos}
            fields = fixed | {field: named[field] for field in given}
            number = packed_scene(pos_number, setting_number, len(settings))
            found[number] = answered(fields, PAIRS[0], asked)
    return found


def packed_scene(pos: Any, setting: Any, settings: int) -> Any:
    """The numbers of place of service and setting in one, of so many settings."""
    return pos * settings + setting


#: The plans of each shape, by set of modifiers, epoch and scene.
Plans = list[dict[tuple[int, int, int], PlanRow]]


def sets_of(values: dict[str, int | None]) -> list[ModifierSet]:
    """The sets of modifiers that lines can have."""
    if "modifiers" not in values:
        return [*modifier_sets()]
    return [each for each in modifier_sets() if each.packed == values["modifiers"]]


def plans_of(
    asked: Asked,
    shapes: list[Shape],
    days: dict[Any, Stretch],
    scenes: dict[int, dict[str, Any]],
    sets: list[ModifierSet],
) -> Plans:
    """The plan of each shape, set of modifiers, epoch and scene that can meet.

    On a day that is refused every code is as one that no release holds: the first.
    """
    found: Plans = [{} for _ in shapes]
    for stretch in {each.epoch: each for each in reversed(days.values())}.values():
        of_any = shapes if stretch.release else shapes[:1]
        for scene, where in scenes.items():
            fields = stretch.fields | where
            at = _circumstances(asked, fields)
            if at is None:
                continue
            made = (
                _refused(at, of_any, sets)
                if isinstance(at, NotPriced)
                else _plans_at(asked, of_any, fields, sets)
            )
            for shape, held, plan in made:
                found[shape][held, stretch.epoch, scene] = plan
    return found


def _refused(refusal: NotPriced, shapes: list[Shape], sets: list[ModifierSet]) -> Made:
    """One refusal, whatever the code and its modifiers."""
    plan = PlanRow(early=NUMBERS[refusal.reason.name])
    for number in range(len(shapes)):
        yield from ((number, each.number, plan) for each in sets)


def _plans_at(
    asked: Asked, shapes: list[Shape], fields: dict[str, Any], sets: list[ModifierSet]
) -> Made:
    """The plans of one epoch and scene, each shape in its release."""
    held_at: dict[str, Circumstances | NotPriced | None] = {}
    terms: dict[str, dict[tuple[object, ...], Terms]] = {}
    for number, shape in enumerate(shapes):
        name = shape.release
        if name not in held_at:
            held_at[name] = _circumstances(asked, fields | {"release": name})
        at = held_at[name]
        if not isinstance(at, Circumstances):
            continue
        known = terms.setdefault(name, {})
        for each in sets:
            if each.row in shape.rows:
                request = read_request(shape.code, each.modifiers, at, reference=False)
                yield number, each.number, row_of(resolve(request, known))

"""A line as read: spellings, release, setting, factor, row; no rule has spoken yet."""

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from .. import _law
from .._law import PlaceOfService, Practitioner, Rate, Rates
from .._money import exact as exact_number
from .._money import round_half_even, round_half_up, scaled
from .._parse import parse_code, split_modifiers
from .._release import (
    name_on,
    parse_date,
    refuse_inexact,
    registry,
    release_named,
    release_on,
)
from .._schedule import FeeSchedule, open_release
from .._store import Row
from ..errors import (
    InvalidInputError,
    NotPriced,
    Reason,
    did_you_mean,
    not_priced,
    show,
)
from .line import Line, Options, read_options
from .share import Amount, Share


class Basis(NamedTuple):
    """What decides amounts, beside code, modifiers and place.

    Lines of one basis share their plans, though their dates differ.
    """

    options: Options
    schedule: FeeSchedule
    rates: Rates
    factor: int
    factor_text: str
    factor_authority: str
    hospital: str
    facility: bool
    practitioner: Practitioner
    participating: bool
    qp: bool
    documented: bool
    cost_share: bool
    induction: bool
    percent_payable: Fraction | None
    postop_share: Fraction
    base_units: int | None
    round: Callable[[int, int], int]
    step: Callable[[Any, int], Amount]
    practitioner_share: Share | None
    participation: Share | None
    coinsurance: Share
    sequestration: Rate


class Circumstances(NamedTuple):
    """A basis, and what only the words of an answer need."""

    basis: Basis
    on: date
    pos: PlaceOfService | None
    exact: bool
    setting_way: str
    notices: tuple[str, ...]


class Request(NamedTuple):
    """A line as read, before the rules speak."""

    code: str
    code_fault: str
    modifiers: tuple[str, ...]
    mods: frozenset[str]
    row: Row | None
    facility: bool
    own_way: str
    reference: bool
    at: Circumstances

    @property
    def basis(self) -> Basis:
        """What decides amounts."""
        return self.at.basis

    @property
    def found(self) -> Row:
        """The row, where the list has come that far."""
        assert self.row is not None
        return self.row


_THERAPY_PLANS = frozenset({"GP", "GO", "GN"})


def read_request(
    code: object, modifiers: object, at: Circumstances, *, reference: bool
) -> Request:
    """Code and modifiers as written, and the row they ask for (R4).

    Raises:
        NotPriced: The modifiers cannot be read.
    """
    number, written, fault = _code_of(code)
    given = written + read_modifiers(modifiers)
    mods = _set_of(given)
    facility, way = at.basis.facility, ""
    if mods & _THERAPY_PLANS:
        facility, way = False, "outpatient therapy: non-facility in every setting"
    row = _row_of(at.basis.schedule, number, given)
    return Request(number, fault, given, mods, row, facility, way, reference, at)


@lru_cache(maxsize=1024)
def _set_of(modifiers: tuple[str, ...]) -> frozenset[str]:
    """Modifiers as a set: one object for all lines that have the same ones."""
    return frozenset(modifiers)


def read_circumstances(line: Line) -> Circumstances:
    """Everything of a line but code, modifiers, place, units, minutes and charge.

    Raises:
        NotPriced: The date, place of service, practitioner or release cannot be
            read.
        InvalidInputError: Another argument cannot.
    """
    options = read_options(line.options)
    schedule, on, exact, notices = _release_of(line, options)
    pos, facility, way, pos_notices = _setting_of(line, options, on)
    practitioner = _practitioner_of(line.practitioner)
    rates = _law.rates_on(on)
    qp = _yes_no(line.qp, "qp", default=False)
    factor, text, authority, factor_notices = _factor_of(
        line, schedule, rates, on, qp=qp
    )
    participating = _yes_no(line.participating, "participating", default=True)
    lowered = Share.of(rates["nonparticipating"], "R27", "non-participating supplier")
    rounding = round_half_even if options.tie == "half_even" else round_half_up
    basis = Basis(
        options=options,
        schedule=schedule,
        rates=rates,
        factor=factor,
        factor_text=text,
        factor_authority=authority,
        hospital="" if pos is None else pos.hospital,
        facility=facility,
        practitioner=practitioner,
        participating=participating,
        qp=qp,
        documented=_yes_no(line.documented, "documented", default=False),
        cost_share=_yes_no(line.cost_share, "cost_share", default=True),
        induction=_yes_no(line.induction, "induction", default=True),
        percent_payable=_percent(line.percent_payable),
        postop_share=_postop(line.postop_share),
        base_units=_base_units(line.base_units),
        round=rounding,
        step=Fraction if options.rounding == "final" else rounding,
        practitioner_share=_practitioner_share(practitioner),
        participation=None if participating else lowered,
        coinsurance=Share.of(rates["coinsurance"], "R29", "coinsurance"),
        sequestration=rates["sequestration"],
    )
    told = (*notices, *pos_notices, *factor_notices)
    return Circumstances(basis, on, pos, exact, way, told)


def _practitioner_share(who: Practitioner) -> Share | None:
    """The practitioner's percentage (R26)."""
    if who.numerator == who.denominator:
        return None
    what = f"service of a {who.label} ({who.name})"
    return Share("R26", what, who.numerator, who.denominator, who.authority)


def _release_of(
    line: Line, options: Options
) -> tuple[FeeSchedule, date, bool, tuple[str, ...]]:
    """The schedule and the date of service (R1), and what must be said of them."""
    strict = _yes_no(line.strict, "strict", default=False)
    on = None if line.on is None else parse_date(line.on)
    if line.release is not None:
        schedule = _schedule_of(line.release)
        release = schedule.release
        if on is None or release.governs(on):
            return schedule, on or release.effective, True, ()
        warning = (
            f"{release.name} was asked for; it does not govern {on}, whose conversion"
            " factor is used"
        )
        if strict:
            raise refuse_inexact(release, on)
        return schedule, on, False, (warning,)
    if on is None:
        newest = registry().releases[-1]
        return open_release(newest), newest.effective, True, ()
    release = release_on(on)
    if options.retroactive:
        latest = release_named(on.year)
        if latest.name != release.name:
            warning = f"{latest.name} is used for {on}, as retroactive asks"
            return open_release(latest), on, False, (warning,)
    if release.exact:
        return open_release(release), on, True, ()
    if strict:
        raise refuse_inexact(release, on)
    warning = (
        f"{name_on(on)}, which governs {on}, is not held; {release.name} stands in"
    )
    return open_release(release), on, False, (warning,)


def _schedule_of(asked: object) -> FeeSchedule:
    """A schedule as it was asked for: itself, or its release as it can be named."""
    if isinstance(asked, FeeSchedule):
        return asked
    return open_release(release_named(asked))


def _setting_of(
    line: Line, options: Options, on: date
) -> tuple[PlaceOfService | None, bool, str, tuple[str, ...]]:
    """Place of service and setting (R7)."""
    stated = None
    if line.setting is not None:
        text = str(line.setting).strip().lower().replace("_", "-")
        text = {
            "nonfacility": "non-facility",
            "f": "facility",
            "n": "non-facility",
        }.get(text, text)
        if text not in ("facility", "non-facility"):
            msg = (
                f"setting {show(line.setting)} is not 'facility' or 'non-facility'"
                f"{did_you_mean(text, ('facility', 'non-facility'))}"
            )
            raise not_priced(Reason.POS_UNKNOWN, msg)
        stated = text == "facility"
    if line.pos is None or (isinstance(line.pos, str) and not line.pos):
        if stated is None:
            return None, False, "no setting or place of service given: non-facility", ()
        return None, stated, "setting as given", ()
    table = _law.places_of_service()
    text = _two_digits(line.pos)
    pos = table.get(text)
    if pos is None:
        msg = (
            f"place of service {show(line.pos)} is not one the fee schedule knows:"
            f" give one of {', '.join(table)}"
        )
        raise not_priced(Reason.POS_UNKNOWN, msg)
    notices = _pos_notices(pos, on)
    if stated is not None:
        return pos, stated, "setting as given", notices
    override = dict(options.pos_overrides).get(pos.pos)
    if override is not None:
        way = f"place of service {pos.pos} ({pos.label}), by the caller's choice"
        return pos, override == "facility", way, notices
    if pos.chosen_by == "library":
        notices = (
            *notices,
            f"CMS does not state the rate of place of service {pos.pos}; this library"
            " chose, and Options(pos_overrides=) may choose otherwise",
        )
    return pos, pos.facility, f"place of service {pos.pos} ({pos.label})", notices


def _two_digits(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 100:
        return f"{value:02d}"
    text = value.strip() if isinstance(value, str) else ""
    return text.zfill(2) if text.isascii() and text.isdigit() else text


def _pos_notices(pos: PlaceOfService, on: date) -> tuple[str, ...]:
    if pos.stated_since is None or on >= pos.stated_since:
        return ()
    return (
        f"the rate of place of service {pos.pos} is stated from {pos.stated_since};"
        f" {on} is earlier",
    )


def _practitioner_of(value: object) -> Practitioner:
    table = _law.practitioners()
    text = "MD" if value is None else str(value).strip().upper()[:20]
    found = table.get(text)
    if found is None:
        msg = (
            f"practitioner {show(value)} is not known{did_you_mean(text, table)};"
            f" known: {', '.join(table)}"
        )
        raise not_priced(Reason.PRACTITIONER_UNKNOWN, msg)
    return found


def _code_of(value: object) -> tuple[str, tuple[str, ...], str]:
    try:
        code, modifiers = parse_code(value)
    except NotPriced as error:
        return "", (), error.message
    return code, modifiers, ""


def read_modifiers(value: object) -> tuple[str, ...]:
    """The modifiers of a line, one string each.

    Raises:
        NotPriced: They cannot be read.
    """
    try:
        return split_modifiers(value)
    except InvalidInputError as error:
        raise not_priced(Reason.MODIFIER_UNKNOWN, str(error)) from None


def _factor_of(
    line: Line,
    schedule: FeeSchedule,
    rates: Rates,
    on: date,
    *,
    qp: bool,
) -> tuple[int, str, str, tuple[str, ...]]:
    """The conversion factor (R2): the caller's, the date's, or the file's own."""
    if line.conversion_factor is not None:
        micro = scaled(line.conversion_factor, 6, "conversion factor")
        text = str(line.conversion_factor).strip().lstrip("$")
        return micro, text, _law.OWN_CHOICE, ("conversion factor as given",)
    rate = rates.get("conversion-factor")
    own = scaled(schedule.conversion_factor, 6, "conversion factor")
    known = _law.history()["conversion-factor"]
    if rate is None or rate.since.year < on.year:
        notice = (
            f"the conversion factor {schedule.conversion_factor} is the file's own:"
            f" the table of rates ends with {known[-1].since.year}"
        )
        return own, str(schedule.conversion_factor), _law.OWN_CHOICE, (notice,)
    if qp:
        rate = rates.get("conversion-factor-qp") or rate
    return rate.micro, rate.text, rate.authority, ()


def _row_of(schedule: FeeSchedule, code: str, modifiers: tuple[str, ...]) -> Row | None:
    """The row a line is priced from (R4)."""
    figures = schedule.figures
    for modifier in ("26", "TC"):
        if modifier in modifiers:
            return figures.find(code, modifier)
    stopped = figures.find(code, "53") if "53" in modifiers else None
    return stopped or figures.find(code)


def _yes_no(value: object, what: str, *, default: bool) -> bool:
    if value is None:
        return default
    try:
        if value in (True, False):
            return bool(value)
    except (ArithmeticError, ValueError):  # a signaling NaN, an array
        pass
    msg = f"{what}={show(value)} is not True or False"
    raise InvalidInputError(msg)


def _percent(value: object) -> Fraction | None:
    if value is None:
        return None
    share = Fraction(scaled(value, 4, "percent_payable"), 10**6)
    if share <= 1:
        return share
    msg = f"percent_payable {show(value)} is over 100"
    raise InvalidInputError(msg)


def _postop(value: object) -> Fraction:
    text = value.strip() if isinstance(value, str) else ""
    top, slash, bottom = text.partition("/")
    if slash and top.isdigit() and bottom.isdigit() and int(bottom[:9]):
        value = Fraction(int(top[:9]), int(bottom[:9]))
    share = Fraction(1) if value is None else exact_number(value, "postop_share")
    if share <= 1:
        return share
    msg = f"postop_share {show(value)} is over 1: give the share of the days, as 1/3"
    raise InvalidInputError(msg)


def _base_units(value: object) -> int | None:
    return None if value is None else scaled(value, 0, "base_units")

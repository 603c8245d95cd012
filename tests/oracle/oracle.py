"""Prices fee schedule lines and claims exactly as the payment rules say.

Written to be read beside the rules (R1 to R39), not to be fast.  Amounts are
``Fraction`` cents while they are worked on and whole cents in the results.

Readings chosen where the rules leave room are marked "Reading:" in the docstrings.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import zip_longest

from . import tables
from .sources import NATIONAL, Gpci, Release, Row, Sources, release_for

ZERO = Fraction(0)
ONE = Fraction(1)
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class OracleLine:
    """One claim line; ``mac`` and ``locality`` None means national amounts."""

    date: dt.date
    code: str
    modifiers: tuple[str, ...] = ()
    mac: str | None = None
    locality: str | None = None
    pos: str | None = None
    setting: str | None = None  # "F" or "N"; overrides the place of service
    provider: str = "MD"
    participating: bool = True
    qp: bool = False
    units: int | Fraction = 1
    minutes: int | Fraction | None = None
    charge_cents: int | None = None
    documented: bool = False
    postop_share: Fraction = ONE
    percent_payable: Fraction | None = None  # 70 means 70 percent
    induction: bool = True
    cost_share: bool = True  # False: the caller's "no cost sharing" flag (R29)


@dataclass(frozen=True)
class Switches:
    """The switches of R39 the oracle knows, at their defaults.

    Reading: ``tie`` governs every rounding to cents, as R9 governs them all.
    """

    tie: str = "half_up"  # half_even
    rounding: str = "step"  # final
    limiting: str = "direct"  # stepped, unrounded
    postop_share: str = "exact"  # tenth
    mod56: str = "pre"  # unpaid
    two_units: str = "ranked"  # any
    separate_session_59: bool = True
    time_units: str = "tenth"  # hundredth
    pos_overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass
class OracleResult:
    """What the golden file prints for a line; cents are None unless priced."""

    outcome: str
    release: str = ""
    exact: bool = True
    setting: str = ""
    status: str = ""
    pfs: int | None = None
    cap: int | None = None
    base: int | None = None
    split: int | None = None
    mppr: int | None = None
    role: int | None = None
    reduction: int | None = None
    practitioner: int | None = None
    fee: int | None = None
    limiting: int | None = None
    allowed: int | None = None
    deductible: int | None = None
    coinsurance: int | None = None
    share: int | None = None
    assistant: int | None = None
    sequester: int | None = None
    paid: int | None = None


def round_fraction(value: Fraction, tie: str = "half_up") -> Fraction:
    """Round a non-negative amount to a whole number (R9)."""
    n, d = value.numerator, value.denominator
    if d == 1:
        return value
    whole = (2 * n + d) // (2 * d)
    if tie == "half_even" and d == 2 and whole % 2:
        whole -= 1
    return Fraction(whole)


@dataclass(frozen=True)
class Rounder:
    """The roundings of R9: of the formula, and of the stages after it."""

    tie: str = "half_up"
    base_exact: bool = False
    stages_exact: bool = False

    def cents(self, value: Fraction) -> Fraction:
        """Round to whole cents, always."""
        return round_fraction(value, self.tie)

    def base(self, value: Fraction) -> Fraction:
        """Round a formula amount (R8, R11, R19, R32)."""
        return value if self.base_exact else round_fraction(value, self.tie)

    def stage(self, value: Fraction) -> Fraction:
        """Round what a stage from R12 to R27 leaves."""
        return value if self.stages_exact else round_fraction(value, self.tie)


@dataclass(frozen=True)
class Technical:
    """A technical part (R18 to R21, R25): uncapped fee and cap, if any."""

    uncapped: Fraction
    cap: Fraction | None

    @property
    def paid(self) -> Fraction:
        """The lower of fee and cap."""
        return self.limit(self.uncapped)

    def limit(self, amount: Fraction) -> Fraction:
        """Hold an amount at the cap."""
        return amount if self.cap is None else min(amount, self.cap)


@dataclass
class Work:
    """A line that was not refused, on its way through the stages of R37."""

    index: int
    line: OracleLine
    row: Row
    release: Release
    setting: str
    gpci: Gpci
    factor: Fraction  # conversion factor, or the anesthesia factor in cents
    mods: frozenset[str]
    pfs: Fraction = ZERO
    cap: Fraction | None = None
    base: Fraction = ZERO
    unit: Fraction = ZERO  # after split care
    care: Fraction = ONE  # share paid by split care
    entries: list[Fraction] = field(default_factory=list)  # bilateral factors
    partner: int | None = None  # the other line of an RT/LT pair
    split: Fraction = ZERO
    mppr: Fraction = ZERO
    technical: Fraction = ZERO  # technical part still inside the amount
    role: Fraction = ZERO
    reduction: Fraction = ZERO
    practitioner: Fraction = ZERO
    fee: Fraction = ZERO
    limiting: Fraction | None = None

    @property
    def anesthesia(self) -> bool:
        """Whether R32 prices the line."""
        return self.row.status == "J"

    @property
    def wholly_technical(self) -> bool:
        """Whether the row is a technical component and nothing else (R12)."""
        return self.row.modifier == "TC" or self.row.pctc == "3"


# --- Stage 1: refusals -----------------------------------------------------------


def dated(
    table: Iterable[tuple[dt.date, Fraction, Fraction]], date: dt.date, qp: bool
) -> Fraction:
    """Return the rate in force on a date, or its QP twin (R2, R32)."""
    rate = ZERO
    for start, normal, qualifying in table:
        if start <= date:
            rate = qualifying if qp else normal
    return rate


def setting_of(line: OracleLine, switches: Switches) -> str | None:
    """Return N or F, or None for an unknown place of service (R7).

    A POS must be known even when the setting is stated.  Neither given: N.
    Reading: GP, GO and GN win over a stated setting as they do over a POS.
    """
    by_pos = "N"
    if line.pos is not None:
        if line.pos in switches.pos_overrides:
            by_pos = switches.pos_overrides[line.pos]
        elif line.pos in tables.FACILITY_POS:
            by_pos = "F"
        elif line.pos not in tables.NONFACILITY_POS:
            return None
    if tables.THERAPY_MODIFIERS & set(line.modifiers):
        return "N"
    return line.setting or by_pos


def row_key(line: OracleLine, release: Release) -> tuple[str, str]:
    """Choose the row (R4.1)."""
    for modifier in ("26", "TC"):
        if modifier in line.modifiers:
            return line.code, modifier
    if "53" in line.modifiers and (line.code, "53") in release.rows:
        return line.code, "53"
    return line.code, ""


def modifier_refusal(mods: Sequence[str]) -> str | None:
    """Refuse by the modifiers alone, in the order of R37."""
    present = set(mods)
    if present & tables.FACILITY_CLAIM_MODIFIERS:
        return "error:facility-only-modifier"
    if present - tables.KNOWN_MODIFIERS:
        return "error:unknown-modifier"
    if len(present) < len(mods):
        return "error:duplicate-modifier"
    if any(len(present & group) > 1 for group in tables.EXCLUSIVE_SETS):
        return "error:exclusive-modifiers"
    return None


def anesthesia_refusal(row: Row, mods: frozenset[str]) -> str | None:
    """Anesthesia modifiers belong to anesthesia lines, which need one (R32)."""
    has_one = bool(mods & tables.ANESTHESIA_MODIFIERS)
    if has_one and row.status != "J":
        return "error:modifier-not-allowed"
    if row.status == "J" and not has_one:
        return "error:anesthesia-modifier-missing"
    return None


def status_refusal(row: Row, base_units: Mapping[str, int]) -> str | None:
    """Refuse by status (R5); T is decided with the whole claim in view.

    Reading: a restricted row "has RVUs" when any of work, either PE or MP is not 0.
    """
    if row.status in {"B", "P"}:
        return "bundled"
    without_rvus = row.status == "R" and not row.has_rvus
    without_units = row.status == "J" and row.code not in base_units
    if row.status == "C" or without_rvus or without_units:
        return "contractor-priced"
    if row.status not in {"A", "R", "T", "J"}:
        return "not-payable"
    return None


def setting_refusal(row: Row, line: OracleLine) -> str | None:
    """Refuse by PC/TC indicator and place of service (R12).

    Reading: these rules name places of service, so a line without one is not
    refused, and GP, GO or GN do not change the place.
    """
    if line.pos is None:
        return None
    hospital = line.pos in tables.HOSPITAL_POS
    if row.pctc == "5" and hospital:
        return "not-payable"
    if row.pctc == "7" and hospital and line.provider in {"PT", "OT"}:
        return "not-payable"
    if row.pctc == "8" and line.pos != "21":
        return "not-payable"
    return None


def role_refusal(row: Row, line: OracleLine, mods: frozenset[str]) -> str | None:
    """Refuse assistants, co-surgeons and teams (R22, R23)."""
    may_as = line.provider in tables.AS_PRACTITIONERS
    if mods & {"80", "81", "82"} and may_as:
        return "error:use-AS"
    if "AS" in mods and not may_as:
        return "error:AS-needs-PA-NP-CNS"
    documented = line.documented
    assisting = bool(mods & tables.ASSISTANT_MODIFIERS)
    assistant_pays = row.assistant == "2" or (row.assistant == "0" and documented)
    co_surgeon_pays = row.co_surgeon == "2" or (row.co_surgeon == "1" and documented)
    if assisting and not assistant_pays:
        return "not-payable"
    if "62" in mods and not co_surgeon_pays:
        return "not-payable"
    if "66" in mods:
        return "by-report" if row.team in {"1", "2"} else "not-payable"
    return None


def splittable(row: Row, mods: frozenset[str]) -> bool:
    """Whether the split-care modifiers of a line fit its row (R13)."""
    if "78" in mods and row.global_days == "000":
        return True
    return row.global_days in {"010", "090"} and row.pre + row.intra + row.post == 100


def late_refusal(row: Row, line: OracleLine, mods: frozenset[str]) -> str | None:
    """Refusals from "by report" to the end of the list of R37.

    Reading: missing minutes (R32) are not in that list and come after it.
    """
    reduced = "52" in mods or ("53" in mods and row.modifier != "53")
    if reduced and line.percent_payable is None:
        return "by-report"
    if line.provider in tables.COUNSELORS and line.date < tables.COUNSELORS_FROM:
        return "not-payable"
    if mods & tables.SPLIT_MODIFIERS and not splittable(row, mods):
        return "error:modifier-not-allowed"
    if "50" in mods and line.units != 1:
        return "error:units-with-50"
    timed = row.status == "J" and row.code not in {"01995", "01996"}
    if timed and "AD" not in mods and (line.minutes or 0) <= 0:
        return "error:minutes-missing"
    return None


def input_refusal(line: OracleLine, switches: Switches) -> str | None:
    """Refuse what cannot be read at all.

    Reading: such faults come before the list of R37, in the order of this function.
    """
    if release_for(line.date) is None:
        return "error:date-not-covered"
    if setting_of(line, switches) is None:
        return "error:pos-unknown"
    if line.provider not in tables.PRACTITIONER_SHARE:
        return "error:practitioner-unknown"
    if line.units != int(line.units) or line.units < 1:
        return "error:units-invalid"
    if line.charge_cents is not None and line.charge_cents < 0:
        return "error:charge-invalid"
    return None


def examine(
    index: int, line: OracleLine, sources: Sources, switches: Switches
) -> tuple[OracleResult, Work | None]:
    """Stage 1 of R37: the release, the row and the first refusal."""
    result = OracleResult("priced", setting=setting_of(line, switches) or "")
    chosen = release_for(line.date)
    if chosen is not None:
        result.release, result.exact = chosen
    fault = input_refusal(line, switches)
    if fault:
        result.outcome = fault
        return result, None
    release = sources.release(result.release)
    pair = None
    if line.mac is not None and line.locality is not None:
        pair = release.place(line.mac, line.locality)
        if pair is None:
            result.outcome = "error:locality-unknown"
            return result, None
    fault = modifier_refusal(line.modifiers)
    row = release.rows.get(row_key(line, release))
    if not fault and row is None:
        known = line.code in release.codes
        fault = "error:modifier-not-allowed" if known else "error:unknown-code"
    if fault or row is None:
        result.outcome = fault or ""
        return result, None
    result.status = row.status
    mods = frozenset(line.modifiers)
    fault = (
        anesthesia_refusal(row, mods)
        or status_refusal(row, sources.base_units())
        or setting_refusal(row, line)
        or role_refusal(row, line, mods)
        or late_refusal(row, line, mods)
    )
    if fault:
        result.outcome = fault
        return result, None
    return result, Work(
        index=index,
        line=line,
        row=row,
        release=release,
        setting=result.setting,
        gpci=release.gpcis[pair] if pair else NATIONAL,
        factor=rate(line, row, release, pair),
        mods=mods,
    )


def rate(
    line: OracleLine, row: Row, release: Release, pair: tuple[str, str] | None
) -> Fraction:
    """Return the factor of the line: dollars a RVU (R2), or cents a unit (R32)."""
    if row.status != "J":
        return dated(tables.CONVERSION_FACTORS, line.date, line.qp)
    if pair is None:
        return dated(tables.ANESTHESIA_FACTORS, line.date, line.qp) * 100
    qualifying, normal = release.anesthesia[pair]
    return Fraction(qualifying if line.qp else normal)


def bundle_minor_services(
    results: Sequence[OracleResult], works: Sequence[Work]
) -> list[Work]:
    """Status T is bundled beside a payable A or R line of its date (R5).

    Reading: "payable" means the line was not refused, whatever its amount; a T
    line's own refusal comes before bundling.
    """
    dates = {work.line.date for work in works if work.row.status in {"A", "R"}}
    kept = []
    for work in works:
        if work.row.status == "T" and work.line.date in dates:
            results[work.index].outcome = "bundled"
        else:
            kept.append(work)
    return kept


# --- Stage 2: fee, cap, base -----------------------------------------------------


def fee_of(work: Work, row: Row, rounder: Rounder, halve_pe: bool = False) -> Fraction:
    """Apply the formula of R8 in cents; R19 halves the practice expense."""
    pe = row.pe_facility if work.setting == "F" else row.pe_nonfacility
    return formula(
        work, Fraction(row.work), Fraction(pe, 2 if halve_pe else 1), row.mp, rounder
    )


def cap_of(work: Work, row: Row, rounder: Rounder) -> Fraction | None:
    """Return the OPPS cap of R11 in cents, None where the row has none."""
    if not row.has_cap:
        return None
    facility = work.setting == "F"
    pe = row.opps_pe_facility if facility else row.opps_pe_nonfacility
    return formula(work, Fraction(row.work), Fraction(pe), row.opps_mp, rounder)


def formula(
    work: Work, work_rvu: Fraction, pe: Fraction, mp: int, rounder: Rounder
) -> Fraction:
    """Sum of the three RVUs (hundredths) and indices (thousandths) in cents."""
    gpci = work.gpci
    total = work_rvu * gpci.work + pe * gpci.pe + mp * gpci.mp
    return rounder.base(total / 1000 * work.factor)


def technical_of(work: Work, rounder: Rounder) -> Technical | None:
    """Return the technical part of one unit (R12, R18, R20), None where there is none.

    Reading: on a blank row with PC/TC 1 it is the TC row by the same formula,
    whatever the status of that row; missing companions of R20 count nothing.
    """
    row = work.row
    if work.wholly_technical:
        return Technical(work.pfs, work.cap)
    if row.modifier:
        return None
    if row.pctc == "1":
        parts = [work.release.rows.get((row.code, "TC"))]
    elif row.pctc == "4":
        codes = tables.COMPANIONS.get(row.code, ())
        parts = [work.release.rows.get((code, "")) for code in codes]
    else:
        return None
    found = [part for part in parts if part is not None]
    if not found:
        return None
    fees = [fee_of(work, part, rounder) for part in found]
    caps = [cap_of(work, part, rounder) for part in found]
    if all(cap is None for cap in caps):
        return Technical(sum(fees, ZERO), None)
    limits = [fee if cap is None else cap for fee, cap in zip(fees, caps, strict=True)]
    return Technical(sum(fees, ZERO), sum(limits, ZERO))


def professional_of(work: Work, rounder: Rounder) -> Fraction | None:
    """Return the professional part of one unit of an imaging line (R18)."""
    row = work.row
    if row.modifier == "26":
        return work.base
    part = work.release.rows.get((row.code, "26"))
    if row.modifier or part is None:
        return None
    return fee_of(work, part, rounder)


def anesthesia_fee(
    work: Work, units: Mapping[str, int], rounder: Rounder, switches: Switches
) -> Fraction:
    """Multiply base and time units by the locality factor (R32).

    Reading: the base units listed as 0 (01999) count as listed.
    """
    line = work.line
    if "AD" in work.mods:
        return rounder.base(work.factor * (4 if line.induction else 3))
    total = Fraction(units[work.row.code])
    if work.row.code not in {"01995", "01996"}:
        scale = 10 if switches.time_units == "tenth" else 100
        minutes = Fraction(line.minutes or 0)
        total += round_fraction(minutes * scale / 15) / scale
    return rounder.base(work.factor * total)


def base_stage(
    work: Work, units: Mapping[str, int], rounder: Rounder, switches: Switches
) -> None:
    """Stage 2 of R37."""
    if work.anesthesia:
        work.pfs = work.base = anesthesia_fee(work, units, rounder, switches)
        return
    work.pfs = fee_of(work, work.row, rounder)
    work.cap = cap_of(work, work.row, rounder)
    work.base = work.pfs if work.cap is None else min(work.pfs, work.cap)


# --- Stage 3: split care, bilateral, units ---------------------------------------


def care_share(work: Work, switches: Switches) -> Fraction:
    """Return the share of the global fee a line's split-care modifiers pay (R13).

    Reading: the modifiers name portions and each portion is paid once, so 54 with
    56 pays what 54 pays; ``mod56=unpaid`` makes the portion of 56 nothing.
    """
    row, mods = work.row, work.mods
    if "78" in mods:
        return ONE if row.global_days == "000" else Fraction(row.intra, 100)
    if not mods & {"54", "55", "56"}:
        return ONE
    pre_by_56 = "56" in mods and switches.mod56 == "pre"
    share = Fraction(row.pre, 100) if "54" in mods or pre_by_56 else ZERO
    if "54" in mods:
        share += Fraction(row.intra, 100)
    if "55" in mods:
        post = Fraction(row.post, 100) * work.line.postop_share
        if switches.postop_share == "tenth":
            post = round_fraction(post * 1000) / 1000
        share += post
    return share


def pairs_by_side(works: Sequence[Work]) -> Iterator[tuple[Work, Work]]:
    """Find RT and LT lines of one code that are a pair (R14).

    Reading: same date and same row; the n-th RT line goes with the n-th LT line,
    and the later of the two in line order is the second.
    """
    sides: dict[tuple[dt.date, str, str], dict[str, list[Work]]] = {}
    for work in works:
        for side in ("RT", "LT"):
            if side in work.mods:
                key = work.line.date, work.row.code, work.row.modifier
                found = sides.setdefault(key, {"RT": [], "LT": []})
                found[side].append(work)
    for found in sides.values():
        for right, left in zip(found["RT"], found["LT"], strict=False):
            indicators_fit = (
                right.row.multiple in {"0", "2", "3", "9"}
                and right.row.bilateral in tables.SECOND_SIDE_FACTOR
            )
            if indicators_fit:
                first, second = sorted((right, left), key=lambda work: work.index)
                yield first, second


def two_units_pair(work: Work, switches: Switches) -> bool:
    """Whether 2 units of a line are one bilateral procedure (R14).

    Reading: indicator 2 on any row (its cell says "units 2" without condition) and
    indicator 3 on surgical rows, where it only makes one ranking entry.
    """
    row = work.row
    if work.line.units != 2:
        return False
    surgical = row.multiple in {"2", "3"}
    if row.bilateral == "1":
        return surgical or switches.two_units == "any"
    return row.bilateral == "2" or (row.bilateral == "3" and surgical)


def entries_of(work: Work, second_side: Fraction | None, switches: Switches) -> None:
    """Set the factor of each procedure of a line (R14, R38).

    Reading: a line of an RT/LT pair takes the pair's factor on each of its units,
    and its units are then not a pair of their own.
    """
    units = int(work.line.units)
    factor = tables.BILATERAL_FACTOR.get(work.row.bilateral, ONE)
    if work.anesthesia:
        work.entries = [ONE]
    elif "50" in work.mods:
        work.entries = [factor]
    elif second_side is not None:
        work.entries = [second_side] * units
    elif two_units_pair(work, switches):
        work.entries = [factor]
    else:
        work.entries = [ONE] * units


def split_stage(works: Sequence[Work], rounder: Rounder, switches: Switches) -> None:
    """Stage 3 of R37: split care, then bilateral, then units.

    Reading: the 50 percent of a directed anesthesia line is shown in this stage.
    """
    factors: dict[int, Fraction] = {}
    for first, second in pairs_by_side(works):
        first.partner, second.partner = second.index, first.index
        factors[first.index] = ONE
        indicator = second.row.bilateral
        factors[second.index] = tables.SECOND_SIDE_FACTOR[indicator]
    for work in works:
        entries_of(work, factors.get(work.index), switches)
        work.care = care_share(work, switches)
        if work.anesthesia and work.mods & {"QK", "QY", "QX"}:
            work.care *= HALF
        work.unit = rounder.stage(work.base * work.care)
        amounts = (rounder.stage(work.unit * entry) for entry in work.entries)
        work.split = work.mppr = sum(amounts, ZERO)
        part = technical_of(work, rounder)
        if part is not None:
            unit = rounder.stage(part.paid * work.care)
            parts = (rounder.stage(unit * entry) for entry in work.entries)
            work.technical = sum(parts, ZERO)


# --- Stage 4: same-day reductions ------------------------------------------------


@dataclass
class Share:
    """What one line has in a ranked procedure."""

    work: Work
    amount: Fraction
    technical: Fraction


@dataclass
class Procedure:
    """One procedure: the shares of the line or the pair of lines that make it."""

    shares: list[Share]

    @property
    def amount(self) -> Fraction:
        """The amount it is ranked by."""
        return sum((share.amount for share in self.shares), ZERO)

    @property
    def order(self) -> int:
        """Line order, for ties."""
        return min(share.work.index for share in self.shares)

    @property
    def work(self) -> Work:
        """Its first line."""
        return self.shares[0].work


def line_procedures(work: Work, rounder: Rounder) -> list[Procedure]:
    """List the procedures of one line: each unit, or the bilateral pair (R14, R16)."""
    part = technical_of(work, rounder)
    technical = ZERO if part is None else rounder.stage(part.paid * work.care)
    return [
        Procedure(
            [
                Share(
                    work,
                    rounder.stage(work.unit * entry),
                    rounder.stage(technical * entry),
                )
            ]
        )
        for entry in work.entries
    ]


def surgical_procedures(works: Sequence[Work], rounder: Rounder) -> list[Procedure]:
    """All procedures of the surgical ranking, RT/LT pairs joined (R14, R16).

    Reading: a joined pair needs both lines in the ranking; with several units the
    n-th units are joined and what is left stands alone.
    """
    of_line = {work.index: line_procedures(work, rounder) for work in works}
    for work in works:
        partner = work.partner
        if partner is None or partner not in of_line or partner < work.index:
            continue
        joined = []
        for one, other in zip_longest(of_line[work.index], of_line[partner]):
            shares = [share for each in (one, other) if each for share in each.shares]
            joined.append(Procedure(shares))
        of_line[work.index], of_line[partner] = joined, []
    return [procedure for found in of_line.values() for procedure in found]


def base_code_amount(work: Work, rounder: Rounder) -> Fraction:
    """Return the base code's amount for a member of its family (R17.2).

    Reading: the whole lower-of-fee-and-cap of one unit, whatever the member's own
    modifiers; nothing for a base code that is contractor-priced or absent.
    """
    row = work.release.rows.get((work.row.endo_base, ""))
    if row is None or row.status not in {"A", "R", "T"}:
        return ZERO
    fee, cap = fee_of(work, row, rounder), cap_of(work, row, rounder)
    return fee if cap is None else min(fee, cap)


def subtract(procedure: Procedure, amount: Fraction) -> None:
    """Take an amount off a procedure, never below 0, first share first.

    Reading: R14 leaves the division between the RT and the LT line open.
    """
    for share in procedure.shares:
        taken = min(amount, share.amount)
        share.amount -= taken
        amount -= taken


def family_entry(members: list[Procedure], rounder: Rounder) -> list[Share]:
    """Do step 2 of R17: the largest in full, the others less the base code."""
    largest = min(members, key=lambda member: (-member.amount, member.order))
    for member in members:
        if member is not largest:
            subtract(member, base_code_amount(member.work, rounder))
    shares: dict[int, Share] = {}
    for member in members:
        for share in member.shares:
            if share.work.index not in shares:
                shares[share.work.index] = Share(share.work, ZERO, ZERO)
            total = shares[share.work.index]
            total.amount += share.amount
            total.technical += share.technical
    return list(shares.values())


def surgery_stage(works: Sequence[Work], rounder: Rounder) -> None:
    """R16 and R17 for the lines of one date.

    Reading: every unit that is a procedure is a member of its endoscopic family;
    in a family that is not first each line is halved and rounded once, elsewhere
    each procedure.  A 78 line leaves the ranking and zeroes no base code.
    """
    ranked = [
        work
        for work in works
        if work.row.multiple in {"2", "3"} and "78" not in work.mods
    ]
    families: dict[str, list[Procedure]] = defaultdict(list)
    entries: list[Procedure] = []
    bases: list[Procedure] = []
    family_names = {work.row.endo_base for work in ranked if work.row.endo_base}
    for procedure in surgical_procedures(ranked, rounder):
        row = procedure.work.row
        if row.endo_base:
            families[row.endo_base].append(procedure)
        elif row.code in family_names:
            bases.append(procedure)
        else:
            entries.append(procedure)
    for members in families.values():
        if len(members) == 1:
            entries.append(members[0])
        else:
            entries.append(Procedure(family_entry(members, rounder)))
    for work in ranked:
        work.mppr = work.technical = ZERO
    entries.sort(key=lambda entry: (-entry.amount, entry.order))
    for place, entry in enumerate(entries):
        percent = HALF if place else ONE
        for share in entry.shares:
            share.work.mppr += rounder.stage(share.amount * percent)
            share.work.technical += rounder.stage(share.technical * percent)


@dataclass(frozen=True)
class Part:
    """One technical or professional part in a ranking of R18, R20 or R21."""

    work: Work
    technical: Technical


def parts_of(work: Work, part: Technical | None, rounder: Rounder) -> list[Part]:
    """One part for each unit, or one for a bilateral line at its amount (R14)."""
    if part is None:
        return []
    return [
        Part(
            work,
            Technical(
                rounder.stage(part.uncapped * entry),
                None if part.cap is None else rounder.stage(part.cap * entry),
            ),
        )
        for entry in work.entries
    ]


def reduce_parts(
    parts: list[Part], percent: Fraction, rounder: Rounder, technical: bool
) -> None:
    """First part in full, the others at a percentage, not above the cap (R18)."""
    ranked = sorted(
        parts,
        key=lambda part: (
            -part.technical.uncapped,
            part.technical.paid,
            part.work.index,
        ),
    )
    for part in ranked[1:]:
        reduced = rounder.stage(part.technical.uncapped * percent)
        loss = part.technical.paid - part.technical.limit(reduced)
        part.work.mppr -= loss
        if technical:
            part.work.technical -= loss


def imaging_stage(works: Sequence[Work], rounder: Rounder, switches: Switches) -> None:
    """R18 for the lines of one date; 59 and XE lines are left out."""
    session = [
        work
        for work in works
        if work.row.multiple == "4"
        and work.row.imaging_family == "88"
        and not (switches.separate_session_59 and work.mods & {"59", "XE"})
    ]
    technical: list[Part] = []
    professional: list[Part] = []
    for work in session:
        technical += parts_of(work, technical_of(work, rounder), rounder)
        amount = professional_of(work, rounder)
        if amount is not None:
            professional += parts_of(work, Technical(amount, None), rounder)
    reduce_parts(technical, HALF, rounder, technical=True)
    reduce_parts(professional, Fraction(95, 100), rounder, technical=False)


def technical_stage(
    works: Sequence[Work], multiple: str, percent: Fraction, rounder: Rounder
) -> None:
    """R20 (indicator 6) and R21 (indicator 7): technical parts only."""
    parts: list[Part] = []
    for work in works:
        if work.row.multiple == multiple:
            parts += parts_of(work, technical_of(work, rounder), rounder)
    reduce_parts(parts, percent, rounder, technical=True)


def therapy_stage(works: Sequence[Work], rounder: Rounder) -> None:
    """R19: all units of the day ranked by practice expense, the first in full."""
    units: list[tuple[int, Fraction, int, Work, Fraction]] = []
    for work in works:
        if work.row.multiple == "5":
            facility = work.setting == "F"
            pe = work.row.pe_facility if facility else work.row.pe_nonfacility
            for entry in work.entries:
                units.append((-pe, -work.unit, work.index, work, entry))
    units.sort(key=lambda unit: unit[:3])
    for _, _, _, work, entry in units[1:]:
        half = fee_of(work, work.row, rounder, halve_pe=True)
        full = rounder.stage(work.unit * entry)
        work.mppr -= full - rounder.stage(half * entry)


def multiple_stage(works: Sequence[Work], rounder: Rounder, switches: Switches) -> None:
    """Stage 4 of R37, date by date."""
    by_date: dict[dt.date, list[Work]] = defaultdict(list)
    for work in works:
        by_date[work.line.date].append(work)
    for day in by_date.values():
        surgery_stage(day, rounder)
        imaging_stage(day, rounder, switches)
        therapy_stage(day, rounder)
        technical_stage(day, "6", Fraction(75, 100), rounder)
        technical_stage(day, "7", Fraction(80, 100), rounder)


# --- Stages 5 to 8 ---------------------------------------------------------------


def role_stage(work: Work, rounder: Rounder) -> None:
    """Assistants and co-surgeons (R22, R23)."""
    percent = ONE
    if work.mods & {"80", "81", "82"}:
        percent = Fraction(16, 100)
    elif "AS" in work.mods:
        percent = Fraction(136, 1000)
    elif "62" in work.mods:
        percent = Fraction(625, 1000)
    work.role = rounder.stage(work.mppr * percent)
    work.technical = rounder.stage(work.technical * percent)


def reduction_stage(work: Work, rounder: Rounder) -> None:
    """Take the percentage of 52 and 53, then FX, FY and CT (R24, R25).

    Reading: the percentage payable scales the technical part too, before FX.
    """
    line, amount, technical = work.line, work.role, work.technical
    by_percent = "52" in work.mods or ("53" in work.mods and work.row.modifier != "53")
    if by_percent and line.percent_payable is not None:
        percent = Fraction(line.percent_payable) / 100
        amount = rounder.stage(amount * percent)
        technical = rounder.stage(technical * percent)
    if work.wholly_technical:
        technical = amount
    for modifier, keeps in (
        ("FX", Fraction(80, 100)),
        ("FY", Fraction(90 if line.date.year >= 2023 else 93, 100)),
        ("CT", Fraction(85, 100)),
    ):
        if modifier in work.mods:
            left = rounder.stage(technical * keeps)
            amount -= technical - left
            technical = left
    work.reduction = amount
    work.technical = technical


def practitioner_stage(work: Work, rounder: Rounder) -> None:
    """Take the practitioner percentage; anesthesia and AS lines skip it (R26)."""
    percent = tables.PRACTITIONER_SHARE[work.line.provider]
    if work.anesthesia or "AS" in work.mods:
        percent = ONE
    work.practitioner = rounder.stage(work.reduction * percent)


def participation_stage(work: Work, rounder: Rounder, switches: Switches) -> None:
    """Set the non-participating 95 percent and the limiting charge (R27)."""
    work.fee, work.limiting = work.practitioner, None
    if work.line.participating:
        return
    work.fee = nonparticipating(work.practitioner, rounder)
    if work.line.provider not in tables.ASSIGNMENT_ONLY:
        work.limiting = limiting_charge(work.practitioner, rounder, switches)


def nonparticipating(amount: Fraction, rounder: Rounder) -> Fraction:
    """95 percent of the participating amount (R27)."""
    return rounder.stage(amount * Fraction(95, 100))


def limiting_charge(amount: Fraction, rounder: Rounder, switches: Switches) -> Fraction:
    """Return the limiting charge from the participating amount after R26 (R27)."""
    if switches.limiting == "stepped":
        fee = rounder.cents(nonparticipating(amount, rounder))
        return rounder.cents(fee * Fraction(115, 100))
    if switches.limiting == "direct":
        amount = rounder.cents(amount)
    return rounder.cents(amount * Fraction(10925, 10000))


def price_to_fee(
    works: Sequence[Work], sources: Sources, rounder: Rounder, switches: Switches
) -> None:
    """Stages 2 to 8 of R37."""
    units = sources.base_units()
    for work in works:
        base_stage(work, units, rounder, switches)
    split_stage(works, rounder, switches)
    multiple_stage(works, rounder, switches)
    for work in works:
        role_stage(work, rounder)
        reduction_stage(work, rounder)
        practitioner_stage(work, rounder)
        participation_stage(work, rounder, switches)


# --- Stages 9 to 12 --------------------------------------------------------------


def cost_sharing(line: OracleLine) -> tuple[bool, Fraction]:
    """Whether the deductible applies, and the coinsurance share (R29).

    Reading: no cost sharing at all comes before PT.
    """
    waived = not line.cost_share or "33" in line.modifiers
    if waived or line.code in tables.NO_COST_SHARE_CODES:
        return False, ZERO
    if "PT" in line.modifiers:
        year = line.date.year
        percent = 20 if year <= 2022 else 15 if year <= 2026 else 10
        return False, Fraction(percent if year <= 2029 else 0, 100)
    return line.code not in tables.NO_DEDUCTIBLE_CODES, Fraction(20, 100)


def sequestration(date: dt.date) -> Fraction:
    """Return the share withheld on a date of service (R31)."""
    if dt.date(2020, 5, 1) <= date <= dt.date(2022, 3, 31):
        return ZERO
    if dt.date(2022, 4, 1) <= date <= dt.date(2022, 6, 30):
        return Fraction(1, 100)
    return Fraction(2, 100)


def settle(
    work: Work, result: OracleResult, owed: Fraction, rounder: Rounder
) -> Fraction:
    """Stages 9 to 12 of R37; returns the deductible taken (R28 to R31)."""
    line = work.line
    allowed = work.fee
    if line.charge_cents is not None:
        allowed = min(allowed, Fraction(line.charge_cents))
    allowed = rounder.cents(allowed)
    deductible_applies, percent = cost_sharing(line)
    deductible = min(owed, allowed) if deductible_applies else ZERO
    coinsurance = rounder.cents((allowed - deductible) * percent)
    share = allowed - deductible - coinsurance
    assistant = share
    if work.mods & {"CQ", "CO"} and line.date >= dt.date(2022, 1, 1):
        assistant = rounder.cents(share * Fraction(85, 100))
    withheld = rounder.cents(assistant * sequestration(line.date))
    result.allowed = int(allowed)
    result.deductible = int(deductible)
    result.coinsurance = int(coinsurance)
    result.share = int(share)
    result.assistant = int(assistant)
    result.sequester = int(withheld)
    result.paid = int(assistant - withheld)
    return deductible


def report(
    work: Work, result: OracleResult, cents: Callable[[Fraction], Fraction]
) -> None:
    """Copy the amounts of stages 2 to 8 into the result, in whole cents."""
    result.pfs = int(cents(work.pfs))
    result.cap = None if work.cap is None else int(cents(work.cap))
    result.base = int(cents(work.base))
    result.split = int(cents(work.split))
    result.mppr = int(cents(work.mppr))
    result.role = int(cents(work.role))
    result.reduction = int(cents(work.reduction))
    result.practitioner = int(cents(work.practitioner))
    result.fee = int(cents(work.fee))
    result.limiting = None if work.limiting is None else int(cents(work.limiting))


# --- The two entry points --------------------------------------------------------


def in_standing_order(works: Sequence[Work]) -> list[Work]:
    """Order the lines so that ties never make the total depend on line order.

    Reading: lines that are alike but for their side keep their order (R16); others
    that tie follow what else decides their price, the charge first.
    """

    def standing(work: Work) -> tuple[object, ...]:
        line = work.line
        return (
            line.charge_cents is not None,
            line.charge_cents or 0,
            sorted(work.mods - {"RT", "LT"}),
            line.units,
            line.provider,
            line.participating,
            line.percent_payable or 0,
            work.setting == "F",
            (work.gpci.work, work.gpci.pe, work.gpci.mp),
            line.postop_share,
            work.factor,
            work.release.name,
        )

    return sorted(works, key=standing)


def price_claim(
    lines: Sequence[OracleLine],
    sources: Sources,
    *,
    deductible_cents: int = 0,
    switches: Switches | None = None,
) -> list[OracleResult]:
    """Price one claim: one patient, one practitioner or group (R1 to R38).

    Lines may differ in date and place; same-day rules look at one date at a time,
    the deductible is taken in line order over all of them.
    """
    switches = switches or Switches()
    final = switches.rounding == "final"
    rounder = Rounder(switches.tie, stages_exact=final)
    examined = [
        examine(index, line, sources, switches) for index, line in enumerate(lines)
    ]
    results = [result for result, _ in examined]
    works = bundle_minor_services(results, [work for _, work in examined if work])
    places = [work.index for work in works]
    ranked = in_standing_order(works)
    given = {id(work): index for work, index in zip(works, places, strict=True)}
    for rank, work in enumerate(ranked):
        work.index = rank
    unrounded: dict[int, Fraction | None] = {}
    if switches.limiting == "unrounded":
        exact = Rounder(switches.tie, base_exact=True, stages_exact=True)
        price_to_fee(ranked, sources, exact, switches)
        unrounded = {given[id(work)]: work.limiting for work in ranked}
    price_to_fee(ranked, sources, rounder, switches)
    for work in works:
        work.index = given[id(work)]
    owed = Fraction(deductible_cents)
    for work in works:
        result = results[work.index]
        report(work, result, rounder.cents)
        if work.index in unrounded:
            limiting = unrounded[work.index]
            result.limiting = None if limiting is None else int(limiting)
        owed -= settle(work, result, owed, rounder)
    return results


def price_line(
    line: OracleLine,
    sources: Sources,
    *,
    deductible_cents: int = 0,
    switches: Switches | None = None,
) -> OracleResult:
    """Price a claim of one line."""
    return price_claim(
        [line], sources, deductible_cents=deductible_cents, switches=switches
    )[0]

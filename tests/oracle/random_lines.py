"""Seeded random claim lines over every release in hand.

Codes are weighted to rows that exercise a rule; combinations of modifiers are mostly
sensible and sometimes wrong.  The same ``random.Random`` state gives the same lines.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache

from . import tables
from .oracle import OracleLine
from .sources import (
    RELEASE_STARTS,
    SOUTHERN_CALIFORNIA,
    Release,
    Row,
    Sources,
    release_for,
)

# Services whose cost sharing may be waived although R29 does not print them ("among
# them"): never drawn, so that a longer table in the library is no difference.
UNCERTAIN_WAIVERS = frozenset(
    (
        "G0011 G0012 G0013 G0102 G0103 G0108 G0109 G0117 G0118 G0122 G0123 G0136 "
        "G0143 G0144 G0145 G0147 G0148 G0202 G0204 G0206 G0279 G0297 G0389 G0403 "
        "G0404 G0405 G0436 G0437 G0472 G0475 G0476 G0499 G0513 G0514 G0532 G0534 "
        "G0537 G0538 P3000 74263 74261 74262 99497 99498 00811 G9886 G9887 G0468"
    ).split()
)
_WAIVED = sorted(tables.NO_COST_SHARE_CODES | tables.NO_DEDUCTIBLE_CODES)
_EVERY_MODIFIER = sorted(tables.KNOWN_MODIFIERS | tables.FACILITY_CLAIM_MODIFIERS)
_COMMON_POS = ("11", "11", "11", "22", "22", "21", "24", "23", "19", "02", "10", "12")
_EVERY_POS = sorted(tables.FACILITY_POS | tables.NONFACILITY_POS)
_PROVIDERS = sorted(tables.PRACTITIONER_SHARE)


@dataclass
class Pools:
    """The rows of a release by what they exercise; blank-modifier codes."""

    by_kind: dict[str, list[str]]
    families: dict[str, list[str]]
    places: list[tuple[str, str]]
    rows: dict[tuple[str, str], Row]


@cache
def pools(release: Release) -> Pools:
    """Sort the rows of a release into pools."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    families: dict[str, list[str]] = defaultdict(list)
    for row in release.rows.values():
        if row.code in UNCERTAIN_WAIVERS or row.modifier:
            continue
        for kind in _kinds(row):
            by_kind[kind].append(row.code)
        if row.endo_base and row.status == "A":
            families[row.endo_base].append(row.code)
    by_kind["split53"] = [code for code, mod in release.rows if mod == "53"]
    by_kind["waived"] = [code for code in _WAIVED if (code, "") in release.rows]
    by_kind["only26"] = [
        code for code, mod in release.rows if mod == "26" and _is_odd26(release, code)
    ]
    return Pools(dict(by_kind), dict(families), sorted(release.gpcis), release.rows)


def _is_odd26(release: Release, code: str) -> bool:
    """Whether the 26 row stands without a TC row, or without a blank one."""
    return (code, "") not in release.rows or (code, "TC") not in release.rows


def _kinds(row: Row) -> list[str]:
    """Name the pools a blank-modifier row belongs to."""
    kinds = [f"status {row.status}"]
    if row.status == "R" and not row.has_rvus:
        kinds.append("restricted without RVUs")
    if row.status not in {"A", "R", "T"} or not row.has_rvus:
        return kinds
    kinds += ["payable", f"multiple {row.multiple}", f"pctc {row.pctc}"]
    if row.multiple == "2":
        kinds += [f"surgery {row.global_days}", f"surgery bilateral {row.bilateral}"]
        kinds += [f"assistant {row.assistant}", f"co-surgeon {row.co_surgeon}"]
        kinds.append(f"team {row.team}")
    if row.code.startswith("99") and row.multiple == "0":
        kinds.append("visit")
    if row.code.startswith("7") and row.pctc == "1" and row.multiple == "0":
        kinds.append("film")
    if row.multiple in {"0", "9"}:
        kinds.append(f"other bilateral {row.bilateral}")
    if row.has_cap:
        kinds.append("capped")
    if row.multiple == "4" and row.has_cap:
        kinds.append("capped imaging")
    return kinds


@dataclass
class Draft:
    """What a scene chooses for a line; the rest comes from the frame."""

    code: str
    mods: list[str] = field(default_factory=list)
    units: int = 1
    minutes: int | None = None
    provider: str | None = None
    pos: str | None = None


@dataclass
class Frame:
    """What the lines of a claim share."""

    rng: random.Random
    pools: Pools
    base: OracleLine

    def code(self, kind: str) -> str:
        """Draw a code of a kind, any payable code where the release has none."""
        found = self.pools.by_kind.get(kind) or self.pools.by_kind["payable"]
        return self.rng.choice(found)

    def chance(self, percent: float) -> bool:
        """Be true in so many cases of a hundred."""
        return self.rng.random() * 100 < percent


# --- Scenes for single lines -----------------------------------------------------


def _plain(frame: Frame) -> Draft:
    kinds = ("payable", "payable", "visit", "capped", "surgery 000", "multiple 9")
    draft = Draft(frame.code(frame.rng.choice(kinds)))
    if frame.chance(15):
        draft.units = frame.rng.randint(2, 5)
    if frame.chance(15):
        draft.mods.append(frame.rng.choice(sorted(tables.NEUTRAL_MODIFIERS)))
    return draft


def _status(frame: Frame) -> Draft:
    kinds = [kind for kind in frame.pools.by_kind if kind.startswith("status ")]
    kinds += ["restricted without RVUs", "status T", "status T", "status R"]
    draft = Draft(frame.code(frame.rng.choice(sorted(kinds))))
    if frame.pools.rows[draft.code, ""].status == "J":
        draft.mods, draft.minutes = ["AA"], frame.rng.randint(1, 400)
    return draft


def _component(frame: Frame) -> Draft:
    draft = Draft(frame.code(frame.rng.choice(("pctc 1", "capped", "film"))))
    draft.mods += frame.rng.choice(([], ["26"], ["TC"], ["26", "59"]))
    return draft


def _indicator(frame: Frame) -> Draft:
    """Draw a row of each PC/TC indicator, with or without components."""
    draft = Draft(frame.code(f"pctc {frame.rng.choice('2345678')}"))
    if frame.chance(10):
        draft.code = frame.code("only26")
    draft.mods += frame.rng.choice(([], [], [], ["26"], ["TC"]))
    draft.pos = frame.rng.choice((None, "21", "22", "11"))
    draft.provider = frame.rng.choice((None, None, "PT", "OT", "SLP"))
    return draft


def _film(frame: Frame) -> Draft:
    draft = Draft(frame.code(frame.rng.choice(("film", "film", "multiple 4"))))
    draft.mods += frame.rng.choice(([], ["TC"], ["26"], []))
    reductions = ("FX", "FY", "CT")
    draft.mods += frame.rng.sample(reductions, frame.rng.choice((1, 1, 1, 2, 3)))
    draft.mods += frame.rng.choice(([], [], ["50"], ["RT"]))
    if "50" not in draft.mods and frame.chance(15):
        draft.units = 2
    return draft


def _bilateral(frame: Frame) -> Draft:
    kinds = [
        *(f"surgery bilateral {digit}" for digit in "0129"),
        *(f"other bilateral {digit}" for digit in "01239"),
        "multiple 3",
        "multiple 4",
        "multiple 6",
        "multiple 7",
    ]
    draft = Draft(frame.code(frame.rng.choice(kinds)))
    if frame.chance(50):
        draft.mods.append("50")
        draft.units = 2 if frame.chance(4) else 1
    else:
        draft.mods += frame.rng.choice(([], [], [], ["RT"], ["LT"]))
        draft.units = 1 if draft.mods else frame.rng.choice((2, 2, 3))
    return draft


def _split_care(frame: Frame) -> Draft:
    kinds = ("surgery 090", "surgery 090", "surgery 010", "surgery 000", "payable")
    draft = Draft(frame.code(frame.rng.choice(kinds)))
    draft.mods += frame.rng.choice(
        (["54"], ["55"], ["56"], ["54", "55"], ["78"], ["78"], ["55", "56"])
    )
    if frame.chance(15):
        draft.mods.append("50")
    return draft


def _role(frame: Frame) -> Draft:
    kind, mods, provider = frame.rng.choice(
        (
            ("assistant 2", "80", "MD"),
            ("assistant 2", "81", "MD"),
            ("assistant 2", "82", "MD"),
            ("assistant 2", "AS", "PA"),
            ("assistant 2", "AS", "NP"),
            ("assistant 2", "AS", "CNS"),
            ("assistant 2", "AS", "MD"),
            ("assistant 2", "80", "PA"),
            ("assistant 0", "80", "MD"),
            ("assistant 0", "AS", "PA"),
            ("assistant 1", "80", "MD"),
            ("payable", "82", "MD"),
            ("co-surgeon 2", "62", "MD"),
            ("co-surgeon 1", "62", "MD"),
            ("co-surgeon 0", "62", "MD"),
            ("team 2", "66", "MD"),
            ("team 1", "66", "MD"),
            ("team 0", "66", "MD"),
        )
    )
    draft = Draft(frame.code(kind), [mods], provider=provider)
    if frame.chance(15):
        draft.mods.append(frame.rng.choice(("50", "RT", "54", "22", "52", "51")))
    return draft


def _reduced(frame: Frame) -> Draft:
    draft = Draft(frame.code(frame.rng.choice(("payable", "pctc 1", "surgery 000"))))
    draft.mods.append(frame.rng.choice(("52", "53", "22")))
    if frame.chance(25):
        draft = Draft(frame.code("split53"), [frame.rng.choice(("53", "53", "52"))])
    return draft


def _anesthesia(frame: Frame) -> Draft:
    draft = Draft(frame.code("status J"))
    draft.mods.append(frame.rng.choice(sorted(tables.ANESTHESIA_MODIFIERS)))
    draft.mods += frame.rng.choice(([], [], ["P3"], ["QS"], ["G8"], ["23"]))
    draft.minutes = frame.rng.randint(1, 500)
    draft.provider = frame.rng.choice((None, "MD", "CRNA", "CAA"))
    if frame.chance(4):
        draft.code = frame.rng.choice(("01995", "01996"))
        draft.minutes = frame.rng.choice((None, 30))
    if frame.chance(4):
        draft.mods = draft.mods[1:]
    elif frame.chance(3):
        draft.minutes = frame.rng.choice((None, 0))
    return draft


def _therapy(frame: Frame) -> Draft:
    draft = Draft(frame.code("multiple 5"), units=frame.rng.choice((1, 1, 2, 3, 4)))
    plan, assistant, provider = frame.rng.choice(
        (("GP", "CQ", "PT"), ("GO", "CO", "OT"), ("GN", "", "SLP"))
    )
    if frame.chance(90):
        draft.mods.append(plan)
        draft.provider = frame.rng.choice((provider, None))
    if assistant and frame.chance(30):
        draft.mods.append(assistant)
    if frame.chance(10):
        draft.mods.append(frame.rng.choice(("59", "KX", "XE", "97")))
    return draft


def _sharing(frame: Frame) -> Draft:
    if frame.chance(50):
        return Draft(frame.code("waived"))
    family = frame.rng.choice(sorted(frame.pools.families))
    code = frame.rng.choice(frame.pools.families[family])
    return Draft(code, [frame.rng.choice(("33", "PT"))])


def _wrong(frame: Frame) -> Draft:
    """Draw codes and modifiers that are refused, or at least odd."""
    draft = Draft(frame.code("payable"))
    draft.mods = frame.rng.sample(_EVERY_MODIFIER, frame.rng.randint(1, 3))
    match frame.rng.randrange(8):
        case 0:
            draft.code = frame.rng.choice(("ABCDE", "00000", "9921X"))
        case 1:
            draft.mods.append(frame.rng.choice(("ZZ", "Q9", "00")))
        case 2:
            draft.mods.append(draft.mods[0])
        case 3:
            draft.code = frame.rng.choice(sorted(frame.pools.rows))[0]
        case 4 | 5:
            exclusive = sorted(frame.rng.choice(tables.EXCLUSIVE_SETS))
            draft.mods = frame.rng.sample(exclusive, 2)
        case _:
            pass
    return draft


Scene = Callable[[Frame], Draft]
LINE_SCENES: tuple[tuple[Scene, int], ...] = (
    (_plain, 20),
    (_status, 8),
    (_component, 10),
    (_indicator, 7),
    (_film, 8),
    (_bilateral, 10),
    (_split_care, 8),
    (_role, 9),
    (_reduced, 5),
    (_anesthesia, 8),
    (_therapy, 6),
    (_sharing, 4),
    (_wrong, 5),
)


# --- Themes for claims -----------------------------------------------------------


def _surgery_theme(frame: Frame, count: int) -> list[Draft]:
    drafts: list[Draft] = []
    mods = frame.rng.choice(([], [], [], ["54"], ["62"], ["80"]))
    while len(drafts) < count:
        kind = frame.rng.choice(("surgery 090", "surgery 010", "surgery 000"))
        draft = Draft(frame.code(kind), list(mods))
        if frame.chance(25):
            draft.code = frame.code("surgery bilateral 1")
            draft.mods += frame.rng.choice((["50"], ["RT"], ["LT"], []))
            draft.units = 1 if draft.mods else 2
        elif frame.chance(15):
            draft.units = frame.rng.randint(2, 4)
        if frame.chance(10):
            draft.mods.append("51")
        if frame.chance(6) and "54" not in draft.mods:
            draft.mods.append("78")
        drafts.append(draft)
    if frame.chance(30):
        drafts[frame.rng.randrange(count)] = Draft(frame.code("visit"), ["25"])
    return drafts


def _sides_theme(frame: Frame, count: int) -> list[Draft]:
    kinds = [f"surgery bilateral {digit}" for digit in "0122"]
    kinds += [f"other bilateral {digit}" for digit in "0123"]
    kinds += ["multiple 4", "multiple 6", "multiple 7", "multiple 3", "film"]
    drafts: list[Draft] = []
    while len(drafts) < count:
        code = frame.code(frame.rng.choice(kinds))
        more = frame.rng.choice(([], [], [], ["78"], ["26"], ["54"], ["FX"]))
        more = more if more in ([], ["26"]) or frame.chance(50) else []
        pair = [Draft(code, [side, *more]) for side in ("RT", "LT")]
        if frame.chance(12):
            pair.append(Draft(code, ["RT", *more]))
        if frame.chance(10):
            pair = pair[:1]
        frame.rng.shuffle(pair)
        drafts += pair
    if frame.chance(30):
        frame.rng.shuffle(drafts)
    return drafts[: max(count, 2)]


def _endoscopy_theme(frame: Frame, count: int) -> list[Draft]:
    chosen = frame.rng.sample(sorted(frame.pools.families), frame.rng.randint(1, 2))
    drafts: list[Draft] = []
    while len(drafts) < count:
        base = frame.rng.choice(chosen)
        code = frame.rng.choice(frame.pools.families[base])
        if frame.chance(15):
            code = base
        elif frame.chance(10):
            code = frame.code("surgery 090")
        draft = Draft(code)
        if frame.chance(12):
            draft.mods.append(frame.rng.choice(("50", "59", "51", "53", "RT", "78")))
        elif frame.chance(8):
            draft.units = frame.rng.choice((2, 3))
        drafts.append(draft)
    return drafts


def _ranked_tests_theme(kinds: Sequence[str]) -> Callable[[Frame, int], list[Draft]]:
    """Make a theme of tests that are ranked by their technical part."""

    def theme(frame: Frame, count: int) -> list[Draft]:
        drafts: list[Draft] = []
        for _ in range(count):
            draft = Draft(frame.code(frame.rng.choice(kinds)))
            row = frame.pools.rows[draft.code, ""]
            if row.pctc == "1":
                draft.mods += frame.rng.choice(([], [], [], ["26"], ["TC"]))
            if frame.chance(8):
                draft.mods.append(frame.rng.choice(("59", "XE")))
            if frame.chance(6):
                draft.mods.append(frame.rng.choice(("50", "CT", "FX", "52")))
            elif frame.chance(10):
                draft.units = 2
            drafts.append(draft)
        return drafts

    return theme


def _therapy_theme(frame: Frame, count: int) -> list[Draft]:
    return [_therapy(frame) for _ in range(count)]


def _assistant_theme(frame: Frame, count: int) -> list[Draft]:
    modifier, provider = frame.rng.choice((("80", "MD"), ("AS", "PA"), ("62", "MD")))
    kind = "co-surgeon 2" if modifier == "62" else "assistant 2"
    return [
        Draft(frame.code(kind), [modifier], provider=provider) for _ in range(count)
    ]


def _minor_theme(frame: Frame, count: int) -> list[Draft]:
    """Status T lines beside other lines, payable or refused."""
    drafts = [Draft(frame.code("status T"))]
    while len(drafts) < count:
        scene = frame.rng.choice((_status, _plain, _reduced))
        drafts.append(scene(frame))
    frame.rng.shuffle(drafts)
    return drafts


def _mixed_theme(frame: Frame, count: int) -> list[Draft]:
    return [_draw_scene(frame) for _ in range(count)]


Theme = Callable[[Frame, int], list[Draft]]
CLAIM_THEMES: tuple[tuple[Theme, int], ...] = (
    (_surgery_theme, 16),
    (_sides_theme, 10),
    (_endoscopy_theme, 16),
    (_ranked_tests_theme(("multiple 4", "capped imaging")), 14),
    (_ranked_tests_theme(("multiple 6", "multiple 6", "pctc 4")), 9),
    (_ranked_tests_theme(("multiple 7",)), 7),
    (_ranked_tests_theme(("multiple 4", "multiple 6", "multiple 7")), 4),
    (_therapy_theme, 10),
    (_assistant_theme, 5),
    (_minor_theme, 4),
    (_mixed_theme, 15),
)


# --- Frames ----------------------------------------------------------------------


def random_date(rng: random.Random) -> dt.date:
    """Draw a date, evenly over the releases, sometimes at an edge."""
    if rng.random() < 0.1:
        edges = (
            (2020, 4, 30),
            (2020, 5, 1),
            (2022, 1, 1),
            (2021, 12, 31),
            (2022, 3, 31),
            (2022, 4, 1),
            (2022, 6, 30),
            (2022, 7, 1),
            (2022, 12, 31),
            (2023, 1, 1),
            (2023, 12, 31),
            (2024, 1, 1),
            (2024, 3, 8),
            (2024, 3, 9),
            (2024, 10, 1),
            (2025, 12, 31),
            (2026, 1, 1),
            (2026, 6, 30),
            (2026, 12, 31),
        )
        return dt.date(*rng.choice(edges))
    start = rng.choice(sorted(RELEASE_STARTS.values()))
    days = 23 if start == dt.date(2024, 3, 9) else 90
    return start + dt.timedelta(days=rng.randrange(days))


def _frame(rng: random.Random, sources: Sources) -> Frame:
    """Draw what the lines of a claim share."""
    date = random_date(rng)
    chosen = release_for(date)
    assert chosen is not None
    release = sources.release(chosen[0])
    found = pools(release)
    mac: str | None
    locality: str | None
    mac, locality = rng.choice(found.places)
    if locality in SOUTHERN_CALIFORNIA and mac in {"01112", "01182"}:
        mac = rng.choice(("01112", "01182"))
    if rng.random() < 0.04:
        mac = locality = None
    pos: str | None = rng.choice(rng.choice((_COMMON_POS, _COMMON_POS, _EVERY_POS)))
    setting = None
    if rng.random() < 0.15:
        pos = rng.choice((None, pos))
        setting = rng.choice(("F", "N", None))
    base = OracleLine(
        date=date,
        code="",
        mac=mac,
        locality=locality,
        pos=pos,
        setting=setting,
        provider="MD" if rng.random() < 0.7 else rng.choice(_PROVIDERS),
        participating=rng.random() < 0.7,
        qp=rng.random() < 0.25,
    )
    return Frame(rng, found, base)


def _draw_scene(frame: Frame) -> Draft:
    scenes = [scene for scene, _ in LINE_SCENES]
    weights = [weight for _, weight in LINE_SCENES]
    return frame.rng.choices(scenes, weights)[0](frame)


def _finish(frame: Frame, draft: Draft, faults: float) -> OracleLine:
    """Make a line of a draft: caller's facts, charge, now and then a fault."""
    rng = frame.rng
    mods = list(draft.mods)
    if frame.chance(3):
        mods.append(rng.choice(_EVERY_MODIFIER))
    rng.shuffle(mods)
    charge = None
    if frame.chance(35):
        charge = rng.choice((rng.randint(1, 5000), rng.randint(1000, 300000)))
    days = rng.randint(1, 90)
    percent = Fraction(rng.choice((70, 50, 33, 85, 25))) if frame.chance(60) else None
    line = replace(
        frame.base,
        code=draft.code,
        modifiers=tuple(mods),
        units=draft.units,
        minutes=draft.minutes,
        charge_cents=charge,
        provider=draft.provider or frame.base.provider,
        pos=draft.pos or frame.base.pos,
        documented=frame.chance(40),
        postop_share=Fraction(days, 90) if frame.chance(40) else Fraction(1),
        percent_payable=percent,
        induction=frame.chance(70),
        cost_share=not frame.chance(4),
    )
    return _spoil(rng, line) if rng.random() < faults else line


def _spoil(rng: random.Random, line: OracleLine) -> OracleLine:
    """Put one input fault into a line."""
    match rng.randrange(5):
        case 0:
            return replace(line, pos=rng.choice(("00", "29", "98", "XX")))
        case 1:
            return replace(line, units=rng.choice((0, -1, Fraction(3, 2))))
        case 2:
            return replace(line, mac="99999", locality="00")
        case 3:
            return replace(line, date=dt.date(rng.choice((2018, 2019, 2027)), 5, 1))
        case _:
            return replace(line, charge_cents=-1)


def random_line(
    rng: random.Random, sources: Sources, *, faults: float = 0.01
) -> OracleLine:
    """Draw one line; ``faults`` is the share with unreadable input."""
    frame = _frame(rng, sources)
    return _finish(frame, _draw_scene(frame), faults)


def random_claim(
    rng: random.Random,
    sources: Sources,
    max_lines: int = 12,
    *,
    faults: float = 0.005,
) -> list[OracleLine]:
    """Draw a claim of related lines, mostly of one date and one practitioner."""
    frame = _frame(rng, sources)
    most = max(1, max_lines - 1)
    count = min(rng.choice((1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11)), most)
    themes = [theme for theme, _ in CLAIM_THEMES]
    weights = [weight for _, weight in CLAIM_THEMES]
    drafts = rng.choices(themes, weights)[0](frame, count)
    if frame.chance(25):
        drafts.insert(rng.randrange(len(drafts) + 1), _draw_scene(frame))
    provider = next((d.provider for d in drafts if d.provider), frame.base.provider)
    frame.base = replace(frame.base, provider=provider)
    lines = []
    for draft in drafts[:max_lines]:
        line = _finish(frame, replace(draft, provider=None), faults)
        if frame.chance(3):
            line = replace(line, pos=rng.choice(_COMMON_POS))
        lines.append(line)
    if frame.chance(6):
        moved = rng.randrange(len(lines))
        lines[moved] = _other_day(rng, lines[moved])
    return lines


def _other_day(rng: random.Random, line: OracleLine) -> OracleLine:
    """Move a line to another day of its year."""
    return replace(line, date=line.date.replace(month=rng.randint(1, 12), day=15))


def random_deductible(rng: random.Random) -> int:
    """Draw the deductible still owed, in cents."""
    if rng.random() < 0.6:
        return 0
    return rng.choice((rng.randint(1, 5000), rng.randint(5000, 28300)))

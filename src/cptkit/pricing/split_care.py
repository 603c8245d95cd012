"""Split global care and both sides: R13 and R14 as far as one line decides."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from .share import Share

if TYPE_CHECKING:
    from .._store import Row
    from .request import Request


def can_split(row: Row) -> bool:
    """Whether the row's global payment has shares that add up (R13)."""
    profile = row.profile
    whole = profile.pre + profile.intra + profile.post == 100
    return whole and profile.global_days in ("010", "090")


def split_shares(request: Request, row: Row) -> tuple[Share, ...]:
    """The share of the global payment that 54, 55, 56 or 78 pays (R13).

    >>> import cptkit
    >>> where = dict(locality="15202-00", on="2025-10-15", setting="facility")
    >>> cptkit.price("66984", "54", **where).allowed
    Decimal('398.91')
    """
    mods, profile = request.mods, row.profile
    if "78" in mods:
        if profile.global_days == "000":
            return ()
        what = "return to the operating room (78): intra-operative share"
        return (Share("R13", what, profile.intra, 100, "mod78-intra"),)
    parts = Fraction(0)
    names: list[str] = []
    if "54" in mods:
        parts += Fraction(profile.pre + profile.intra, 100)
        names.append("surgical care (54): pre- and intra-operative shares")
    if "55" in mods:
        parts += _postop(request, profile.post)
        names.append("post-operative care (55)")
    if "56" in mods:
        if request.basis.options.mod56 == "pre" and "54" not in mods:
            parts += Fraction(profile.pre, 100)
        names.append("pre-operative care (56)")
    if not names:
        return ()
    what = ", ".join(names)
    return (Share("R13", what, parts.numerator, parts.denominator, "split-54-55"),)


def _postop(request: Request, post: int) -> Fraction:
    """Post-operative share times the share of the days; a tenth where asked for."""
    exact = Fraction(post, 100) * request.basis.postop_share
    if request.basis.options.postop_share == "exact":
        return exact
    tenths = (exact * 2000 + 1) // 2
    return Fraction(tenths, 1000)


def bilateral_share(request: Request, row: Row) -> Share | None:
    """What modifier 50 pays on this row (R14); None where it changes nothing."""
    if "50" not in request.mods:
        return None
    indicator = row.profile.bilateral
    if indicator == "1":
        return Share.of(request.basis.rates["bilateral"], "R14", "both sides (50)")
    if indicator == "3":
        rate = request.basis.rates["bilateral-each-side"]
        return Share.of(rate, "R14", "both sides (50), each in full")
    what = {
        "0": "both sides (50): one fee, whatever the sides",
        "2": "both sides (50): the fee already counts both",
    }.get(indicator, "both sides (50): the concept does not apply")
    return Share("R14", what, 1, 1, "bilateral-readme")


def pairs_units(row: Row, two_units: str) -> bool:
    """Whether two units of an indicator-1 row are both sides of one procedure (R14)."""
    return row.profile.bilateral == "1" and (
        two_units == "any" or row.profile.multiple in ("2", "3")
    )

"""Rates and tables of the rule book, written out by hand."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

# --- R2: conversion factor by first day of service, then its QP twin.
CONVERSION_FACTORS: tuple[tuple[dt.date, Fraction, Fraction], ...] = tuple(
    (dt.date(year, month, day), Fraction(factor), Fraction(qp))
    for year, month, day, factor, qp in (
        (2020, 1, 1, "36.0896", "36.0896"),
        (2021, 1, 1, "34.8931", "34.8931"),
        (2022, 1, 1, "34.6062", "34.6062"),
        (2023, 1, 1, "33.8872", "33.8872"),
        (2024, 1, 1, "32.7442", "32.7442"),
        (2024, 3, 9, "33.2875", "33.2875"),
        (2025, 1, 1, "32.3465", "32.3465"),
        (2026, 1, 1, "33.4009", "33.5675"),
    )
)

# --- R32: national anesthesia factors, used when no place is given.
ANESTHESIA_FACTORS: tuple[tuple[dt.date, Fraction, Fraction], ...] = tuple(
    (dt.date(year, month, day), Fraction(factor), Fraction(qp))
    for year, month, day, factor, qp in (
        (2020, 1, 1, "22.2016", "22.2016"),
        (2021, 1, 1, "21.5600", "21.5600"),
        (2022, 1, 1, "21.5623", "21.5623"),
        (2023, 1, 1, "21.1249", "21.1249"),
        (2024, 1, 1, "20.4349", "20.4349"),
        (2024, 3, 9, "20.7739", "20.7739"),
        (2025, 1, 1, "20.3178", "20.3178"),
        (2026, 1, 1, "20.49754", "20.599835"),
    )
)

# --- R7
FACILITY_POS = frozenset(
    "02 06 08 19 21 22 23 24 26 31 34 41 42 51 52 53 56 61".split()
)
NONFACILITY_POS = frozenset(
    "01 03 04 05 07 09 10 11 12 13 14 15 16 17 18 20 25 27 32 33 49 50 54 55 57 58 "
    "60 62 65 66 71 72 81 99".split()
)
HOSPITAL_POS = frozenset({"19", "21", "22", "23"})  # R12

# --- R34
FACILITY_CLAIM_MODIFIERS = frozenset({"73", "74", "PN", "PO", "CA"})
ROLE_MODIFIERS = frozenset({"80", "81", "82", "AS", "62", "66"})
ASSISTANT_MODIFIERS = frozenset({"80", "81", "82", "AS"})
SPLIT_MODIFIERS = frozenset({"54", "55", "56", "78"})
ANESTHESIA_MODIFIERS = frozenset({"AA", "QZ", "QK", "QY", "QX", "AD"})
THERAPY_MODIFIERS = frozenset({"GP", "GO", "GN"})
EFFECTIVE_MODIFIERS = (
    frozenset("26 TC 53 52 50 RT LT 59 XE 22 FX FY CT CQ CO 33 PT".split())
    | ROLE_MODIFIERS
    | SPLIT_MODIFIERS
    | ANESTHESIA_MODIFIERS
)
NEUTRAL_MODIFIERS = frozenset(
    (
        "23 24 25 27 32 47 51 57 58 63 76 77 79 90 91 92 93 95 96 97 99 "
        "AF AG AI AQ AR AT CR CS E1 E2 E3 E4 FA F1 F2 F3 F4 F5 F6 F7 F8 F9 "
        "TA T1 T2 T3 T4 T5 T6 T7 T8 T9 FQ FR FS FT "
        "G0 G1 G2 G3 G4 G5 G6 G7 G8 G9 GA GC GE GF GG GH GJ GN GO GP GQ GR GT GV GW "
        "GX GY GZ JG JW JZ TB KX LC LD LM RC RI LR P1 P2 P3 P4 P5 P6 "
        "Q0 Q1 Q5 Q6 QS QW SG XP XS XU"
    ).split()
)
KNOWN_MODIFIERS = EFFECTIVE_MODIFIERS | NEUTRAL_MODIFIERS
# Any two members of one of these sets on a line exclude each other.
EXCLUSIVE_SETS: tuple[frozenset[str], ...] = (
    frozenset({"26", "TC"}),
    frozenset({"52", "53"}),
    frozenset({"78", "54"}),
    frozenset({"78", "55"}),
    frozenset({"78", "56"}),
    frozenset({"50", "RT", "LT"}),
    ROLE_MODIFIERS,
    ANESTHESIA_MODIFIERS,
    frozenset({"CQ", "CO"}),
)

# --- R14: factor of a bilateral procedure on one line, and of the second of two lines.
BILATERAL_FACTOR = {
    "0": Fraction(1),
    "1": Fraction(3, 2),
    "2": Fraction(1),
    "3": Fraction(2),
    "9": Fraction(1),
}
SECOND_SIDE_FACTOR = {
    "0": Fraction(0),
    "1": Fraction(1, 2),
    "2": Fraction(0),
    "3": Fraction(1),
}

# --- R20: technical companions of PC/TC 4 rows.
COMPANIONS: dict[str, tuple[str, ...]] = {
    "93000": ("93005",),
    "93015": ("93017",),
    "93040": ("93041",),
    "93224": ("93225", "93226"),
    "93241": ("93242", "93243"),
    "93245": ("93246", "93247"),
    "93268": ("93270", "93271"),
    "93784": ("93786", "93788"),
    "0903T": ("0904T",),
    "0937T": ("0938T", "0939T"),
}

# --- R26
PRACTITIONER_SHARE: dict[str, Fraction] = {
    "MD": Fraction(1),
    "NP": Fraction(85, 100),
    "PA": Fraction(85, 100),
    "CNS": Fraction(85, 100),
    "CNM": Fraction(1),
    "CP": Fraction(1),
    "CSW": Fraction(75, 100),
    "MFT": Fraction(75, 100),
    "MHC": Fraction(75, 100),
    "RD": Fraction(85, 100),
    "PT": Fraction(1),
    "OT": Fraction(1),
    "SLP": Fraction(1),
    "AUD": Fraction(1),
    "CRNA": Fraction(1),
    "CAA": Fraction(1),
}
COUNSELORS = frozenset({"MFT", "MHC"})
COUNSELORS_FROM = dt.date(2024, 1, 1)
AS_PRACTITIONERS = frozenset({"PA", "NP", "CNS"})
# --- R27
ASSIGNMENT_ONLY = frozenset("NP PA CNS CNM CP CSW MFT MHC RD CRNA CAA".split())

# --- R29
NO_COST_SHARE_CODES = frozenset(
    (
        "G0402 G0438 G0439 77063 77067 G0104 G0105 G0121 76706 "
        "G0130 76977 77078 77080 77081 77085 G0101 Q0091 G0124 G0141 P3001 "
        "97802 97803 97804 G0270 G0271 "
        "G0442 G0443 G0444 G0445 G0446 G0447 G0473 99406 99407 G0296 71271 00812"
    ).split()
)
NO_DEDUCTIBLE_CODES = frozenset({"G0106", "G0120"})

"""CMS's indicators: `.value` is CMS's own letter or digits, `.meaning` says it.

Source: the record layout that CMS ships inside each release, Attachment A.
Meanings are in this library's words.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar, cast

from .errors import CptkitError

if TYPE_CHECKING:
    from typing_extensions import Self


class Indicator(Enum):
    """Base of the indicators: a value of CMS's and what it means."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.meaning = meaning
        return member

    def __str__(self) -> str:
        return f"{self.value} ({self.meaning})"


_I = TypeVar("_I", bound=Indicator)


def indicator(kind: type[_I], value: str) -> _I:
    """The member of *kind* with CMS's *value*.

    Raises:
        CptkitError: CMS invented a value; the library must learn it first.
    """
    try:
        return cast("_I", kind._value2member_map_[value])
    except KeyError:
        msg = f"{kind.__name__} {value!r} is not known to this version of cptkit"
        raise CptkitError(msg) from None


class Status(Indicator):
    """Whether and how Medicare pays the code under the fee schedule (R5)."""

    ACTIVE = "A", "active: paid under the fee schedule when covered"
    BUNDLED = "B", "always bundled into another service"
    CONTRACTOR = "C", "the contractor sets the price"
    EXCLUDED = "E", "left out of the fee schedule by regulation"
    NOT_VALID = "I", "not valid for Medicare, which uses another code"
    ANESTHESIA = "J", "anesthesia: paid by base and time units"
    MEASUREMENT = "M", "measurement code, for reporting only"
    NON_COVERED = "N", "not covered by Medicare"
    BUNDLED_OR_EXCLUDED = "P", "bundled into another service or excluded"
    RESTRICTED = "R", "restricted coverage"
    INJECTION = "T", "paid only when no other fee-schedule service is, that day"
    STATUTORY_EXCLUSION = "X", "outside what the law calls physician services"
    DELETED_D = "D", "deleted"
    DELETED_F = "F", "deleted, without a grace period"
    DELETED_G = "G", "not valid for Medicare, with a grace period"
    DELETED_H = "H", "modifier deleted"

    @property
    def payable(self) -> bool:
        """Whether Medicare uses the row's RVUs for payment: A, R and T."""
        return self.value in ("A", "R", "T")


class Pctc(Indicator):
    """How the code divides into professional and technical components (R12)."""

    PHYSICIAN = "0", "physician service: it cannot be split"
    DIAGNOSTIC = "1", "can be split: 26 professional, TC technical"
    PROFESSIONAL_ONLY = "2", "professional component only"
    TECHNICAL_ONLY = "3", "technical component only"
    GLOBAL_ONLY = "4", "complete test; its components have codes of their own"
    INCIDENT_TO = "5", "incident to a physician's service; not in a hospital"
    LAB_INTERPRETATION = "6", "laboratory test with a physician's interpretation (26)"
    THERAPY = "7", "therapy; not by an independent therapist in a hospital"
    ABNORMAL_SMEAR = "8", "reading of an abnormal smear, hospital inpatients only"
    NOT_APPLICABLE = "9", "the concept does not apply"


class GlobalPeriod(Indicator):
    """Days of related care that the payment includes (R13)."""

    SAME_DAY = "000", "endoscopy or minor procedure: the same day"
    TEN_DAYS = "010", "minor procedure: the day and ten days after"
    NINETY_DAYS = "090", "major surgery: the day before, the day, ninety days after"
    MATERNITY = "MMM", "maternity: the usual global period does not apply"
    NONE = "XXX", "no global period"
    CONTRACTOR = "YYY", "the contractor decides"
    ADD_ON = "ZZZ", "add-on: inside the global period of another service"


class MultipleProcedure(Indicator):
    """Which reduction applies to several services on one day (R15)."""

    NONE = "0", "no reduction"
    PRE_1995 = "1", "ranking used before 1995"
    SURGERY = "2", "surgical ranking: 100, then 50 percent"
    ENDOSCOPY = "3", "endoscopy: the base of the family is taken off"
    IMAGING = "4", "diagnostic imaging: later technical and professional parts"
    THERAPY = "5", "therapy: half the practice expense of later units"
    CARDIOVASCULAR = "6", "diagnostic cardiovascular: later technical parts"
    OPHTHALMOLOGY = "7", "diagnostic ophthalmology: later technical parts"
    NOT_APPLICABLE = "9", "the concept does not apply"


class Bilateral(Indicator):
    """What a service on both sides pays (R14)."""

    NOT_BILATERAL = "0", "one fee, whatever the sides"
    ONE_AND_A_HALF = "1", "150 percent for both sides"
    ALREADY_BOTH = "2", "the fee already counts both sides"
    EACH_SIDE = "3", "each side in full"
    NOT_APPLICABLE = "9", "the concept does not apply"


class Assistant(Indicator):
    """Whether an assistant at surgery is paid (R22)."""

    WITH_DOCUMENTATION = "0", "only when documentation shows the need"
    NEVER = "1", "never"
    PAYABLE = "2", "payable"
    NOT_APPLICABLE = "9", "the concept does not apply"


class CoSurgeon(Indicator):
    """Whether two surgeons of different specialties are paid (R23)."""

    NEVER = "0", "never"
    WITH_DOCUMENTATION = "1", "when documentation shows the need for both"
    PAYABLE = "2", "payable where the two specialties differ"
    NOT_APPLICABLE = "9", "the concept does not apply"


class Team(Indicator):
    """Whether a team of surgeons is paid (R23)."""

    NEVER = "0", "never"
    WITH_DOCUMENTATION = "1", "when documentation shows the need; by report"
    PAYABLE = "2", "payable; by report"
    NOT_APPLICABLE = "9", "the concept does not apply"


class Supervision(Indicator):
    """Physician supervision of diagnostic tests; no price effect (R35)."""

    GENERAL = "01", "general supervision"
    DIRECT = "02", "direct supervision"
    PERSONAL = "03", "personal supervision"
    PSYCHOLOGIST = "04", "not needed for a psychologist, otherwise general"
    AUDIOLOGIST = "05", "not needed for an audiologist, otherwise direct"
    THERAPIST_CERTIFIED = "06", "a certified physical therapist or a physician"
    TECHNICIAN = "21", "general for a certified technician, otherwise direct"
    THERAPIST_PERSONAL = "22", "a therapist with online contact to a physician"
    THERAPIST_BOARD = "66", "a physician, or a board-certified physical therapist"
    THERAPIST_SUPERVISES = "6A", "as 66, and that therapist may supervise another"
    THERAPIST_OR_GENERAL = "77", "a certified therapist, or general for a technician"
    THERAPIST_77_SUPERVISES = "7A", "as 77, and that therapist may supervise another"
    NOT_APPLICABLE = "09", "the concept does not apply"


class ImagingFamily(Indicator):
    """Whether the diagnostic imaging reduction applies (R18)."""

    REDUCED = "88", "diagnostic imaging family: the multiple reduction applies"
    NOT_APPLICABLE = "99", "the concept does not apply"

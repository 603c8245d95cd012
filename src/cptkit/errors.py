"""What goes wrong, by type.

Every error of the library is a `CptkitError` and also the builtin a caller
already catches: `ValueError` for input that cannot be read, `LookupError` for
a code, place, date or release that is not there. Where an amount was asked
for and none exists, the refusal is a `NotPriced`: raised by `cptkit.price`,
and standing in the line's place in batches and claims.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from typing_extensions import Self


def show(value: object) -> str:
    """Render *value* for a message: its repr, never long, never failing."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 60 else text[:57] + "..."


def did_you_mean(
    value: str, choices: Iterable[str], limit: int = 3, cutoff: float = 0.6
) -> str:
    """Near matches of *value* as the end of a sentence, or nothing."""
    from difflib import get_close_matches

    near = get_close_matches(value[:40], list(choices), n=limit, cutoff=cutoff)
    return f"; did you mean {' or '.join(near)}?" if near else ""


class CptkitError(Exception):
    """Root of every error the library raises on purpose."""


class InvalidInputError(CptkitError, ValueError):
    """An argument that cannot be read as what it should be."""


class NotFoundError(CptkitError, LookupError):
    """A code, place, date or release that the library does not hold."""


class MissingExtraError(CptkitError, ImportError):
    """A library that an extra of cptkit brings is not installed.

    Args:
        extra: Name of the extra.
        library: What is missing.
    """

    def __init__(self, extra: str, library: str) -> None:
        self.extra, self.library = extra, library
        super().__init__(
            f"{library} is not installed: pip install 'cptkit[{extra}]'", name=library
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return MissingExtraError, (self.extra, self.library)


class SourceFileError(CptkitError, ValueError):
    """A CMS file that cannot be read as it stands.

    Args:
        message: What is wrong and what to do about it.
        path: The file, and the member inside it where it is an archive.
        line: Line number, from 1, where one is known.
        column: The column's name where one is known.
    """

    def __init__(
        self,
        message: str,
        *,
        path: object = None,
        line: int | None = None,
        column: str | None = None,
    ) -> None:
        self.message, self.path = message, None if path is None else str(path)
        self.line, self.column = line, column
        where = "" if path is None else f"{path}:"
        where += "" if line is None else f"{line}:"
        where += "" if column is None else f" column {column}:"
        super().__init__(f"{where} {message}".strip())

    def __reduce__(self) -> tuple[Any, ...]:
        return _source_file_error, (self.message, self.path, self.line, self.column)


def _source_file_error(
    message: str, path: str | None, line: int | None, column: str | None
) -> SourceFileError:
    return SourceFileError(message, path=path, line=line, column=column)


class Reason(Enum):
    """Why a line has no amount; `kind` groups the reasons."""

    kind: str

    def __new__(cls, value: str, kind: str) -> Self:
        member = object.__new__(cls)
        member._value_ = value
        member.kind = kind
        return member

    BUNDLED = "bundled", "bundled"
    NON_COVERED = "non-covered", "not-payable"
    EXCLUDED = "excluded", "not-payable"
    OTHER_FEE_SCHEDULE = "other-fee-schedule", "not-payable"
    NOT_VALID = "not-valid", "not-payable"
    REPORTING_ONLY = "reporting-only", "not-payable"
    DELETED = "deleted", "not-payable"
    ASSISTANT_NOT_PAYABLE = "assistant-not-payable", "not-payable"
    CO_SURGEON_NOT_PAYABLE = "co-surgeon-not-payable", "not-payable"
    TEAM_NOT_PAYABLE = "team-not-payable", "not-payable"
    SETTING_NOT_PAYABLE = "setting-not-payable", "not-payable"
    PRACTITIONER_NOT_PAYABLE = "practitioner-not-payable", "not-payable"
    CONTRACTOR_PRICED = "contractor-priced", "contractor-priced"
    BY_REPORT = "by-report", "by-report"
    UNKNOWN_CODE = "unknown-code", "error"
    MODIFIER_UNKNOWN = "modifier-unknown", "error"
    MODIFIER_NOT_ALLOWED = "modifier-not-allowed", "error"
    MODIFIER_CONFLICT = "modifier-conflict", "error"
    MODIFIER_MISSING = "modifier-missing", "error"
    UNITS_INVALID = "units-invalid", "error"
    MINUTES_MISSING = "minutes-missing", "error"
    CHARGE_INVALID = "charge-invalid", "error"
    POS_UNKNOWN = "pos-unknown", "error"
    ZIP_INVALID = "zip-invalid", "error"
    LOCALITY_UNKNOWN = "locality-unknown", "error"
    LOCALITY_AMBIGUOUS = "locality-ambiguous", "error"
    DATE_INVALID = "date-invalid", "error"
    DATE_NOT_COVERED = "date-not-covered", "error"
    PRACTITIONER_UNKNOWN = "practitioner-unknown", "error"
    ARGUMENT_INVALID = "argument-invalid", "error"


class NotPriced(CptkitError, ValueError):
    """A line without an amount, and why.

    Attributes:
        reason: The `Reason`.
        code: The code as read, or as given where it could not be read.
        message: One sentence: what was met, what was expected, what to do.
        cap: OPPS cap in dollars where the row has one (contractor-priced
            imaging), otherwise None.
        warnings: Lesser findings about the same line.
    """

    priced = False

    def __init__(
        self,
        reason: Reason,
        message: str,
        *,
        code: str = "",
        cap: Decimal | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.reason, self.message, self.code = reason, message, code
        self.cap, self.warnings = cap, warnings

    @property
    def kind(self) -> str:
        """The reason's group, as `Reason.kind`."""
        return self.reason.kind

    def explain(self) -> str:
        """The refusal as a short text a person can act on."""
        lines = [f"{self.code}: not priced ({self.reason.value})".lstrip(": ")]
        lines.append(self.message)
        if self.cap is not None:
            lines.append(f"The contractor's price may not exceed the cap ${self.cap}.")
        lines += [f"Note: {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain data; amounts as text."""
        return {
            "priced": False,
            "code": self.code,
            "reason": self.reason.name,
            "kind": self.kind,
            "message": self.message,
            "cap": None if self.cap is None else str(self.cap),
            "warnings": list(self.warnings),
        }

    def _identity(self) -> tuple[object, ...]:
        return self.reason, self.code, self.message, self.cap, self.warnings

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NotPriced):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.reason.name}, {self.message!r},"
            f" code={self.code!r})"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _not_priced, self._identity()


class NotPricedLookup(NotPriced, LookupError):
    """A `NotPriced` whose code, place or date is not there at all."""


_LOOKUPS = frozenset(
    {
        Reason.UNKNOWN_CODE,
        Reason.LOCALITY_UNKNOWN,
        Reason.LOCALITY_AMBIGUOUS,
        Reason.DATE_NOT_COVERED,
    }
)


def not_priced(
    reason: Reason,
    message: str,
    *,
    code: str = "",
    cap: Decimal | None = None,
    warnings: tuple[str, ...] = (),
) -> NotPriced:
    """The refusal of the right type for *reason*."""
    kind = NotPricedLookup if reason in _LOOKUPS else NotPriced
    return kind(reason, message, code=code, cap=cap, warnings=warnings)


def _not_priced(
    reason: Reason,
    code: str,
    message: str,
    cap: Decimal | None,
    warnings: tuple[str, ...],
) -> NotPriced:
    return not_priced(reason, message, code=code, cap=cap, warnings=warnings)

"""Price the Medicare Physician Fee Schedule offline, and say why.

``import cptkit`` only lists names: each is loaded from its module on first
use, so that a program that never prices anything pays nothing.

>>> import cptkit
>>> cptkit.price("96521").allowed
Decimal('143.62')
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import ncci, productivity
    from ._change import Change
    from ._code import Code, code
    from ._compare import Comparison
    from ._diff import Diff, diff
    from ._distribution import Distribution
    from ._history import History
    from ._impact import Impact
    from ._locality import GPCI, Locality
    from ._release import Release
    from ._rvus import Rvus
    from ._schedule import (
        FeeSchedule,
        install_release,
        install_zip9,
        releases,
        schedule,
        use_descriptors,
    )
    from ._taxonomy import Node
    from .errors import (
        CptkitError,
        InvalidInputError,
        MissingExtraError,
        NotFoundError,
        NotPriced,
        Reason,
        SourceFileError,
    )
    from .indicators import (
        Assistant,
        Bilateral,
        CoSurgeon,
        GlobalPeriod,
        ImagingFamily,
        MultipleProcedure,
        Pctc,
        Status,
        Supervision,
        Team,
    )
    from .pricing import price, price_many
    from .pricing.claim import Claim, price_claim
    from .pricing.findings import Finding
    from .pricing.line import Line, Options
    from .pricing.payment import Payment
    from .pricing.reference import ReferenceValue, reference_value
    from .pricing.tell import Step

_HOME = {
    "Assistant": "indicators",
    "Bilateral": "indicators",
    "Change": "_change",
    "CoSurgeon": "indicators",
    "Claim": "pricing.claim",
    "Code": "_code",
    "Comparison": "_compare",
    "CptkitError": "errors",
    "Diff": "_diff",
    "Distribution": "_distribution",
    "FeeSchedule": "_schedule",
    "Finding": "pricing.findings",
    "GPCI": "_locality",
    "GlobalPeriod": "indicators",
    "History": "_history",
    "ImagingFamily": "indicators",
    "Impact": "_impact",
    "InvalidInputError": "errors",
    "Line": "pricing.line",
    "Locality": "_locality",
    "MissingExtraError": "errors",
    "MultipleProcedure": "indicators",
    "Node": "_taxonomy",
    "NotFoundError": "errors",
    "NotPriced": "errors",
    "Options": "pricing.line",
    "Payment": "pricing.payment",
    "Pctc": "indicators",
    "Reason": "errors",
    "ReferenceValue": "pricing.reference",
    "Release": "_release",
    "Rvus": "_rvus",
    "SourceFileError": "errors",
    "Status": "indicators",
    "Step": "pricing.tell",
    "Supervision": "indicators",
    "Team": "indicators",
    "code": "_code",
    "diff": "_diff",
    "install_release": "_schedule",
    "install_zip9": "_schedule",
    "ncci": "ncci",
    "price": "pricing",
    "price_claim": "pricing.claim",
    "price_many": "pricing",
    "productivity": "productivity",
    "reference_value": "pricing.reference",
    "releases": "_schedule",
    "schedule": "_schedule",
    "use_descriptors": "_schedule",
}

__version__ = "0.1.0"
__all__ = [
    "GPCI",
    "Assistant",
    "Bilateral",
    "Change",
    "Claim",
    "CoSurgeon",
    "Code",
    "Comparison",
    "CptkitError",
    "Diff",
    "Distribution",
    "FeeSchedule",
    "Finding",
    "GlobalPeriod",
    "History",
    "ImagingFamily",
    "Impact",
    "InvalidInputError",
    "Line",
    "Locality",
    "MissingExtraError",
    "MultipleProcedure",
    "Node",
    "NotFoundError",
    "NotPriced",
    "Options",
    "Payment",
    "Pctc",
    "Reason",
    "ReferenceValue",
    "Release",
    "Rvus",
    "SourceFileError",
    "Status",
    "Step",
    "Supervision",
    "Team",
    "code",
    "diff",
    "install_release",
    "install_zip9",
    "ncci",
    "price",
    "price_claim",
    "price_many",
    "productivity",
    "reference_value",
    "releases",
    "schedule",
    "use_descriptors",
]


def __getattr__(name: str) -> object:
    """Load a public name from its module, once."""
    home = _HOME.get(name)
    if home is None:
        msg = f"module 'cptkit' has no attribute {name!r}"
        raise AttributeError(msg)
    from importlib import import_module

    module = import_module(f"cptkit.{home}")
    value = module if home == name else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

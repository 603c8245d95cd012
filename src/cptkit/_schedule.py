"""The fee schedule of one release: its codes, its localities, its factor."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from ._geography import Geography, Place
from ._release import (
    Release,
    forget,
    newest,
    parse_date,
    registry,
    release_named,
    release_on,
    user_directory,
)
from ._store import Figures
from .errors import InvalidInputError, NotFoundError, NotPriced, Reason, show

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal
    from os import PathLike

    from ._code import Code
    from ._locality import Locality

    Source = str | PathLike[str]


class FeeSchedule:
    """Every code and locality of one release.

    Get one from `cptkit.schedule`, or from a CMS download with `from_cms`.
    ``schedule["99213"]`` is a `Code`; ``in`` and ``len`` count distinct codes;
    iterating yields codes in code order.

    Source: the relative value, GPCI, county and anesthesia files that
    `release.sources` names.
    """

    __slots__ = ("_descriptors", "_numbers", "figures", "geography", "release")

    def __init__(
        self,
        release: Release,
        figures: Figures,
        descriptors: dict[str, str] | None = None,
    ) -> None:
        self.release = release
        self.figures = figures
        self.geography = Geography(release.name, figures)
        self._descriptors = descriptors
        self._numbers: tuple[str, ...] | None = None

    @classmethod
    def from_cms(cls, path: Source, *, release: str | None = None) -> FeeSchedule:
        """The schedule of a CMS download: the zip, a folder of it, or the CSV.

        Args:
            path: ``rvu26d.zip`` as downloaded, the folder it unpacks to, or the
                relative value CSV alone (which has no localities).
            release: Its name, where the file's title line does not say.

        Raises:
            SourceFileError: The file is missing, damaged, hostile or not what
                it should be; names file, line and column.
            InvalidInputError: No name can be told; give ``release=``.
        """
        from ._install import open_download

        return open_download(path, release).schedule()

    @property
    def conversion_factor(self) -> Decimal:
        """Dollars per RVU, as printed on the release's rows."""
        return self.release.conversion_factor

    @property
    def localities(self) -> tuple[Locality, ...]:
        """Every payment locality of the release."""
        return self.geography.localities

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every code's number, in code order."""
        if self._numbers is None:
            self._numbers = tuple(self.figures.codes())
        return self._numbers

    def __getitem__(self, number: object) -> Code:
        from ._code import Code
        from ._parse import parse_code

        try:
            text, modifiers = parse_code(number)
        except NotPriced as error:
            raise NotFoundError(error.message) from None
        if modifiers:
            msg = f"{show(number)} names a modifier: ask for {text!r}, then component()"
            raise InvalidInputError(msg)
        row = self.figures.main_row(text)
        if row is None:
            msg = f"{text} is not in {self.release.name}"
            raise NotFoundError(msg)
        return Code(text, row.modifier, row, self)

    def __contains__(self, number: object) -> bool:
        try:
            self[number]
        except (NotFoundError, InvalidInputError):
            return False
        return True

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Code]:
        return (self[number] for number in self.numbers)

    def locality(
        self,
        id: object = None,
        *,
        zip: object = None,
        state: object = None,
        name: object = None,
        county: object = None,
    ) -> Locality:
        """One locality: by ZIP, by ``'06102-16'``, or by state and name or county.

        Raises:
            NotFoundError: No such place, or several; the message lists them.
            InvalidInputError: The input cannot be read, or nothing was given.

        >>> import cptkit
        >>> cptkit.schedule("RVU26C").locality(zip="60601").id
        '06102-16'
        """
        try:
            found = find_place(self.geography, id, zip, state, county, name)
        except NotPriced as error:
            wrong = error.reason is Reason.ZIP_INVALID
            raise (InvalidInputError if wrong else NotFoundError)(
                error.message
            ) from None
        if found is None or found.locality is None:
            msg = "give '06102-16', zip=, or state= with name= or county="
            raise InvalidInputError(msg)
        return found.locality

    def search(self, query: str, limit: int = 10) -> tuple[Code, ...]:
        """The codes that fit *query* best, the best first.

        A query is a code, the beginning of one, or words: of titles, synonyms,
        plain language, features, descriptions and families' labels, never of
        AMA descriptors. Abbreviations, British spellings, the last word half
        written and one wrong letter in a longer word are understood, and 1.5 cm
        finds the code whose limits hold it. A code without a text is found by its
        number and its family's label. No words found, or none given: no codes.

        Args:
            query: At most 400 characters.
            limit: How many codes at most, from 1.

        Raises:
            InvalidInputError: The query is not text or too long, or the limit is
                not a count.

        >>> import cptkit
        >>> found = cptkit.schedule("RVU26C").search("portable pump refill", limit=10)
        >>> found[0].number, found[0].title
        ('96521', 'Portable infusion pump refill and upkeep')
        """
        from ._search import search

        return search(self, query, limit)

    def to_frame(self, *, locality: object = None, backend: str = "polars") -> Any:
        """Every row as a dataframe, priced: see `cptkit.frames.schedule`.

        Args:
            locality: ``"15202-00"``, a `Locality`, or ``"all"``; national amounts
                when left out.
            backend: ``"polars"``, ``"pandas"`` or ``"pyarrow"``.

        Raises:
            MissingExtraError: narwhals or the backend is not installed.
            NotFoundError: The locality is not held.
            InvalidInputError: Another backend, or a release that is not kept.
        """
        from .frames import frame_of_schedule

        return frame_of_schedule(self, locality, backend)

    def descriptor(self, number: str) -> str | None:
        """The short descriptor of a code, where the user brought a licensed file."""
        own = self._descriptors
        return (own if own is not None else _attached).get(number)

    def __repr__(self) -> str:
        return f"<FeeSchedule {self.release.name}: {self.release.codes:,} codes>"

    def _repr_html_(self) -> str:
        from .render.cards import schedule_card

        return schedule_card(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FeeSchedule):
            return NotImplemented
        return self.release == other.release and self.figures.same(other.figures)

    def __hash__(self) -> int:
        return hash(self.release)

    def __reduce__(self) -> str | tuple[Any, ...]:
        held = registry().by_name.get(self.release.name)
        if held is not None and open_release(held).figures is self.figures:
            return open_release, (self.release,)
        return FeeSchedule, (self.release, self.figures, self._descriptors)

    def __copy__(self) -> FeeSchedule:
        return self

    def __deepcopy__(self, memo: object) -> FeeSchedule:
        return self


def find_place(
    geography: Geography,
    locality: object,
    zip: object,
    state: object,
    county: object,
    name: object,
    *,
    take_default: bool = False,
) -> Place | None:
    """The first of R6's ways that is given, followed; None where none is."""
    if locality is not None:
        return geography.by_joined(locality)
    if zip is not None:
        return geography.by_zip(zip, take_default=take_default)
    if state is not None:
        return geography.by_state(state, county=county, name=name)
    return None


_open: dict[Release, FeeSchedule] = {}
_attached: dict[str, str] = {}
_lock = Lock()


def open_release(release: Release) -> FeeSchedule:
    """The schedule of a release at hand; its figures are read once a process."""
    found = _open.get(release)
    if found is None:
        with _lock:
            found = _open.get(release)
            if found is None:
                own = registry().by_name[release.name]
                held = _open.get(own)
                figures = held.figures if held else Figures(registry().packed(own))
                found = _open[release] = FeeSchedule(release, figures)
    return found


def schedule(release: object = None, *, on: object = None) -> FeeSchedule:
    """The fee schedule of a release, the newest bundled one by default.

    Args:
        release: A name (``"RVU26C"``), a year (its newest release), or a `Release`
            of `releases`.
        on: A date of service instead: its own release, or the nearest of its
            year, which then says so by ``release.exact``.

    Raises:
        NotFoundError: Not held; the message lists what is.
        InvalidInputError: The date cannot be read, or both were given.
    """
    if release is not None and on is not None:
        msg = "give release= or on=, not both"
        raise InvalidInputError(msg)
    try:
        if release is not None:
            return open_release(release_named(release))
        return open_release(newest() if on is None else release_on(parse_date(on)))
    except NotPriced as error:
        wrong = error.reason is Reason.DATE_INVALID
        raise (InvalidInputError if wrong else NotFoundError)(error.message) from None


def releases() -> tuple[Release, ...]:
    """Every release at hand, oldest first, with its dates and sources."""
    return registry().releases


def install_release(path: Source, *, release: str | None = None) -> Release:
    """Keep a CMS download in the user's data directory; `schedule` finds it.

    A name that is bundled already is refused: the bundled figures stay.

    Args:
        path: As for `FeeSchedule.from_cms`.
        release: Its name, where the file's title line does not say.

    Raises:
        SourceFileError: The download cannot be read.
        InvalidInputError: The name is bundled, or cannot be told.
    """
    from pathlib import Path

    from ._install import keep, open_download

    kept = keep(open_download(path, release), Path(user_directory()))
    _start_anew()
    return kept


def install_zip9(path: Source) -> int:
    """Keep CMS's ZIP+4 file in the user's data directory; returns its ZIPs.

    From then on a nine-digit ZIP decides where a five-digit one cannot (R6).

    Raises:
        SourceFileError: The file cannot be read.
    """
    from pathlib import Path

    from ._install import keep_zip9
    from ._zips import forget_zip9

    count = keep_zip9(path, Path(user_directory()))
    forget_zip9()
    _start_anew()
    return count


def _start_anew() -> None:
    """Forget the releases at hand and every answer, after an installation."""
    from .pricing.plan import forget_plans

    forget()
    _open.clear()
    forget_plans()


def use_descriptors(path: Source | None) -> int:
    """Attach the short descriptors of a licensed file to the bundled schedules.

    Args:
        path: A CMS relative value download; None takes them away again.

    Returns:
        How many codes have a descriptor now.

    Raises:
        SourceFileError: The file cannot be read.
    """
    found: dict[str, str] = {}
    if path is not None:
        from ._install import read_descriptors

        found = read_descriptors(path)
    _attached.clear()
    _attached.update(found)
    return len(found)

"""A user's own downloads: opened, kept, and found by what is priced afterwards."""

from __future__ import annotations

import copy
import pickle
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cptkit
from cptkit import NotPriced, _release
from cptkit._install import _write
from cptkit._release import user_directory
from cptkit._schedule import install_zip9
from cptkit.errors import SourceFileError
from cptkit.pricing.plan import forget_plans

from .conftest import ANES_2026, GPCI, LOCCO, pprrvu

#: One nine-digit ZIP in CMS's fixed columns (3-7 ZIP, 8-12 carrier, 13-14 locality).
ZIP9 = "AL368551011200" + " " * 6 + "1" + "1234" + " " * 50 + "20263" + "\n"

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import MakePprrvu

OCTOBER = {
    "title": "2026 National Physician Fee Schedule Relative Value File October Release",
    "released": "RELEASED 09/30/2026",
}
VISIT = {
    "code": "99213",
    "descriptor": "Made-up words",
    "work": "2.00",
    "total_nonfacility": "3.45",
    "total_facility": "2.67",
}
LOWER = {
    **VISIT,
    "work": "1.00",
    "total_nonfacility": "2.45",
    "total_facility": "1.67",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty data directory, and nothing remembered before or after."""
    monkeypatch.setattr(_release, "user_directory", lambda: str(tmp_path / "data"))
    monkeypatch.setattr("cptkit._schedule.user_directory", _release.user_directory)
    yield tmp_path / "data"
    monkeypatch.undo()
    _release.forget()
    forget_plans()


@pytest.fixture
def october(make_pprrvu: MakePprrvu, make_zip: Callable[..., Path]) -> Path:
    """A download of RVU26D: one visit with a work RVU of its own."""
    members = {
        "PPRRVU2026_Oct_nonQPP.csv": make_pprrvu(VISIT, **OCTOBER),
        "GPCI2026.csv": GPCI.encode("latin-1"),
        "26LOCCO.csv": LOCCO.encode("latin-1"),
        "ANES2026.csv": ANES_2026.encode("latin-1"),
    }
    return make_zip(members, "rvu26d.zip")


def test_a_download_is_a_schedule(home: Path, october: Path) -> None:
    """Name, dates and rows are the download's; nothing is kept."""
    schedule = cptkit.FeeSchedule.from_cms(october)
    assert schedule.release.name == "RVU26D"
    assert not schedule.release.bundled
    assert list(schedule.numbers) == ["99213"]
    assert schedule["99213"].rvus.work == Decimal("2.00")
    assert schedule["99213"].descriptor == "Made-up words"
    assert "RVU26D" not in [each.name for each in cptkit.releases()]
    assert not home.exists()


def test_a_code_of_a_download_is_priced_by_the_download(
    home: Path, october: Path
) -> None:
    """`code.price` uses the figures the code came from, kept or not."""
    code = cptkit.FeeSchedule.from_cms(october)["99213"]
    # (2.00 + 1.35 + 0.10) x 33.4009 = 115.233105
    assert code.price().allowed == Decimal("115.23")
    assert code.price().release.name == "RVU26D"
    assert code.price(locality="10112-00").locality.name == "ALABAMA"


def test_an_installed_release_governs_from_then_on(home: Path, october: Path) -> None:
    """A line priced before the installation is priced anew after it."""
    before = cptkit.price("99213", on="2026-10-15")
    assert (before.release.name, before.exact) == ("RVU26C", False)
    kept = cptkit.install_release(october)
    assert kept.name == "RVU26D"
    assert cptkit.releases()[-1].name == "RVU26D"
    after = cptkit.price("99213", on="2026-10-15")
    assert (after.release.name, after.exact) == ("RVU26D", True)
    assert after.allowed == Decimal("115.23")
    assert cptkit.schedule().release.name == "RVU26D"
    assert cptkit.code("99213").rvus.work == Decimal("2.00")
    assert cptkit.price("99213", on="2026-07-15").release.name == "RVU26C"


def test_installing_again_replaces_it(
    home: Path, october: Path, make_pprrvu: MakePprrvu, make_zip: Callable[..., Path]
) -> None:
    """A correction of the same release takes the place of the first."""
    cptkit.install_release(october)
    assert cptkit.price("99213", release="RVU26D").allowed == Decimal("115.23")
    corrected = make_zip(
        {"PPRRVU2026_Oct_nonQPP.csv": make_pprrvu(LOWER, **OCTOBER)},
        "again.zip",
    )
    cptkit.install_release(corrected)
    # (1.00 + 1.35 + 0.10) x 33.4009 = 81.832205
    assert cptkit.price("99213", release="RVU26D").allowed == Decimal("81.83")
    assert [each.name for each in cptkit.releases()].count("RVU26D") == 1


def test_a_bundled_release_stays(
    home: Path, make_pprrvu: MakePprrvu, tmp_path: Path
) -> None:
    """The bundled figures are not replaced by a download of the same name."""
    path = tmp_path / "PPRRVU2026_Jul_nonQPP.csv"
    path.write_bytes(make_pprrvu())
    with pytest.raises(cptkit.InvalidInputError, match="RVU26C is bundled already"):
        cptkit.install_release(path)
    assert not (home / "RVU26C.bin").exists()


def test_descriptors_are_attached_and_taken_away(
    home: Path, make_pprrvu: MakePprrvu, tmp_path: Path
) -> None:
    """The user's own words stand on bundled codes for as long as they want."""
    path = tmp_path / "PPRRVU2026_Jul_nonQPP.csv"
    path.write_bytes(make_pprrvu(VISIT))
    assert cptkit.code("99213").descriptor is None
    try:
        assert cptkit.use_descriptors(path) == 1
        assert cptkit.code("99213").descriptor == "Made-up words"
        assert cptkit.code("99214").descriptor is None
    finally:
        assert cptkit.use_descriptors(None) == 0
    assert cptkit.code("99213").descriptor is None


def test_nine_digits_decide_once_their_file_is_installed(
    home: Path, tmp_path: Path
) -> None:
    """A refused ZIP is priced after CMS's ZIP+4 file was installed."""
    where = "36855-1234"
    with pytest.raises(cptkit.NotPriced) as refused:
        cptkit.price("99213", zip=where, on="2026-07-15")
    assert refused.value.reason is cptkit.Reason.LOCALITY_AMBIGUOUS
    path = tmp_path / "ZIP9_JUL2026.txt"
    path.write_text(ZIP9)
    assert install_zip9(path) == 1
    payment = cptkit.price("99213", zip=where, on="2026-07-15")
    assert payment.locality is not None
    assert payment.locality.id == "10112-00"


def test_two_copies_of_one_release_are_two_schedules(
    home: Path, october: Path, make_pprrvu: MakePprrvu, make_zip: Callable[..., Path]
) -> None:
    """A corrected copy, neither of them kept, is priced by its own figures."""
    lower = {"PPRRVU2026_Oct_nonQPP.csv": make_pprrvu(LOWER, **OCTOBER)}
    first = cptkit.FeeSchedule.from_cms(october)
    second = cptkit.FeeSchedule.from_cms(make_zip(lower, "second.zip"))
    assert first != second
    assert first["99213"].price().allowed == Decimal("115.23")
    assert second["99213"].price().allowed == Decimal("81.83")


def test_a_schedule_of_a_file_can_be_copied_and_pickled(october: Path) -> None:
    """It is equal to itself by its release, and keeps its figures."""
    own = cptkit.FeeSchedule.from_cms(october)
    again = pickle.loads(pickle.dumps(own))
    assert again == own
    assert hash(again) == hash(own)
    assert again["99213"].rvus == own["99213"].rvus
    assert copy.copy(own) is copy.deepcopy(own) is own
    assert own != "RVU26D"
    bundled = cptkit.schedule("RVU26C")
    assert pickle.loads(pickle.dumps(bundled)) is bundled


def test_a_file_of_a_bundled_name_keeps_its_own_figures(
    release_members: dict[str, bytes], make_zip: Callable[..., Path]
) -> None:
    """The bundled release of that name never answers for it, nor it for that."""
    release_members["RVU26C/PPRRVU2026_Jul_nonQPP.csv"] = pprrvu({"code": "99213"})
    own = cptkit.FeeSchedule.from_cms(make_zip(release_members), release="RVU26C")
    bundled = cptkit.schedule("RVU26C")
    assert own != bundled
    where = {"locality": "10112-00"}
    for _ in range(2):
        mine, theirs = (each["99213"].price(**where) for each in (own, bundled))
        assert mine.allowed == Decimal("84.53")
        assert theirs.allowed == cptkit.price("99213", **where).allowed != mine.allowed
    assert own.release.sources == ()
    with pytest.raises(NotPriced, match="give its FeeSchedule"):
        cptkit.price("99213", release=own.release)
    assert cptkit.price("99213", release=own).release is own.release


def test_what_is_no_download_is_not_kept(home: Path, tmp_path: Path) -> None:
    """A damaged zip leaves nothing behind."""
    damaged = tmp_path / "rvu26d.zip"
    damaged.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(SourceFileError, match="damaged or cut zip"):
        cptkit.install_release(damaged)
    assert not home.exists()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """What fails half-way leaves the old file, and no other."""
    path = tmp_path / "kept" / "manifest.tsv"
    _write(path, b"old")
    with pytest.raises(TypeError):
        _write(path, 5)  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["manifest.tsv"]


@pytest.mark.parametrize(
    ("platform", "environment", "wanted"),
    [
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/cptkit"),
        (
            "linux",
            {"XDG_DATA_HOME": "", "HOME": "/home/a"},
            "/home/a/.local/share/cptkit",
        ),
        ("darwin", {"HOME": "/Users/a"}, "/Users/a/Library/Application Support/cptkit"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/cptkit"),
        ("win32", {"LOCALAPPDATA": "", "HOME": "/u"}, "/u/AppData/Local/cptkit"),
    ],
)
def test_where_releases_are_kept(
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    environment: dict[str, str],
    wanted: str,
) -> None:
    """By each platform's custom."""
    monkeypatch.setattr(sys, "platform", platform)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert user_directory() == wanted


@pytest.mark.parametrize("name", ["RVU24AR", "RVU26C"])
def test_cmss_own_download_is_the_bundled_release(shared: Path, name: str) -> None:
    """Read from the folder, packed and opened: row for row what is bundled."""
    own = cptkit.FeeSchedule.from_cms(shared / name, release=name)
    bundled = cptkit.schedule(name)
    assert own.numbers == bundled.numbers
    for number in own.numbers:
        for modifier in ("", "26", "TC", "53"):
            row = own.figures.find(number, modifier)
            assert row == bundled.figures.find(number, modifier)
    assert own.conversion_factor == bundled.conversion_factor

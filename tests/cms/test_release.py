"""A whole release from a zip or folder."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from cptkit.cms import read_folder_or_zip, read_relative_values
from cptkit.errors import SourceFileError

from .conftest import GPCI

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import MakePprrvu


class TestReadFolderOrZip:
    """`read_folder_or_zip` bundles what it finds."""

    def test_zip_of_2026(
        self, make_zip: Callable[..., Path], release_members: dict[str, bytes]
    ) -> None:
        """Both editions, and every other file, with its digest."""
        path = make_zip(release_members)
        found = read_folder_or_zip(path)
        assert (found.path, found.release) == (str(path), "RVU26C")
        assert found.relative_values.qpp is False
        assert found.qpp_relative_values is not None
        assert found.qpp_relative_values.conversion_factor == 33_567500
        assert found.gpci is not None
        assert found.locco is not None
        assert found.anes is not None
        assert found.oppscap is not None
        assert set(found.sha256) == {
            f"{path}/{name}"
            for name in release_members
            if name.endswith(".csv") and not name.startswith("__MACOSX")
        }
        name = "RVU26C/GPCI2026.csv"
        digest = hashlib.sha256(release_members[name]).hexdigest()
        assert found.sha256[f"{path}/{name}"] == digest

    def test_folder_equals_zip(
        self,
        tmp_path: Path,
        make_zip: Callable[..., Path],
        release_members: dict[str, bytes],
    ) -> None:
        """The same rows come out."""
        folder = tmp_path / "unpacked"
        for name, data in release_members.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        one, other = (
            read_folder_or_zip(folder),
            read_folder_or_zip(make_zip(release_members)),
        )
        assert one.relative_values.rows == other.relative_values.rows
        assert (one.gpci, one.locco, one.anes, one.oppscap) == (
            other.gpci,
            other.locco,
            other.anes,
            other.oppscap,
        )
        assert sorted(one.sha256.values()) == sorted(other.sha256.values())

    def test_lone_file(self, make_pprrvu: MakePprrvu) -> None:
        """What is absent is None."""
        found = read_folder_or_zip(make_pprrvu())
        assert found.qpp_relative_values is None
        assert (found.gpci, found.locco, found.anes, found.oppscap) == (None,) * 4
        assert list(found.sha256) == ["<bytes>"]

    def test_only_the_qpp_edition(self, make_pprrvu: MakePprrvu) -> None:
        """A lone file is taken, and says which edition it is."""
        found = read_folder_or_zip(make_pprrvu({"conversion_factor": "33.5675"}))
        assert found.relative_values.qpp is True
        assert found.qpp_relative_values is None

    def test_without_relative_values(self, make_zip: Callable[..., Path]) -> None:
        """They are required."""
        with pytest.raises(SourceFileError, match="expected a relative value file"):
            read_folder_or_zip(make_zip({"GPCI.csv": GPCI.encode()}))

    def test_two_releases(
        self, make_zip: Callable[..., Path], make_pprrvu: MakePprrvu
    ) -> None:
        """Both are named."""
        path = make_zip(
            {"July.csv": make_pprrvu(), "Other.csv": make_pprrvu({"code": "99002"})}
        )
        words = r"and they differ: 'July\.csv' and 'Other\.csv'"
        with pytest.raises(SourceFileError, match=words):
            read_folder_or_zip(path)
        with pytest.raises(SourceFileError, match=words):
            read_relative_values(path)

    def test_two_qpp_editions(
        self, make_zip: Callable[..., Path], make_pprrvu: MakePprrvu
    ) -> None:
        """No guess between them either."""
        qpp = {"conversion_factor": "33.5675"}
        path = make_zip(
            {
                "a.csv": make_pprrvu(),
                "b.csv": make_pprrvu(qpp),
                "c.csv": make_pprrvu({**qpp, "code": "99002"}),
            }
        )
        with pytest.raises(SourceFileError, match=r"'b\.csv' and 'c\.csv'"):
            read_folder_or_zip(path)

    def test_two_gpci_files(
        self, make_zip: Callable[..., Path], make_pprrvu: MakePprrvu
    ) -> None:
        """An optional file is not optional when it is there twice."""
        path = make_zip(
            {
                "a.csv": make_pprrvu(),
                "b.csv": GPCI.encode(),
                "c.csv": GPCI.replace("0.869", "0.870").encode(),
            }
        )
        with pytest.raises(SourceFileError, match="more than one GPCI file"):
            read_folder_or_zip(path)


class TestReleaseName:
    """The title names the release, or the caller does."""

    def test_from_the_caller(self, make_pprrvu: MakePprrvu) -> None:
        """Where there is no title."""
        data = make_pprrvu(title=None, released=None)
        assert read_folder_or_zip(data, " rvu24ar ").release == "RVU24AR"

    def test_from_neither(self, make_pprrvu: MakePprrvu) -> None:
        """The refusal says what to pass."""
        with pytest.raises(SourceFileError, match="pass release="):
            read_folder_or_zip(make_pprrvu(title=None, released=None))

    def test_from_both(self, make_pprrvu: MakePprrvu) -> None:
        """They must agree."""
        assert read_folder_or_zip(make_pprrvu(), "RVU26C").release == "RVU26C"
        with pytest.raises(SourceFileError, match="title line says 'RVU26C'"):
            read_folder_or_zip(make_pprrvu(), "RVU26D")

    @pytest.mark.parametrize("name", ["", "2026", "RVU26E", "RVU26BR", "26C"])
    def test_not_a_release(self, make_pprrvu: MakePprrvu, name: str) -> None:
        """Names are checked before they are believed."""
        data = make_pprrvu(title=None, released=None)
        with pytest.raises(SourceFileError, match="is not a release"):
            read_folder_or_zip(data, name)

"""Files replaced whole: the old one stands until the new one is safely written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike


def write_whole(path: str | PathLike[str], data: bytes) -> None:
    """Write a file so that a crash at any moment leaves the old one or the new one.

    The bytes go to a file beside it, reach the disk, and take its name in one step.
    A link is followed; the mode of an old file is kept.
    """
    target = Path(os.path.realpath(path))
    handle, name = mkstemp(prefix=f".{target.name}.", suffix=".new", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode if target.exists() else _mode())
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    _settle(target.parent)


def _mode() -> int:
    """The mode a new file has by the user's mask."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _settle(folder: Path) -> None:
    """Make the new name itself reach the disk, where a folder can be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

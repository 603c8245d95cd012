"""Read the package's data files: the only module that knows how they are found.

The loader's own ``get_data`` works from folders and zip archives alike and
costs nothing to import; `importlib_resources` serves the loaders without it.
"""

from __future__ import annotations

import os
from typing import Any

# pathlib would cost the first price two milliseconds.
_DATA = os.path.join(os.path.dirname(__file__), "data")


def read(name: str) -> bytes:
    """The bytes of one data file, by its path below ``cptkit/data``."""
    loader: Any = __spec__.loader if __spec__ is not None else None
    if hasattr(loader, "get_data"):
        path = os.path.join(_DATA, *name.split("/"))
        data: bytes = loader.get_data(path)
        return data
    import importlib_resources

    return importlib_resources.files("cptkit").joinpath("data", name).read_bytes()


def lines(name: str) -> list[list[str]]:
    """The rows of one tab-separated data file, without its header and comments."""
    text = read(name).decode("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line[:1] not in ("", "#")]
    return rows[1:]

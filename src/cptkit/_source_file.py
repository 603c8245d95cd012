"""The CMS files behind a release or an edition of edits."""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class SourceFile:
    """One CMS file behind a release.

    Attributes:
        kind: What it holds, for example ``relative values``.
        path: Its name in the download it came from.
        sha256: Of its bytes, in hexadecimal.
        rows: Data rows read from it.
    """

    kind: str
    path: str
    sha256: str
    rows: int

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data."""
        return attrs.asdict(self)

"""How properties are tried: the same examples on every run, or new ones."""

from __future__ import annotations

from hypothesis import settings

#: The gate fails or passes for what changed, never by the draw.
settings.register_profile("ci", derandomize=True, deadline=None)
#: The long proof draws anew: ``pytest --hypothesis-profile random``.
settings.register_profile("random", deadline=None, print_blob=True)
settings.load_profile("ci")

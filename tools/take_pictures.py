"""Take the pictures of the pages under docs/pictures, in headless Chromium.

    python -m pip install pillow
    python tools/take_pictures.py            # every page
    python tools/take_pictures.py 96521      # one code's

Each page is drawn at a desk's and a phone's width, in light and in dark, and
kept as a PNG of 64 colours.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import cptkit  # noqa: E402
from tests.browser import CODES, SCHEMES, WIDTHS, inspect, picture  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
COLOURS = 64


def main() -> None:
    """Take them and say how large each is."""
    codes = sys.argv[1:] or CODES
    PICTURES.mkdir(parents=True, exist_ok=True)
    for code in codes:
        html = cptkit.code(code).page(zip="60601").to_html()
        for scheme in SCHEMES:
            for width in WIDTHS:
                path = PICTURES / f"{code}-{width}-{scheme}.png"
                take(html, width, scheme, path)
                print(f"{path.relative_to(ROOT)} {path.stat().st_size:,} bytes")


def take(html: str, width: int, scheme: str, path: Path) -> None:
    """One page as high as it is, with few colours."""
    with tempfile.TemporaryDirectory() as folder:
        (found,) = inspect([(html, width)], scheme, Path(folder))
        drawn = Path(folder) / "page.png"
        picture(html, (width, found["height"]), scheme, drawn)
        with Image.open(drawn) as image:
            few = image.convert("RGB").quantize(
                COLOURS,
                # Keeps the colour of a thin mark, which the median cut would not.
                Image.Quantize.MAXCOVERAGE,
                dither=Image.Dither.NONE,
            )
            few.save(path, optimize=True)


if __name__ == "__main__":
    main()

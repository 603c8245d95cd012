"""Pages in headless Chromium: what a reader sees, as pictures and as findings."""

from __future__ import annotations

import json
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

#: The pages that are looked at: with text and without, split, surgical, capped.
CODES = ("96521", "99213", "45378", "27447", "71046", "11042")
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-extensions",
    "--virtual-time-budget=10000",
)
#: Chromium's own numbers for what a page is told of the reader's preference.
_PREFERENCE = {"light": 1, "dark": 0}

_INSPECT = """
const luminance = ([r, g, b]) => [r, g, b]
  .map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const parsed = text => (text.match(/[0-9.]+/g) || []).map(Number);
const ratio = (a, b) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + .05) / (low + .05);
};
const behind = (element, view) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parsed(view.getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
const told = element =>
  element.tagName + "." + element.getAttribute("class") + " " +
  element.textContent.trim().slice(0, 40);
const inspect = frame => {
  const page = frame.contentDocument, view = frame.contentWindow;
  const found = {overflow: [], contrast: [], picture: [], alt: [], header: []};
  page.querySelectorAll("details").forEach(each => each.open = true);
  const width = page.documentElement.clientWidth;
  if (page.documentElement.scrollWidth > width) found.overflow.push("the page");
  for (const each of page.body.querySelectorAll("*")) {
    const box = each.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1))
      found.overflow.push(told(each));
    const own = [...each.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    if (own && box.width && !each.closest("svg, style")) {
      const style = view.getComputedStyle(each);
      const least = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
      const at = ratio(parsed(style.color), behind(each, view));
      if (at < least) found.contrast.push(told(each) + " " + at.toFixed(2));
    }
  }
  for (const mark of page.querySelectorAll("svg rect, svg path, svg circle")) {
    const style = view.getComputedStyle(mark);
    if (mark.classList.contains("quiet")) continue;
    const colour = parsed(style.fill === "none" ? style.stroke : style.fill);
    const at = ratio(colour, behind(mark.closest("svg"), view));
    if (at < 3) found.picture.push(mark.getAttribute("class") + " " + at.toFixed(2));
  }
  for (const each of page.querySelectorAll("img, svg")) {
    const name = each.tagName === "IMG" ? each.alt : each.getAttribute("aria-label");
    if (!name) found.alt.push(told(each));
    if (each.tagName !== "IMG" && each.getAttribute("role") !== "img")
      found.alt.push("no role: " + told(each));
  }
  for (const each of page.querySelectorAll("th"))
    if (!each.scope) found.header.push(told(each));
  page.querySelectorAll("details").forEach(each => each.open = false);
  found.height = Math.ceil(page.body.getBoundingClientRect().height);
  found.dark = view.matchMedia("(prefers-color-scheme: dark)").matches;
  found.width = view.innerWidth;
  return found;
};
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(inspect);
  document.querySelector("pre").textContent = JSON.stringify(found);
});
"""


def chromium() -> str | None:
    """The browser, None where the machine has none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def inspect(pages: list[tuple[str, int]], scheme: str, folder: Path) -> list[Any]:
    """What is wrong with each page at its width: a list for each kind of fault."""
    frames = "".join(_frame(html, width, 4000) for html, width in pages)
    text = f"{_window(frames)}<pre></pre><script>{_INSPECT}</script>"
    dom = _run(text, scheme, folder, "--dump-dom", "--window-size=1400,900")
    found = dom.decode("utf-8").partition("<pre>")[2].partition("</pre>")[0]
    answers: list[Any] = json.loads(unescape(found))
    return answers


def picture(html: str, size: tuple[int, int], scheme: str, path: Path) -> None:
    """A PNG of the page, *size* wide and high."""
    width, height = size
    _run(
        _window(_frame(html, width, height)),
        scheme,
        path.parent,
        f"--screenshot={path}",
        f"--window-size={width},{height}",
    )


def _frame(html: str, width: int, height: int) -> str:
    # Chromium's window is never narrower than 500; a frame is.
    size = f'width="{width}" height="{height}"'
    return f'<iframe {size} srcdoc="{escape(html)}"></iframe>'


def _window(frames: str) -> str:
    return (
        '<!doctype html><meta charset="utf-8">'
        '<meta name="color-scheme" content="light dark">'
        "<style>body { margin: 0 } iframe { border: 0; display: block }</style>"
        f"{frames}"
    )


def _run(text: str, scheme: str, folder: Path, *flags: str) -> bytes:
    file = folder / "window.html"
    file.write_text(text, encoding="utf-8")
    preference = f"--blink-settings=preferredColorScheme={_PREFERENCE[scheme]}"
    profile = f"--user-data-dir={folder / 'profile'}"
    browser = chromium()
    assert browser is not None
    try:
        return subprocess.run(
            [browser, *_FLAGS, preference, profile, *flags, file.as_uri()],
            check=True,
            capture_output=True,
            timeout=180,
        ).stdout
    finally:
        file.unlink()
        shutil.rmtree(folder / "profile", ignore_errors=True)

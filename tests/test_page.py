"""The code's page: what it says in every form, and that it escapes what it is given."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Context, Decimal, Inexact, setcontext
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest

import cptkit
from cptkit import CptkitError, NotPriced, Reason
from cptkit._page import Page

HOSTILE = "<script>alert('x')</script>\" onload=\"x & [a](b) | `c`"
KINDS = (
    "96521",  # with text, incident to
    "99213",  # settings differ
    "71046",  # components
    "45378",  # a 53 row
    "27447",  # ninety days
    "11042",  # no text
    "00790",  # anesthesia
    "99401",  # a reference value
    "80048",  # another fee schedule
    "27299",  # the contractor's price
    "G0439",
    "0075T",
    "Q4101",
)
_VOID = {"meta"}


class Outline(HTMLParser):
    """What an HTML page is made of; a tag that is not closed in turn is an error."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the tag opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep what a reader reads."""
        if self.open and self.open[-1] != "style":
            self.text.append(data)


def page(code: str, **line: Any) -> Page:
    """The page of a code."""
    return cptkit.code(code).page(**line)


@pytest.mark.parametrize("code", KINDS)
def test_every_form_of_every_kind_of_code(code: str) -> None:
    """Each form names the code, its amounts, its release and the notices."""
    shown = page(code, zip="60601")
    html = Outline(shown.to_html())
    forms = (shown.to_text(), shown.to_markdown(), " ".join(html.text))
    for form in forms:
        flat = " ".join(form.replace("\\", "").split())
        assert code in flat
        assert "registered trademark of the American Medical Association" in flat
        assert "RVU26C" in flat
        assert shown.code.release.sha256 in flat
        for payment in shown.payments:
            assert f"${payment.allowed:,}" in flat
        if shown.refusal is not None:
            assert shown.refusal.message.split(":")[0] in flat


@pytest.mark.parametrize("code", KINDS)
def test_html_is_whole_and_stands_alone(code: str) -> None:
    """Well formed, in English, titled, and it loads nothing from anywhere."""
    html = page(code, zip="60601").to_html()
    outline = Outline(html)
    names = [name for name, _ in outline.tags]
    assert html.startswith("<!doctype html>\n<html lang=")
    assert names.count("title") == names.count("h1") == names.count("main") == 1
    assert not {"script", "link", "img", "iframe", "object"} & set(names)
    for _, attributes in outline.tags:
        assert not {"src", "href"} & set(attributes)
        assert not [each for each in attributes if each.startswith("on")]
    assert "url(" not in html
    assert "@import" not in html
    for name, attributes in outline.tags:
        if name == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-label"]
        if name == "th":
            assert attributes["scope"] in ("col", "row", "rowgroup")


def test_the_amounts_are_those_of_price() -> None:
    """Here and nationally, in both settings, and each component."""
    shown = page("71046", zip="60601")
    rows = [row.label for row in shown.rows]
    assert rows == [
        "Complete service",
        "Professional component (26)",
        "Technical component (TC)",
    ]
    for row, modifier in zip(shown.rows, ("", "26", "TC"), strict=True):
        here, national = row.prices
        for prices, where in ((here, {"zip": "60601"}), (national, {})):
            for answer, setting in zip(
                prices.answers, ("non-facility", "facility"), strict=True
            ):
                wanted = cptkit.price("71046", modifier, setting=setting, **where)
                assert not isinstance(answer, NotPriced)
                assert answer.allowed == wanted.allowed


def test_a_page_of_a_date_shows_that_dates_release() -> None:
    """RVUs, amounts and sources all change together."""
    shown = page("99213", on="2024-02-10", locality="06102-16")
    assert shown.code.release.name == "RVU24A"
    assert {payment.release.name for payment in shown.payments} == {"RVU24A"}
    assert "RVU24A" in str(shown)
    assert page("99213", release="RVU24A").code == shown.code


def test_a_stand_in_release_says_so() -> None:
    """The page never passes one release off as another."""
    shown = page("99213", on="2024-11-05")
    assert not shown.code.release.exact
    assert "standing in" in shown.dates
    assert any("RVU24D" in warning for warning in shown.warnings)


def test_codes_medicare_does_not_pay() -> None:
    """Why there is none; a value for other payers is labelled as such."""
    other = page("80048", zip="60601")
    assert other.refusal is not None
    assert other.refusal.reason is Reason.OTHER_FEE_SCHEDULE
    assert other.payments == ()
    reference = page("99401", zip="60601")
    assert reference.is_reference
    for form in (str(reference), reference.to_markdown(), reference.to_html()):
        assert "Not a Medicare amount" in " ".join(form.split())
        assert "What Medicare allows" not in form


def test_anesthesia_is_an_example_until_it_is_asked() -> None:
    """Without role and time the amounts are an example and say so."""
    shown = page("00790", zip="60601")
    assert shown.example is not None
    wanted = cptkit.price("00790", "AA", minutes=60, zip="60601")
    assert shown.payments[0].allowed == wanted.allowed
    asked = cptkit.code("00790").page("QZ", minutes=95, zip="60601")
    assert asked.example is None
    assert asked.payments[0].modifiers == ("QZ",)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"zip": "00000"}, Reason.LOCALITY_UNKNOWN),
        ({"zip": "36855"}, Reason.LOCALITY_AMBIGUOUS),
        ({"locality": "x"}, Reason.LOCALITY_UNKNOWN),
        ({"practitioner": "XX"}, Reason.PRACTITIONER_UNKNOWN),
        ({"units": 0}, Reason.UNITS_INVALID),
    ],
)
def test_what_cannot_be_read_is_refused(line: dict[str, Any], reason: Reason) -> None:
    """The question's own faults are raised, not shown as a page."""
    with pytest.raises(NotPriced) as refused:
        page("99213", **line)
    assert refused.value.reason is reason


@pytest.mark.parametrize("name", ["setting", "pos"])
def test_both_settings_are_shown_always(name: str) -> None:
    """A setting cannot be asked for."""
    with pytest.raises(cptkit.InvalidInputError, match=f"leave out {name}="):
        page("99213", **{name: "11"})


def test_a_code_without_text_says_so() -> None:
    """Plainly, under its family's name, and with no sentence made up."""
    bare = next(
        code
        for code in cptkit.schedule("RVU26C")
        if code.text is None and code.status.payable and code.family is not None
    )
    shown = bare.page()
    assert bare.family is not None
    assert shown.heading == bare.family.label
    for form in (str(shown), shown.to_markdown(), shown.to_html()):
        assert "No text is written for this code yet" in " ".join(form.split())
    assert not any(each.question.startswith("What is CPT") for each in shown.faq)


def hostile_page(monkeypatch: pytest.MonkeyPatch) -> Page:
    """A page whose every text is hostile."""
    from cptkit import _schedule

    monkeypatch.setitem(_schedule._attached, "99213", HOSTILE)
    shown = page("99213", zip="60601")
    here = attrs.evolve(shown.rows[0].prices[0], label=HOSTILE)
    row = attrs.evolve(shown.rows[0], label=HOSTILE, prices=(here,))
    faq = tuple(
        attrs.evolve(each, question=HOSTILE, answer=HOSTILE) for each in shown.faq
    )
    return attrs.evolve(
        shown,
        modifiers=(HOSTILE,),
        rows=(row,),
        example=HOSTILE,
        billing_lines=(HOSTILE,),
        faq=faq,
    )


def test_hostile_text_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A user's descriptors and every other text are escaped in HTML and Markdown."""
    shown = hostile_page(monkeypatch)
    assert shown.code.descriptor == HOSTILE
    for html in (shown.to_html(), shown._repr_html_()):
        outline = Outline(html)
        assert "script" not in [name for name, _ in outline.tags]
        assert not [
            name for _, held in outline.tags for name in held if name.startswith("on")
        ]
        assert "".join(outline.text).count("<script>alert('x')</script>") >= 4
    markdown = shown.to_markdown()
    assert "<script" not in markdown
    assert re.search(r"(?<!\\)\[a(?<!\\)\]\(b\)", markdown) is None
    table = [line for line in markdown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} <= {4, 5, 6}


def test_a_refused_lines_code_is_escaped_in_a_claim() -> None:
    """What was written as a code stands in the notebook as text."""
    claim = cptkit.price_claim(["99213", HOSTILE], zip="60601")
    names = [name for name, _ in Outline(claim._repr_html_()).tags]
    assert "script" not in names


def test_hostile_places_and_labels_stay_text() -> None:
    """Labels of a user's own classes, places and releases, in every card and page."""
    from cptkit._change import Effects
    from cptkit._impact import Impact, ImpactLine

    compared = cptkit.code("99213").compare()
    changed = cptkit.diff("RVU24A", "RVU24AR")
    change = cptkit.Change(HOSTILE, HOSTILE, HOSTILE, HOSTILE, Effects(1, 2, 3, 4))
    release = attrs.evolve(changed.end, name=HOSTILE)
    hostile = attrs.evolve(changed, end=release, place=HOSTILE, setting=HOSTILE)
    past = cptkit.code("99213").history()
    lines = (ImpactLine(1, change),)
    shown = (
        attrs.evolve(compared, among=HOSTILE, measured=HOSTILE),
        change,
        hostile,
        Impact(hostile, lines, ((HOSTILE, HOSTILE),)),
        attrs.evolve(past, number=HOSTILE),
    )
    for each in shown:
        outline = Outline(each._repr_html_())
        assert not {"script", "img"} & {name for name, _ in outline.tags}
        assert not [
            name for _, held in outline.tags for name in held if name.startswith("on")
        ]
        assert "<script>alert('x')</script>" in "".join(outline.text)


def test_notebooks_show_cards() -> None:
    """Code, payment, claim and schedule have an HTML form with their figures."""
    payment = cptkit.price("99213-25", zip="60601")
    claim = cptkit.price_claim(["99213", "80048"], zip="60601")
    value = cptkit.reference_value("99401")
    schedule = cptkit.schedule("RVU26C")
    shown = {
        cptkit.code("99213")._repr_html_(): ("CPT 99213", "$95.19", "2.85 RVUs"),
        cptkit.code("80048")._repr_html_(): ("80048 has status X",),
        payment._repr_html_(): ("99213-25", f"${payment.allowed}", "Step by step"),
        claim._repr_html_(): ("Claim of 2 lines", f"${claim.allowed}", "not paid"),
        value._repr_html_(): ("Not a Medicare amount", f"${value.allowed}"),
        schedule._repr_html_(): ("RVU26C", "17,096", schedule.release.sha256),
    }
    for html, wanted in shown.items():
        text = " ".join(Outline(html).text)
        for each in wanted:
            assert each in text, each
    for each in (payment, claim, schedule, cptkit.code("99213"), page("99213")):
        assert len(repr(each)) < 100
        assert "\n" not in repr(each)


def test_how_a_code_compares_is_on_its_page() -> None:
    """The sentence in every form, and the strip with the code marked."""
    shown = page("96521")
    assert shown.comparison is not None
    html = shown.to_html()
    for form in (str(shown), shown.to_markdown(), " ".join(Outline(html).text)):
        flat = " ".join(form.split())
        assert "13th percentile of 737 codes of Medicine in RVU26C" in flat
        assert "The percentile is the share of codes at or below." in flat
    marks = [held for _, held in Outline(html).tags if held.get("class") == "mark"]
    assert len(marks) == 1
    component = cptkit.code("71046").page("26").comparison
    assert component is not None
    assert component.number == "71046-26"


def test_what_has_no_work_compares_by_its_total() -> None:
    """A technical component by all of its RVUs; what has none by nothing."""
    technical = cptkit.code("71046").component("TC").page().comparison
    assert technical is not None
    assert technical.measure == "total_nonfacility"
    for code in ("80048", "00790"):
        bare = page(code)
        assert bare.comparison is None
        assert bare.history is None
        for form in (str(bare), bare.to_markdown(), bare.to_html()):
            assert "How it compares" not in form
            assert "Through the years" not in form


def test_the_years_are_on_the_page() -> None:
    """Each year's last release and its national payments, in every form."""
    shown = page("99213")
    html = shown.to_html()
    forms = (str(shown), shown.to_markdown(), " ".join(Outline(html).text))
    for each in cptkit.code("99213").history().years:
        for form in forms:
            assert each.release.name in form
            assert f"${each.nonfacility}" in form
    labels = [held.get("aria-label") or "" for _, held in Outline(html).tags]
    assert any("2020 to 2026: from $76.15 to $95.19" in label for label in labels)
    (path,) = (held["d"] or "" for name, held in Outline(html).tags if name == "path")
    # Begun anew after October to December 2024 and January to June 2026.
    assert path.count("M") == 3
    assert path.endswith("H1000")
    assert "Through the years" in str(page("99401"))


def test_ascii_pages_lose_no_sign() -> None:
    """What ASCII lacks has a stand-in; nothing becomes a question mark."""
    text = page("96521").to_text(ascii_only=True)
    assert text.isascii()
    assert "3.7 x below the median" in text


def test_the_dictionary_loses_nothing() -> None:
    """Amounts, RVUs and words of the page are all in it, as JSON takes them."""
    import json

    shown = page("71046", zip="60601")
    found = json.loads(json.dumps(shown.to_dict()))
    assert len(found["rows"]) == 3
    allowed = found["rows"][0]["prices"][0]["nonfacility"]["allowed"]
    assert Decimal(allowed) == shown.payments[0].allowed
    assert shown.comparison is not None
    assert found["comparison"] == shown.comparison.to_dict()
    assert len(found["history"]["entries"]) == 25
    assert found["faq"] == [each.to_dict() for each in shown.faq]
    assert found["billing_lines"] == list(shown.billing_lines)


def test_pages_are_values() -> None:
    """Equal when asked alike, hashable, frozen."""
    assert page("99213", zip="60601") == page("99213", zip="60601")
    assert hash(page("99213")) == hash(page("99213"))
    for field in attrs.fields(Page):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(page("99213"), field.name, None)


def test_the_ambient_decimal_context_changes_nothing() -> None:
    """A context that traps and cuts leaves every form as it is."""
    wanted = [page("27447", zip="60601").to_html(), str(page("27447"))]
    before = Context()
    setcontext(Context(prec=1, traps=[Inexact]))
    try:
        found = [page("27447", zip="60601").to_html(), str(page("27447"))]
    finally:
        setcontext(before)
    assert found == wanted


def test_pricing_never_loads_the_page() -> None:
    """The page's modules are read when a page is asked for."""
    code = (
        "import sys, cptkit; cptkit.price('99213'); cptkit.code('99213').title;"
        "mine = ('cptkit.render', 'cptkit._page', 'cptkit._faq');"
        "print([name for name in sys.modules if name.startswith(mine)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(Path(cptkit.__file__).parents[1]), "PATH": ""},
    )
    assert done.stdout.strip() == "[]"


def test_a_sample_of_all_codes_has_a_page() -> None:
    """Every two-hundredth code of three releases renders in every form."""
    for release in ("RVU20A", "RVU23B", "RVU26C"):
        schedule = cptkit.schedule(release)
        for number in schedule.numbers[::200]:
            shown = schedule[number].page(locality="06102-16")
            try:
                Outline(shown.to_html())
            except CptkitError as error:
                pytest.fail(f"{release} {number}: {error}")
            assert number in shown.to_text()
            assert number in shown.to_markdown()

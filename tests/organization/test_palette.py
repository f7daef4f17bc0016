"""Which colors follow from others, which pairs need which contrast, and the style sheets."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from organization.colors import contrast
from organization.palette import (
    AS_SHIPPED,
    CHOSEN,
    DARK,
    DEFAULTS,
    LIGHT,
    PAIRS,
    THEMES,
    Palette,
    check,
    completed,
    preview_sheet,
    repainted,
    style_sheet,
)
from tests.imports import ROOT

pytestmark = pytest.mark.pure

STATIC = ROOT / "quizsite" / "static" / "quizsite"
TOKEN = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})")
colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
choices = st.dictionaries(st.sampled_from(CHOSEN), colors)
each_theme = pytest.mark.parametrize("theme", THEMES)


def long(color):
    return color if len(color) == 7 else "#" + "".join(2 * digit for digit in color[1:])


def tokens_in(css):
    return {name: long(color) for name, color in TOKEN.findall(css)}


def test_defaults_are_those_of_the_style_sheet():
    light, dark, chosen_dark = re.split(r"@media", (STATIC / "site.css").read_text())[:3]
    assert tokens_in(light) == DEFAULTS[LIGHT]
    assert tokens_in(dark) == DEFAULTS[DARK]
    assert tokens_in(chosen_dark.split("*, ::before")[0]) == DEFAULTS[DARK]


def test_colors_of_files_are_tokens_so_that_they_can_be_repainted():
    for name in ("pdf", "pdf-pictures"):
        used = set(re.findall(r"#[0-9a-f]{6}\b", (STATIC / f"{name}.css").read_text()))
        assert used <= set(DEFAULTS[LIGHT].values()), name


@each_theme
def test_every_pair_of_the_shipped_colors_passes(theme):
    tokens = completed({}, theme)
    short = [
        (pair, contrast(tokens[pair.token], tokens[pair.against]))
        for pair in PAIRS
        if contrast(tokens[pair.token], tokens[pair.against]) < pair.needed
    ]
    assert short == []


@each_theme
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.token} on {pair.against}")
def test_each_pair_is_checked_if_it_can_be_chosen(theme, pair):
    if pair.token in CHOSEN:
        same = completed({}, theme)[pair.against]
        faults, _right = check({pair.token: same}, theme)
        assert faults, pair


@pytest.mark.slow
@each_theme
@given(chosen=choices)
@settings(max_examples=30)
def test_any_proposal_passes(theme, chosen):
    faults, right = check(chosen, theme)
    assert {fault.token: fault.proposal for fault in faults} == {
        token: color for token, color in right.items() if color != chosen[token]
    }
    assert check(right, theme)[0] == []
    tokens = completed(right, theme)
    for pair in PAIRS:
        assert contrast(tokens[pair.token], tokens[pair.against]) >= pair.needed, pair


@each_theme
def test_fault_names_ratio_and_need(theme):
    background = DEFAULTS[theme]["paper"]
    ((fault,), _right) = check({"ink": background}, theme)
    assert fault.token == "ink"
    assert fault.ratio < fault.needed == 4.5
    assert fault.against_color == completed({}, theme)[fault.against]


def test_background_alone_is_at_fault_if_the_rest_is_as_shipped():
    faults, _right = check({"paper": "#d0b090"}, LIGHT)
    assert [fault.token for fault in faults] == ["paper"]


def test_soft_colors_follow_the_chosen_one():
    tokens = completed({"sales": "#006600"}, LIGHT)
    assert tokens["sales-soft"] != DEFAULTS[LIGHT]["sales-soft"]
    assert tokens["service-soft"] == DEFAULTS[LIGHT]["service-soft"]


class TestPalette:
    def test_only_colors_that_differ_are_kept(self):
        assert not Palette.of({LIGHT: {"act": DEFAULTS[LIGHT]["act"], "ink": "", "sales": "red"}})
        chosen = Palette.of({DARK: {"act": "#ffffff", "muted": "#ffffff"}})
        assert (chosen.light, chosen.dark) == ((), (("act", "#ffffff"),))

    def test_digest_differs_for_each_theme(self):
        same = {"act": "#123456"}
        assert Palette.of({LIGHT: same}).digest != Palette.of({DARK: same}).digest


class TestStyleSheets:
    def test_shipped_colors_need_no_rule(self):
        assert style_sheet(AS_SHIPPED).strip() == ""

    def test_light_color_leaves_the_dark_theme_as_it_is(self):
        light, *dark = style_sheet(Palette.of({LIGHT: {"act": "#004488"}})).split("@media")
        assert tokens_in(light)["act"] == "#004488"
        assert len(dark) == 2
        assert all(tokens_in(rule)["act"] == DEFAULTS[DARK]["act"] for rule in dark)

    def test_dark_color_is_in_both_dark_rules(self):
        light, *dark = style_sheet(Palette.of({DARK: {"act": "#ffffff"}})).split("@media")
        assert light.strip() == ""
        assert [tokens_in(rule)["act"] for rule in dark] == ["#ffffff", "#ffffff"]
        assert "prefers-color-scheme: dark" in dark[0]
        assert "[data-theme=dark]" in dark[1]

    def test_preview_has_every_color_of_both_themes(self):
        light, dark = preview_sheet(AS_SHIPPED).split("\n")
        assert (tokens_in(light), tokens_in(dark)) == (DEFAULTS[LIGHT], DEFAULTS[DARK])

    def test_repainting_replaces_each_color_once(self):
        sales, service = DEFAULTS[LIGHT]["sales"], DEFAULTS[LIGHT]["service"]
        swapped = Palette.of({LIGHT: {"sales": service, "service": sales}})
        css = "a {{ color: {}; }} b {{ fill: {}; }} c {{ fill: #fff; }}"
        assert repainted(swapped, css.format(sales, service)) == css.format(service, sales)

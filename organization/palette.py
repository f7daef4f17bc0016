"""The colors of the site: which ones an organization chooses, and which pairs must contrast. Pure.

Six colors can be chosen for each of the two themes. Soft ones follow the chosen ones. Pairs and
ratios are those of WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for controls and drawings (1.4.11).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from hashlib import sha256

from organization.colors import BLACK, WHITE, contrast, is_color, mixed, nearest

LIGHT, DARK = "light", "dark"
THEMES = (LIGHT, DARK)
# In the order in which they are checked: each is moved to suit those before it.
PAPER = "paper"
CHOSEN = (PAPER, "act", "sales", "service", "focus", "ink")
TEXT, GRAPHIC = 4.5, 3.0
# A page in the light theme must be light, or no text color could be read on all of it.
ROOM = 12.0

Tokens = Mapping[str, str]

# As in site.css and admin.css; a test compares them.
DEFAULTS: Mapping[str, Tokens] = {
    LIGHT: {
        **{"paper": "#fbf8f3", "card": "#ffffff", "zone": "#f3ede2"},
        **{"ink": "#1c2230", "muted": "#565d6d", "line": "#e0d8ca", "edge": "#857d6f"},
        **{"sales": "#a14505", "sales-soft": "#f7dfc8"},
        **{"service": "#0a635d", "service-soft": "#cfe8e5"},
        **{"act": "#1f3a5f", "act-ink": "#ffffff", "act-soft": "#e3eaf3"},
        **{"alarm": "#a3231c", "alarm-soft": "#fbe9e4", "focus": "#b35c00"},
    },
    DARK: {
        **{"paper": "#14171e", "card": "#1c212b", "zone": "#1f2530"},
        **{"ink": "#f1ede5", "muted": "#b0b6c3", "line": "#353d4c", "edge": "#7d8698"},
        **{"sales": "#f2a866", "sales-soft": "#46301a"},
        **{"service": "#63cbc2", "service-soft": "#17403d"},
        **{"act": "#a9c7f0", "act-ink": "#10151d", "act-soft": "#273347"},
        **{"alarm": "#ff9d8f", "alarm-soft": "#3a201d", "focus": "#f5b83d"},
    },
}
# The other end of each theme from its paper.
FAR = {LIGHT: BLACK, DARK: WHITE}
# What other colors follow from: mixed from these, with the first one's share in each theme.
FOLLOWING: Mapping[str, tuple[str, str, Mapping[str, float]]] = {
    "card": ("white", "paper", {LIGHT: 1.0, DARK: 0.05}),
    "zone": ("far", "paper", {LIGHT: 0.04, DARK: 0.06}),
    "line": ("far", "paper", {LIGHT: 0.12, DARK: 0.17}),
    "act-soft": ("act", "paper", {LIGHT: 0.1, DARK: 0.16}),
    "sales-soft": ("sales", "paper", {LIGHT: 0.18, DARK: 0.22}),
    "service-soft": ("service", "paper", {LIGHT: 0.18, DARK: 0.22}),
}


@dataclass(frozen=True)
class Pair:
    """Two colors that are used next to each other, and the contrast that they need."""

    token: str
    against: str
    needed: float


GROUNDS = ("paper", "card", "zone")
PAIRS = (
    *(Pair(token, ground, TEXT) for token in ("ink", "muted") for ground in GROUNDS),
    *(Pair(token, ground, TEXT) for token in ("act", "sales", "service") for ground in GROUNDS),
    *(Pair("alarm", ground, TEXT) for ground in (*GROUNDS, "alarm-soft")),
    *(Pair("ink", soft, TEXT) for soft in ("act-soft", "service-soft", "alarm-soft")),
    # Pressed buttons, and links in the summary of faults.
    *(Pair("act", soft, TEXT) for soft in ("act-soft", "alarm-soft")),
    Pair("act", "act-ink", TEXT),
    Pair("alarm", "act-ink", TEXT),
    *(Pair(token, ground, GRAPHIC) for token in ("edge", "focus") for ground in GROUNDS),
    # Bubbles over the ends of the level, and its frame.
    *(Pair(field, f"{field}-soft", GRAPHIC) for field in ("sales", "service")),
)


@dataclass(frozen=True)
class Fault:
    """A chosen color that can't be told from another one, and the nearest that can."""

    theme: str
    token: str
    against: str  # a token; "" if a page has no room for any text color
    against_color: str
    ratio: float
    needed: float
    proposal: str = ""


@dataclass(frozen=True)
class Palette:
    """The colors that an organization chose, by theme; empty without any."""

    light: tuple[tuple[str, str], ...] = ()
    dark: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, chosen: Mapping[str, Tokens]) -> "Palette":
        """Keep what is a color and not the default's, in a fixed order."""
        light, dark = (
            tuple(
                (token, color)
                for token in CHOSEN
                if is_color(color := chosen.get(theme, {}).get(token, ""))
                and color != DEFAULTS[theme][token]
            )
            for theme in THEMES
        )
        return cls(light, dark)

    def __bool__(self) -> bool:
        return bool(self.light or self.dark)

    @property
    def digest(self) -> str:
        """A short text that differs for each palette."""
        return sha256(repr((self.light, self.dark)).encode()).hexdigest()[:12]

    def chosen(self, theme: str) -> dict[str, str]:
        return dict(self.dark if theme == DARK else self.light)

    def tokens(self, theme: str) -> dict[str, str]:
        """Return every color of a theme."""
        return completed(self.chosen(theme), theme)

    def faults(self) -> list[Fault]:
        return [fault for theme in THEMES for fault in check(self.chosen(theme), theme)[0]]


AS_SHIPPED = Palette()


def completed(chosen: Tokens, theme: str) -> dict[str, str]:
    """Return all colors of a theme: as chosen, following from that, or the default."""
    tokens = {**DEFAULTS[theme], **chosen}
    bases = tokens | {"white": WHITE, "far": FAR[theme]}
    for token, (first, second, shares) in FOLLOWING.items():
        if first in chosen or second in chosen:
            tokens[token] = mixed(bases[first], bases[second], shares[theme])
    return tokens


def check(chosen: Tokens, theme: str) -> tuple[list[Fault], dict[str, str]]:
    """Return what is wrong with the chosen colors, and the same colors with all of it corrected.

    A pair is checked when the last of its chosen colors is, so a text color suits its background
    and not the other way around. Each proposal suits the proposals before it.
    """
    faults, right = [], dict(chosen)
    for token in (each for each in CHOSEN if each in chosen):
        found = _faults_of(token, right, theme, right[token])
        if not found:
            continue
        proposal = nearest(right[token], partial(_passes, token, right, theme))
        # Black or white is far enough from every background; tests try that.
        right[token] = proposal or FAR[theme]
        worst = min(found, key=lambda fault: fault.ratio / fault.needed)
        faults.append(replace(worst, proposal=right[token]))
    return faults, right


def _passes(token: str, chosen: Tokens, theme: str, color: str) -> bool:
    return not _faults_of(token, chosen, theme, color)


def _faults_of(token: str, chosen: Tokens, theme: str, color: str) -> list[Fault]:
    """List the pairs that fall short if this token has this color."""
    tokens = completed({**chosen, token: color}, theme)
    found = [
        (pair.against if pair.token == token else pair.token, tokens[pair.token], pair)
        for pair in PAIRS
        if _answering(pair, chosen) == token
    ]
    faults = [
        Fault(theme, token, other, tokens[other], ratio, pair.needed)
        for other, one, pair in found
        if (ratio := contrast(one, tokens[pair.against])) < pair.needed
    ]
    if token == PAPER and (room := contrast(color, FAR[theme])) < ROOM:
        faults.append(Fault(theme, token, "", FAR[theme], room, ROOM))
    return faults


def _answering(pair: Pair, chosen: Tokens) -> str:
    """Name the chosen color to change if the pair falls short; "" if none is part of it."""
    parts = {pair.token, pair.against}
    for token in (pair.token, pair.against):
        parts |= set(FOLLOWING.get(token, ())[:2])
    return next((token for token in reversed(CHOSEN) if token in parts and token in chosen), "")


# ---------------------------------------------------------------- style sheets


@lru_cache(maxsize=64)
def style_sheet(palette: Palette) -> str:
    """Return the custom properties that differ from site.css, in the same rules."""
    light, dark = (_declarations(palette, theme) for theme in THEMES)
    rules = []
    if light:
        rules.append(f":root:root {{ {light} }}")
    if dark or light:
        # A token with a light value only would be light in the dark, too.
        dark = _declarations(palette, DARK, also=_changed(palette, LIGHT))
        rules += [
            "@media screen and (prefers-color-scheme: dark) "
            f"{{ :root:root:not([data-theme=light]) {{ {dark} }} }}",
            f"@media screen {{ :root:root[data-theme=dark] {{ {dark} }} }}",
        ]
    return "\n".join([*rules, ""])


def preview_sheet(palette: Palette) -> str:
    """Return every color of both themes, for parts of one page with the classes of the themes."""
    return "\n".join(
        f".in-{theme} {{ color-scheme: {theme}; background: var(--paper); color: var(--ink); "
        + " ".join(f"--{token}: {color};" for token, color in palette.tokens(theme).items())
        + " }"
        for theme in THEMES
    )


def _changed(palette: Palette, theme: str) -> set[str]:
    tokens = palette.tokens(theme)
    return {token for token, color in DEFAULTS[theme].items() if tokens[token] != color}


def _declarations(palette: Palette, theme: str, also: Collection[str] = ()) -> str:
    tokens, shown = palette.tokens(theme), {*_changed(palette, theme), *also}
    return " ".join(f"--{token}: {tokens[token]};" for token in DEFAULTS[theme] if token in shown)


def repainted(palette: Palette, style: str) -> str:
    """Replace the light colors of site.css in another style sheet by the chosen ones."""
    tokens = palette.tokens(LIGHT)
    chosen = {DEFAULTS[LIGHT][token]: tokens[token] for token in _changed(palette, LIGHT)}
    return re.sub(r"#[0-9a-f]{6}\b", lambda color: chosen.get(color[0], color[0]), style)

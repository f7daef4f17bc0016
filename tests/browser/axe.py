"""Checks of one page: axe's rules and the width of what it shows."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERY_RULE = {"runOnly": [*WCAG, "best-practice"]}
WCAG_ONLY = {"runOnly": WCAG}
COLORS = {"runOnly": ["color-contrast"]}
RUN_AXE = """async options => {
    // A change of scheme must not be caught half way.
    await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
    const { violations } = await axe.run({ ...options, resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(node => `${id} (${help}): ${node.target} ${node.html}`));
}"""
TOO_WIDE = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    const frames = element => getComputedStyle(element).overflowX !== "visible";
    const isInside = element => {
        for (let e = element.parentElement; e !== document.body; e = e.parentElement)
            if (!e || frames(e)) return true;
        return false;
    };
    const out = [...document.body.querySelectorAll("*")].filter(element =>
        element.getBoundingClientRect().right > innerWidth + 1 && !isInside(element));
    const found = wide > 0 ? [`${wide} px too wide`] : [];
    return [...found, ...out.map(element => element.outerHTML.slice(0, 200))];
}"""


def violations(page: Page, options: dict) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN_AXE, options)

"""Every page as a picture, for the eye: `make screenshots` writes them and one contact sheet.

    python -m tests.browser.gallery [FOLDER] [--only NAME]

Pages and states x widths x light and dark; each picture is the whole page.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.site import Site, served_site
from tests.browser.visitor import answer_page, begin, finish, take_quiz

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")


def _open(path: str) -> Callable[[Page, Site], None]:
    return lambda page, site: page.goto(path) and None


def _first_page(page: Page, site: Site) -> None:
    begin(page)


def _third_page(page: Page, site: Site) -> None:
    begin(page)
    answer_page(page, 4)
    answer_page(page, 2)


def _missing(page: Page, site: Site) -> None:
    begin(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Save and go on").click()


def _unfinished(page: Page, site: Site) -> None:
    _third_page(page, site)
    page.goto("/quiz/")


def _background(page: Page, site: Site) -> None:
    begin(page)
    for value in (4, 2, 3, 5):
        answer_page(page, value)


def _finished_home(page: Page, site: Site) -> None:
    take_quiz(page, site, "sales", strength=1)
    page.goto("/")


STATES: dict[str, Callable[[Page, Site], None]] = {
    "home": _open("/"),
    "home-finished": _finished_home,
    "introduction": _open("/quiz/"),
    "introduction-unfinished": _unfinished,
    "quiz-page-1": _first_page,
    "quiz-page-3": _third_page,
    "quiz-missing": _missing,
    "background": _background,
    "result-clear": lambda page, site: take_quiz(page, site, "service", strength=2),
    "result-leaning": lambda page, site: take_quiz(page, site, "sales", lean=7),
    "result-close": lambda page, site: take_quiz(page, site, "sales", lean=1),
    "result-insufficient": lambda page, site: finish(page, site, [3] * 24),
    "roles": _open("/roles/"),
    "role-sales-manager": _open("/roles/sales-manager/"),
    "role-service-manager": _open("/roles/customer-service-manager/"),
    "compare-individual": _open(
        "/roles/compare/sales-representative/customer-service-representative/"
    ),
    "compare-managers": _open("/roles/compare/sales-manager/customer-service-manager/"),
    "compare-levels": _open("/roles/compare/sales-representative/sales-manager/"),
    "not-found": _open("/no-such-page/"),
    "no-attempt": _open("/quiz/result/"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="var/gallery", type=Path)
    parser.add_argument("--only", help="states whose name contains this")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    states = {n: state for n, state in STATES.items() if not wanted.only or wanted.only in n}
    with tempfile.TemporaryDirectory() as data, served_site(Path(data)) as site:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            for name, state in states.items():
                context = browser.new_context(base_url=site.address)
                page = context.new_page()
                state(page, site)
                for scheme in SCHEMES:
                    page.emulate_media(color_scheme=scheme)
                    for width in WIDTHS:
                        page.set_viewport_size({"width": width, "height": 800})
                        file = wanted.folder / f"{name}-{width}-{scheme}.png"
                        page.screenshot(path=file, full_page=True)
                context.close()
            browser.close()
    print(f"{len(states) * len(WIDTHS) * len(SCHEMES)} pictures in {wanted.folder}")


if __name__ == "__main__":
    main()

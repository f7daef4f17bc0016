"""Every page as a picture: `make screenshots` writes them and one contact sheet.

    python -m tests.browser.gallery [FOLDER] [--only NAME]

It shows each state at every width, light and dark, as one picture of the whole page.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.first_class import FirstClass
from tests.browser.site import ROOT, Site, add_demo, served_site
from tests.browser.states import STATES, State

WIDTHS = (320, 768, 1280)
SCHEMES = ("light", "dark")
SHEET = "contact-sheet.png"
README_PICTURES = ROOT / "docs" / "pictures"
README = {
    "result.png": ("result-leaning", 860, 1180, "light"),
    "comparison.png": ("compare-own", 860, 1480, "light"),
    "quiz.png": ("quiz-page-2", 390, 844, "light"),
    "admin.png": ("admin-dashboard", 390, 844, "light"),
    "counselor-caseload.png": ("counselor-caseload", 1180, 760, "light"),
    "counselor-client.png": ("counselor-client", 860, 1240, "light"),
    "counselor-preparation.png": ("counselor-preparation", 860, 1000, "light"),
    "counselor-meet.png": ("counselor-meet", 860, 1240, "light"),
    "counselor-import-check.png": ("counselor-import-check", 860, 900, "light"),
    "counselor-group-report.png": ("counselor-group-report", 860, 1240, "light"),
    "monthly-report.png": ("monthly-report", 1180, 900, "light"),
    "counselor-wall.png": ("counselor-wall", 1180, 760, "light"),
    "invitation.png": ("invitation", 390, 844, "light"),
    "editor-draft.png": ("editor-draft", 1180, 900, "light"),
    "editor-others-changes.png": ("editor-others-changes", 1180, 560, "light"),
    "editor-outcomes.png": ("editor-outcomes", 1180, 1180, "light"),
    "editor-evidence.png": ("admin-evidence", 1180, 1500, "light"),
    "method.png": ("method", 860, 1180, "light"),
    "editor-differences.png": ("editor-differences", 1180, 560, "light"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="var/gallery", type=Path)
    parser.add_argument("--only", help="states whose name contains this")
    parser.add_argument(
        "--readme", action="store_true", help="only the pictures of the README and of docs/"
    )
    wanted = parser.parse_args()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        # Its first page would say that no background work is done.
        more = {"TASK_WORKER": "1", "EMBED_ORIGINS": "https://www.example.org"}
        site = stack.enter_context(served_site(data, **more))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        stack.callback(browser.close)
        if wanted.readme:
            picture_tutorial(browser)
            add_demo(site)
            picture_readme(browser, site)
            return
        add_demo(site)
        wanted.folder.mkdir(parents=True, exist_ok=True)
        states = {n: state for n, state in STATES.items() if not wanted.only or wanted.only in n}
        for name, state in states.items():
            picture_state(browser, site, wanted.folder, name, state)
        contact_sheet(browser, wanted.folder)
    print(f"{len(states) * len(WIDTHS) * len(SCHEMES)} pictures in {wanted.folder}")


def picture_state(browser: Browser, site: Site, folder: Path, name: str, state: State) -> None:
    """Bring a page into a state and photograph it at every width, light and dark."""
    page = browser.new_page(base_url=site.address, reduced_motion="reduce")
    state(page, site)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
    page.close()


def contact_sheet(browser: Browser, folder: Path) -> None:
    """Put the tops of all pictures on one page, contact-sheet.png."""
    files = sorted(file for file in folder.glob("*-*.png") if file.name != SHEET)
    cells = "".join(
        f"<figure><div><img src='{file.name}'></div><figcaption>{file.stem}</figcaption></figure>"
        for file in files
    )
    style = (
        "body { margin: 8px; display: grid; grid-template-columns: repeat(6, 1fr); gap: 8px;"
        " font: 11px sans-serif; background: #ccc } figure { margin: 0 }"
        " div { height: 300px; overflow: hidden } img { width: 100% }"
    )
    sheet = folder / "contact-sheet.html"
    sheet.write_text(f"<!doctype html><style>{style}</style>{cells}", encoding="utf-8")
    page = browser.new_page(viewport={"width": 1500, "height": 900})
    page.goto(sheet.resolve().as_uri())
    page.screenshot(path=folder / SHEET, full_page=True)
    page.close()
    sheet.unlink()


def picture_tutorial(browser: Browser) -> None:
    """Take the pictures of the tutorial, on a new site."""
    with tempfile.TemporaryDirectory() as data, served_site(Path(data)) as site:
        FirstClass(
            browser, site, lambda shown, name: shown.screenshot(path=README_PICTURES / name)
        ).hold()


def picture_readme(browser: Browser, site: Site) -> None:
    """Take the pictures of the README and the guides."""
    README_PICTURES.mkdir(parents=True, exist_ok=True)
    for file, (state, width, height, scheme) in README.items():
        page = browser.new_page(
            base_url=site.address,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        STATES[state](page, site)
        page.screenshot(path=README_PICTURES / file)
        page.close()


if __name__ == "__main__":
    main()

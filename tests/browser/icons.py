"""Draw the site's icons from its sign: python -m tests.browser.icons

Phones need PNG files. Programs that read no page ask for favicon.ico. The icons are committed; run
this after the sign changes.
"""

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.site import ROOT

FOLDER = ROOT / "quizsite" / "static" / "quizsite"
BLUE = "#1f3a5f"
# Name -> pixels, and the share of the width that the sign takes. A phone may cut a maskable icon
# to a circle of 80 %; Apple rounds the corners of its own.
ICONS = {
    "icon-180.png": (180, 1.0),
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "icon-maskable-512.png": (512, 0.8),
}
ROUNDED = ("icon-192.png", "icon-512.png")


def main() -> None:
    sign = (FOLDER / "level.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (size, share) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            ground = "transparent" if name in ROUNDED else BLUE
            page.set_content(
                f"<style>body {{ margin: 0; height: 100vh; display: grid; place-items: center;"
                f" background: {ground} }} svg {{ width: {share * 100}vw }}</style>{sign}"
            )
            page.screenshot(path=FOLDER / name, omit_background=True)
            page.close()
        with Image.open(FOLDER / "icon-192.png") as icon:
            icon.save(FOLDER / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)])
        browser.close()


if __name__ == "__main__":
    main()

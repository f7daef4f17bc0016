"""Run Lighthouse on each kind of page, with its simulated phone. Run by hand.

    .venv/bin/python -m benchmarks.lighthouse --lighthouse FOLDER/node_modules/.bin/lighthouse

Serves the site from a temporary folder. A visitor reaches the quiz page and the result by
answering; every other page gets a new visitor. Exits with 1 if a run failed; the others count.
"""

import argparse
import asyncio
import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.browser import Browser
from tests.answers import SHIPPED, leaning
from tests.browser.chromium import chromium
from tests.browser.site import Site, served_site

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# Performance consists of times, which are hardly ever perfect. Lighthouse calls 0.9 good.
PASSES_FROM = {"performance": 0.9, "accessibility": 1, "best-practices": 1, "seo": 1}
FLAGS = (
    f"--only-categories={','.join(CATEGORIES)}",
    "--chrome-flags=--headless=new --no-sandbox",
    "--output=json",
    "--quiet",
    "--no-enable-error-reporting",
)
HEADINGS = ("page", *CATEGORIES, "largest paint, ms", "layout shift", "blocking, ms")
ANSWERS = leaning("sales", 7)


class Kind(NamedTuple):
    name: str
    path: str
    is_reached_by_answering: bool = False


KINDS = (
    Kind("home", "/"),
    Kind("introduction", "/quiz/"),
    Kind("quiz page", "/quiz/2/", is_reached_by_answering=True),
    Kind("result", "/quiz/result/", is_reached_by_answering=True),
    Kind("roles", "/roles/"),
    Kind("role page", "/roles/sales-representative/"),
    Kind("comparison", "/roles/compare/sales-representative/customer-service-representative/"),
)


class NotMeasured(Exception):
    """A run without a report. The message is a sentence that says why."""


def version(lighthouse: list[str]) -> str | None:
    """Return the Lighthouse version of this command; None if it doesn't run."""
    try:
        ran = subprocess.run([*lighthouse, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return ran.stdout.strip()


async def cookies_at(site: Site, path: str) -> str:
    """Take the quiz up to this path, and return the visitor's Cookie header."""
    browser = Browser()
    page = await browser.get(f"{site.address}/quiz/")
    for _ in range(SHIPPED.last_page + 1):
        if page.url == site.address + path:
            break
        form = next((form for form in page.forms if form.action == page.url), None)
        if form is None:
            raise NotMeasured(f"No form to continue from {page.url} (status {page.status}).")
        answers = [(key, ANSWERS[key]) for key in form.radio_groups() if key in ANSWERS]
        site.let_time_pass()
        page = await browser.submit(form, form.hidden() + answers)
    await browser.close()
    if page.url != site.address + path:
        raise NotMeasured(f"The quiz led to {page.url}, not to {path}.")
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def measure(lighthouse: list[str], address: str, cookies: str) -> dict:
    headers = [f"--extra-headers={json.dumps({'Cookie': cookies})}"] if cookies else []
    ran = subprocess.run(
        [*lighthouse, address, *FLAGS, *headers],
        env=os.environ | {"CHROME_PATH": chromium()},
        capture_output=True,
        text=True,
    )
    # Check this first, because the report of a failed run is incomplete.
    if ran.returncode:
        raise NotMeasured(f"Lighthouse failed on {address}: {ran.stderr.strip()}")
    report = json.loads(ran.stdout)
    if report["finalDisplayedUrl"] != address:
        raise NotMeasured(f"{address} redirected Lighthouse to {report['finalDisplayedUrl']}.")
    if unscored := [key for key in CATEGORIES if report["categories"][key]["score"] is None]:
        raise NotMeasured(f"Lighthouse gave {address} no score for {', '.join(unscored)}.")
    return report


def measure_all(lighthouse: list[str], runs: int) -> tuple[dict[str, list[dict]], list[str]]:
    """Return the reports by kind of page, and the failures."""
    reports, failures = {}, []
    with tempfile.TemporaryDirectory() as folder, served_site(Path(folder)) as site:
        for name, path, is_reached_by_answering in KINDS:
            for _ in range(runs):
                try:
                    cookies = asyncio.run(cookies_at(site, path)) if is_reached_by_answering else ""
                    report = measure(lighthouse, site.address + path, cookies)
                    reports.setdefault(name, []).append(report)
                except NotMeasured as reason:
                    failures.append(str(reason))
    return reports, failures


def table_row(name: str, reports: list[dict]) -> list[str]:
    """Return one row of the table: medians, and a range for the largest paint."""

    def values(audit: str) -> list[float]:
        return [report["audits"][audit]["numericValue"] for report in reports]

    paint = values("largest-contentful-paint")
    return [
        name,
        *(
            f"{100 * median(r['categories'][key]['score'] for r in reports):.0f}"
            for key in CATEGORIES
        ),
        f"{median(paint):,.0f} ({min(paint):,.0f}-{max(paint):,.0f})",
        f"{median(values('cumulative-layout-shift')):.3f}",
        f"{median(values('total-blocking-time')):,.0f}",
    ]


def faults(reports: list[dict]) -> list[str]:
    """Return the weighted audits that failed in any run, without duplicates."""
    found = {}
    for report in reports:
        for category, enough in PASSES_FROM.items():
            refs = report["categories"][category]["auditRefs"]
            for audit in [report["audits"][ref["id"]] for ref in refs if ref["weight"]]:
                if audit["score"] is not None and audit["score"] < enough:
                    found[audit["id"]] = f"{category}: {audit['id']}: {audit['title']}"
    return list(found.values())


def print_table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        aligned = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        print("  ".join([name.ljust(widths[0]), *aligned]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lighthouse", default="lighthouse", metavar="COMMAND")
    parser.add_argument("--runs", type=int, default=3, help="how often each page is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every report here")
    wanted = parser.parse_args()
    lighthouse = shlex.split(wanted.lighthouse)
    if (running := version(lighthouse)) is None:
        sys.exit("Lighthouse was not found: install it from npm, or name it with --lighthouse.")
    if chromium() is None:
        sys.exit("No Chromium was found; Lighthouse needs one.")
    reports, failures = measure_all(lighthouse, wanted.runs)
    if wanted.json:
        wanted.json.write_text(json.dumps(reports), encoding="utf-8")
    print(f"Lighthouse {running}, runs of each page: {wanted.runs}")
    print_table([list(HEADINGS), *(table_row(name, runs) for name, runs in reports.items())])
    for name, runs in reports.items():
        print("", name, *(f"  {fault}" for fault in faults(runs) or ["nothing"]), sep="\n")
    if failures:
        sys.exit("\n".join(["", *failures]))


if __name__ == "__main__":
    main()

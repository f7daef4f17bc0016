"""Server CPU for a warm comparison of four roles: for a stranger, and for someone with a result.

python3 benchmarks/comparison.py http://127.0.0.1:8000/ --pid SERVER_PID
"""

import argparse
import asyncio
import random
import statistics

from browser import Browser, VisitError
from measure import usage
from visit import ok, take

PATH = (
    "roles/compare/sales-representative/customer-service-representative/"
    "sales-manager/customer-service-manager/"
)
OWN = "You, beside the work"


async def cost(browser, url, pid, count, *, is_own):
    """Measure the milliseconds of server CPU for one page, and its uncompressed size in bytes."""
    page = ok(await browser.get(url))
    if (OWN in page.text) != is_own:
        raise VisitError(f"the own profile is {'missing' if is_own else 'there'} at {url}")
    for _ in range(50):
        await browser.get(url)
    before = usage(pid)["cpu"]
    for _ in range(count):
        ok(await browser.get(url))
    return 1000 * (usage(pid)["cpu"] - before) / count, len(page.text.encode())


async def measure(base, pid, count, runs):
    for name in ("stranger", "finished"):
        browser = Browser()
        if name == "finished":
            await take(browser, base, random.Random(7))
        found = [
            await cost(browser, base + PATH, pid, count, is_own=name == "finished")
            for _ in range(runs)
        ]
        spent = [each for each, _size in found]
        print(
            f"{name:9} {statistics.median(spent):.2f} ms ({min(spent):.2f}-{max(spent):.2f}) "
            f"of CPU a page, {count} pages x {runs}; {found[0][1]:,} bytes"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", help="where the site is, with a slash at the end")
    parser.add_argument("--pid", type=int, required=True, help="the server's top process")
    parser.add_argument("-n", type=int, default=1000, help="pages a run")
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    asyncio.run(measure(given.base, given.pid, given.n, given.runs))


if __name__ == "__main__":
    main()

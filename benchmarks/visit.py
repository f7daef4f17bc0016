"""Take a quiz like a visitor: any HTML quiz that works without JavaScript.

Start at a URL and answer everything. Raise VisitError unless the last page is free of questions.
"""

import re
from typing import NamedTuple

from browser import VisitError


class Outcome(NamedTuple):
    pages: int  # form pages answered
    answers: int  # radio groups answered
    url: str  # where the visit ended
    title: str
    text: str


def ok(page):
    if page.status != 200:
        raise VisitError(f"HTTP {page.status} at {page.url}")
    return page


START = re.compile(r"start|begin|take|launch|quiz|survey|test|go\b|next|continue|join", re.I)
AVOID = re.compile(
    r"\bback\b|prev|cancel|log ?out|sign ?out|log ?in|sign ?in|register|admin|language|theme|search|delete|reset",
    re.I,
)
MAX_PAGES = 80


def fill(form, rng):
    """Fill in a form like a visitor in a hurry, with random choices for radio groups."""
    out, groups = form.hidden(), form.radio_groups()
    out += [(name, rng.choice(values)) for name, values in groups.items()]
    for c in form.controls:
        if not c.name or c.kind in ("hidden", "radio", "submit", "button", "reset", "file"):
            continue
        if c.kind == "checkbox":
            if c.required or c.checked:
                out.append((c.name, c.value))
        elif c.kind == "select":
            real = [o for o in c.options if o]
            out.append((c.name, rng.choice(real) if real else ""))
        elif not c.required:
            out.append((c.name, c.value or (c.text if c.kind == "textarea" else "")))
        else:
            out.append(
                (
                    c.name,
                    {
                        "email": "visitor@example.org",
                        "number": c.attrs.get("min", "1"),
                        "date": "2000-01-01",
                        "range": c.value or "1",
                        "url": "http://example.org/",
                    }.get(c.kind, c.value or "visitor"),
                )
            )
    button = next(
        (
            b
            for b in form.buttons()
            if not AVOID.search(b.text + b.name) and "formnovalidate" not in b.attrs
        ),
        None,
    )
    if button and button.name:
        out.append((button.name, button.value))
    return out, len(groups)


def _way_in(page):
    """Find the form or link that leads from a welcome page to the first question."""
    for f in page.forms:
        label = " ".join([f.action.rsplit("/", 2)[-1], *(b.text for b in f.buttons())])
        if START.search(label) and not AVOID.search(label):
            return f
    host = page.url.split("/")[2]
    best = None
    for url, text, _ in page.links:
        if (
            url.split("/")[2:3] != [host]
            or url.split("#")[0] == page.url
            or AVOID.search(text + url)
        ):
            continue
        rank = 2 * bool(START.search(text)) + bool(START.search(url))
        if rank and (best is None or rank > best[0]):
            best = (rank, url)
    if best is None:
        raise VisitError(f"no way to start the quiz from {page.url}")
    return best[1]


async def take(browser, url, rng, expect=None):
    """Start the quiz, and fill in every form with radio groups, up to the first page without any.

    `expect` is a regular expression that the last page must match. A page without questions that
    doesn't match but has a form, such as an e-mail step, is submitted too.
    """
    page, pages, answers = ok(await browser.get(url)), 0, 0
    for _ in range(MAX_PAGES):
        form = next((f for f in page.forms if f.radio_groups()), None)
        if form is None:
            if answers:
                if not expect or re.search(expect, page.text):
                    return Outcome(pages, answers, page.url, page.title, page.text)
                form = next(
                    (
                        f
                        for f in page.forms
                        if f.method == "post"
                        and not AVOID.search(f.action + " ".join(b.text for b in f.buttons()))
                    ),
                    None,
                )
                if form is None:
                    raise VisitError(f"no result on {page.url}")
            else:
                form = _way_in(page)
                if isinstance(form, str):
                    page = ok(await browser.get(form))
                    continue
        fields, n = fill(form, rng)
        page = ok(await browser.submit(form, fields))
        pages, answers = pages + (n > 0), answers + n
    raise VisitError(f"no end after {MAX_PAGES} pages, at {page.url}")

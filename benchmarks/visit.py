"""How a visitor takes the quiz: any HTML quiz that needs no JavaScript.

It starts at a URL, answers everything, and raises VisitError unless the last page shows no question.
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
    """Answer every control of a form as a hasty visitor would; radio groups at random."""
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
    """The form or link that leads from a welcome page to the first question."""
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
    """Start the quiz, fill every form that has radio groups, stop at the first page without any.

    With `expect` (a regex), a page without questions that does not match it but has a form
    (an e-mail step, say) is submitted, too, and the last page must match.
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

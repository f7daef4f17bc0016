"""The role pages that tests look at, and what is read out of one."""

import html
import itertools
import re
from html.parser import HTMLParser

SALES, SERVICE = "sales-representative", "customer-service-representative"
SALES_LEAD, SERVICE_LEAD = "sales-manager", "customer-service-manager"
SLUGS = [SALES, SERVICE, SALES_LEAD, SERVICE_LEAD]
PAIRS = list(itertools.permutations(SLUGS, 2))
FOUR = f"/roles/compare/{'/'.join(SLUGS)}/"
ROLE_PAGES = [f"/roles/{slug}/" for slug in SLUGS]
PAGES = ["/roles/", *ROLE_PAGES]
PAGES += [f"/roles/compare/{first}/{second}/" for first, second in PAIRS]
PAGES += [f"/roles/compare/{'/'.join(SLUGS[:3])}/", FOUR]


def words_of(source):
    """What a reader sees of a page, tags left out and spaces evened."""
    without_tags = re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style)\b.*?</\1>", " ", source))
    return re.sub(r"\s+", " ", html.unescape(without_tags))


def roles_without_outlook(source):
    """The slugs of the roles that a page says have no official forecast."""
    return re.findall('data-without-outlook="([^"]+)"', source)


class Outline(HTMLParser):
    """Headings in order, and tables whose rows have different numbers of cells."""

    def __init__(self, source):
        super().__init__()
        self.headings, self.tables, self.attributes = [], [], []
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, name, value) for name, value in attrs]
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append(0)
        elif tag in ("td", "th"):
            self.tables[-1][-1] += 1

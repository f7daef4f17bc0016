"""Reading the caseload."""

import re

from quiz.counseling.caseload import Chosen, caseload_page
from tests.quiz.counseling.pages import main_of

URL = "/counselor/"


def names_on(response) -> list[str]:
    rows = re.findall(r'<th scope="row">(.*?)</th>', response.content.decode(), re.S)
    return [re.search(r"<a [^>]*>(.*?)</a>", row)[1] for row in rows]


def count_on(response) -> int:
    """Return the number above the list: how many clients match."""
    return int(re.search(r'role="status">\s*(\d+)', main_of(response))[1])


def counts_of(response) -> dict[str, int]:
    """Return the words and numbers of the chips."""
    chips = response.content.decode().split('class="chips"')[1].split("</ul>")[0]
    return {words: int(n) for words, n in re.findall(r">([^<>]+) <b>(\d+)</b>", chips)}


def current_chip(response) -> tuple[str, int]:
    marked = re.findall(r'aria-current="true">([^<]+) <b>(\d+)<', response.content.decode())
    ((words, count),) = marked
    return words, int(count)


def names_listed(counselor, **chosen) -> list[str]:
    return [client.name for client in caseload_page(counselor, Chosen(**chosen)).clients]


def names_page_by_page(counselor, size, **chosen) -> list[str]:
    names, after = [], None
    while True:
        page = caseload_page(counselor, Chosen(**chosen), after=after, size=size)
        names += [client.name for client in page.clients]
        if page.next_after is None:
            return names
        after = page.next_after

"""Pages of visitors and clients, in every state."""

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page

from tests.answers import VERSION_2, alike, leaning, towards
from tests.browser.counselor_site import as_counselor, clients_on
from tests.browser.figures import give_figures
from tests.browser.site import Site
from tests.browser.visitor import answer_unseen, finish_unseen, save_unseen, start, start_unseen

SERVICE = towards("service")
SAME_TEN_TIMES = towards("sales") | {item.key: 4 for item in VERSION_2.items[:10]}
State = Callable[[Page, Site], object]


def _open(path: str) -> State:
    return lambda page, site: page.goto(path)


def _after(pages: int, path: str) -> State:
    """A visitor who has saved `pages` pages of statements."""

    def state(page: Page, site: Site) -> None:
        start_unseen(page)
        for number in range(1, pages + 1):
            save_unseen(page, site, number, SERVICE)
        page.goto(path)

    return state


def _finished(answers: dict[str, int], path: str = "/quiz/result/", **background: str) -> State:
    def state(page: Page, site: Site) -> None:
        finish_unseen(page, site, answers, background)
        page.goto(path)

    return state


def _missing(page: Page, site: Site) -> None:
    start(page)
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("alert").wait_for()


def _not_an_answer(page: Page, site: Site) -> None:
    start(page)
    page.get_by_role("radio").first.evaluate("radio => { radio.value = 9; radio.checked = true; }")
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("link", name="Open the page again").wait_for()


def _without_cookies(page: Page, site: Site) -> None:
    page.goto("/counselor/account/login/")
    page.context.clear_cookies()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Your browser sent us no cookies").wait_for()


def _lost_cookie(page: Page, site: Site) -> None:
    start(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_label("Your return code").wait_for()


def _stale(page: Page, site: Site) -> None:
    page.context.add_cookies([{"name": "attempt", "value": "A:forged", "url": site.address}])
    page.goto("/quiz/1/")


def _lost(page: Page, site: Site) -> None:
    start(page)
    page.context.set_offline(True)
    page.get_by_role("radio").first.check()
    page.locator("[data-says=lost]").wait_for()


def _waiting(page: Page, site: Site) -> None:
    _lost(page, site)
    page.get_by_role("button", name="Save and continue").click()
    page.locator("[data-says=waiting]").wait_for()


def _saved(page: Page, site: Site) -> None:
    _lost(page, site)
    page.context.set_offline(False)
    page.locator("[data-says=saved]").wait_for()


def _refused(page: Page, site: Site) -> None:
    start(page)
    page.context.clear_cookies()
    page.get_by_role("radio").first.check()
    page.locator("[data-says=refused]").wait_for()


def _twice(path: str) -> State:
    """A visitor who has taken the quiz twice."""

    def state(page: Page, site: Site) -> None:
        finish_unseen(page, site, leaning("service", 6))
        finish_unseen(page, site, leaning("sales", 14), {"B1_sales": "6", "B2": "soon", "B3": "ba"})
        page.goto(path)

    return state


def _links(page: Page, site: Site) -> None:
    finish_unseen(page, site, leaning("sales", 7))
    page.goto("/quiz/shares/")
    page.locator("details > summary").click()
    page.get_by_label("Your name").fill("Kim")
    page.get_by_role("button", name="Make the link").click()
    page.get_by_label("The link").wait_for()


def _given_for_research(page: Page, site: Site) -> None:
    finish_unseen(page, site, leaning("sales", 7))
    page.goto("/quiz/data/")
    page.get_by_label("My answers may also be used for research").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()


def _method(page: Page, site: Site) -> None:
    give_figures(site)
    page.goto("/method/")


def _refused_link(page: Page, site: Site) -> None:
    finish_unseen(page, site, leaning("sales", 7))
    page.goto("/quiz/shares/")
    page.locator("details > summary").click()
    page.get_by_label("How long it works").select_option("date")
    page.get_by_role("button", name="Make the link").click()
    page.get_by_text("Choose the last day").wait_for()


def _wrong_code(page: Page, site: Site) -> None:
    page.goto("/quiz/resume/")
    page.get_by_label("Your return code").fill("0000-0000-0000-0000")
    page.get_by_role("button", name="Continue").click()
    page.get_by_text("doesn't open any answers").wait_for()


def _by_link(name: str) -> State:
    """A visitor who opens a link."""
    return lambda page, site: page.goto(clients_on(site)[name])


def _wrong_invitation_code(page: Page, site: Site) -> None:
    page.goto("/join/")
    page.get_by_label("Invitation code").fill("CDFG-HJK0")
    page.keyboard.press("Enter")
    page.locator("[name=code][aria-invalid=true]").wait_for()


def _invited(page: Page, site: Site) -> None:
    """A client who has finished."""
    page.goto(clients_on(site)["class"])
    page.get_by_label("Your name").fill("Zoe Hart")
    page.get_by_role("button", name="Start the quiz").click()
    page.wait_for_url("**/quiz/1/")
    answer_unseen(page, site, leaning("sales", 7))
    page.goto("/quiz/result/")


def _invited_result(page: Page, site: Site) -> None:
    """A client who has finished and shares the result with the counselor."""
    _invited(page, site)
    page.get_by_role("button", name="Also my preferences").click()
    page.get_by_role("button", name="Stop sharing").wait_for()


def _own_meeting(page: Page, site: Site) -> None:
    """A client who has met their counselor."""
    _invited_result(page, site)
    newest = "SELECT client_id, id FROM quiz_disclosure ORDER BY at DESC LIMIT 1"
    client, disclosure = (UUID(str(key)) for key in site.query(newest)[0])
    desk = page.context.browser.new_context(base_url=site.address).new_page()
    as_counselor(desk, site)
    desk.goto(f"/counselor/clients/{client}/meet/{disclosure}/")
    desk.get_by_role("group").first.get_by_label("Agree").check()
    desk.get_by_label("What we agreed").fill("Zoe looks at both jobs from close up.")
    desk.get_by_label("One next step").fill("Zoe calls the shop on Main Street.")
    desk.get_by_role("button", name="Save the meeting").click()
    desk.get_by_role("link", name="Change it").wait_for()
    desk.context.close()
    page.goto("/quiz/data/")
    page.get_by_role("link", name="Your meeting with").click()
    page.get_by_text("Zoe calls the shop").wait_for()


def _embedded(pages: int, last: str = "") -> State:
    """The quiz as it looks in a frame, after so many pages; `last` is the button of another one."""

    def state(page: Page, site: Site) -> None:
        page.goto("/embed/")
        page.get_by_role("button", name="Start the quiz").click()
        for items in VERSION_2.item_pages[:pages]:
            for item in items:
                page.locator(f"#id_{item.key}_{SERVICE[item.key]}").check()
            page.get_by_role("button", name="Save and continue").click()
            page.locator(f"#id_{items[0].key}_1").wait_for(state="detached")
        if last:
            page.get_by_role("button", name=last).click()
            page.wait_for_load_state()

    return state


VISITS: dict[str, State] = {
    "home": _open("/"),
    "home-unfinished": _after(2, "/"),
    "home-finished": _finished(SERVICE, "/"),
    "introduction": _open("/quiz/"),
    "introduction-unfinished": _after(2, "/quiz/"),
    "introduction-finished": _finished(SERVICE, "/quiz/"),
    "quiz-page-1": _after(0, "/quiz/1/"),
    "quiz-page-2": _after(2, "/quiz/2/"),
    "quiz-page-3": _after(2, "/quiz/3/"),
    "quiz-page-4": _after(4, "/quiz/4/"),
    "quiz-missing": _missing,
    "background": _after(4, "/quiz/5/"),
    "result-clear": _finished(SERVICE),
    "result-leaning": _finished(leaning("sales", 7), B1_sales="6", B2="now", B3="ba"),
    "result-close": _finished(leaning("sales", 1)),
    "result-individual": _finished(leaning("sales", 7)),
    "result-long": _finished(leaning("service", 1), B1_service="6", B2="now", B3="none"),
    "result-insufficient": _finished(alike(3)),
    "result-flagged": _finished(SAME_TEN_TIMES),
    "accessibility": _open("/accessibility/"),
    "method": _method,
}
ROLES: dict[str, State] = {
    "roles": _open("/roles/"),
    "role-sales": _open("/roles/sales-representative/"),
    "role-service-manager": _open("/roles/customer-service-manager/"),
    "compare-own": _finished(
        leaning("sales", 7), "/roles/compare/sales-representative/customer-service-representative/"
    ),
    "compare-own-four": _finished(
        leaning("service", 3),
        "/roles/compare/sales-representative/customer-service-representative"
        "/sales-manager/customer-service-manager/",
    ),
    "role-own": _finished(SERVICE, "/roles/sales-representative/"),
    "role-choice": _open("/roles/compare/"),
    "role-choice-refused": _open("/roles/compare/?role=sales-manager"),
    "compare-levels": _open("/roles/compare/sales-representative/sales-manager/"),
}
ERRORS: dict[str, State] = {
    "bad-request-400": _open("/?words=%00"),
    "not-an-answer-400": _not_an_answer,
    "no-attempt-403": _open("/quiz/result/"),
    "stale-403": _stale,
    "without-cookies-403": _without_cookies,
    "lost-cookie-403": _lost_cookie,
    "not-found-404": _open("/no-such-page/"),
}
# Keeping, sharing and deleting your own answers.
OWN: dict[str, State] = {
    "links": _links,
}
# The site can't be reached or refuses to save. The browser complains then, rightly.
TROUBLES: dict[str, State] = {
    "quiz-lost": _lost,
    "quiz-waiting": _waiting,
    "quiz-saved": _saved,
    "quiz-refused": _refused,
}

# They repeat the parts of the pages above, so axe checks each once.
ALIKE: dict[str, State] = {
    "compare-four": _open(
        "/roles/compare/sales-representative/customer-service-representative"
        "/sales-manager/customer-service-manager/"
    ),
    "role-service": _open("/roles/customer-service-representative/"),
    "role-sales-manager": _open("/roles/sales-manager/"),
    "compare-individual": _open(
        "/roles/compare/sales-representative/customer-service-representative/"
    ),
    "compare-managers": _open("/roles/compare/sales-manager/customer-service-manager/"),
    "compare-own-managers": _finished(
        leaning("sales", 7), "/roles/compare/sales-manager/customer-service-manager/"
    ),
    "role-own-service-manager": _finished(SERVICE, "/roles/customer-service-manager/"),
    "data": _twice("/quiz/data/"),
    "shared": _by_link("shared"),
    "result-asked-to-share": _invited,
    "result-invited": _invited_result,
    "own-meeting": _own_meeting,
    "embed": _open("/embed/"),
    "embed-page": _embedded(0),
    "embed-missing": _embedded(0, "Save and continue"),
    "embed-finished": _embedded(4, "Show my result"),
    "results": _twice("/quiz/results/"),
    "invitation-class": _by_link("class"),
    "account-join": _by_link("join"),
}

# For the gallery only.
PICTURED: dict[str, State] = {
    "code": _finished(SERVICE, "/quiz/code/"),
    "resume-wrong": _wrong_code,
    "delete": _twice("/quiz/data/delete/"),
    "shared-locked": _by_link("locked"),
    "resume": _open("/quiz/resume/"),
    "left": _open("/quiz/left/"),
    "deleted": _open("/quiz/deleted/"),
    "links-refused": _refused_link,
    "data-none": _open("/quiz/data/"),
    "data-research": _given_for_research,
    "background-again": _twice("/quiz/data/background/"),
    "invitation": _by_link("invitation"),
    "stop-reminders": _by_link("stop"),
    "invitation-code": _open("/join/"),
    "invitation-code-wrong": _wrong_invitation_code,
    "account-login": _open("/counselor/account/login/"),
}

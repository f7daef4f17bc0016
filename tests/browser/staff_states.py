"""Pages of counselors and editors, in every state."""

from playwright.sync_api import Page

from quiz.questionnaires.file import write
from tests.answers import VERSION_2, leaning
from tests.browser.counselor_site import as_counselor, clients_on
from tests.browser.figures import give_figures
from tests.browser.site import Site
from tests.browser.visitor import finish_unseen, log_in
from tests.browser.visitor_states import SERVICE, State


def _in_admin(path: str) -> State:

    def state(page: Page, site: Site) -> None:
        log_in(page, site)
        page.goto(path)

    return state


def _first_day(page: Page, site: Site) -> None:
    """The list that the demo hides: shown here, and hidden again for the next page."""
    log_in(page, site)
    page.get_by_role("button", name="Show the first day's list").click()
    page.get_by_role("heading", name="Your first day").wait_for()
    page.evaluate(
        """async () => {
            const form = document.querySelector("form[action$='/hide/']");
            await fetch(form.action, { method: "POST", body: new FormData(form) });
        }"""
    )


def _version_in_admin(page: Page, site: Site) -> None:
    log_in(page, site)
    page.goto("/admin/quiz/questionnaireversion/")
    published = page.locator("#result_list tbody tr").filter(has_text="published")
    published.locator("th a").first.click()
    page.wait_for_url("**/change/")


def _history_of_a_part(page: Page, site: Site) -> None:
    """An earlier state of a duty, which has no page of its own."""
    log_in(page, site)
    ((role, state),) = site.query(
        "SELECT role_id, history_id FROM roles_historicalduty ORDER BY history_id LIMIT 1"
    )
    page.goto(f"/admin/roles/role/{role}/history/duty/{state}/")


def _draft(page: Page, site: Site) -> str:
    """Start a draft as an editor does; return the address of its pages."""
    _version_in_admin(page, site)
    page.goto(page.url.replace("/change/", "/new-draft/"))
    page.get_by_label("Title").fill("Shorter statements")
    page.get_by_role("button", name="Start the draft").click()
    page.wait_for_url("**/change/")
    return page.url.removesuffix("change/")


# By address of the site: the address of its draft, and the editor's cookies.
_drafts: dict[str, tuple[str, list]] = {}


def _edited_draft(page: Page, site: Site) -> str:
    """A draft with a reworded statement, a wrongly keyed one and a spare one.

    It is shared by all tests that only look, because creating it takes longer than looking.
    """
    if site.address not in _drafts:
        _drafts[site.address] = _make_draft(page, site), page.context.cookies()
    draft, cookies = _drafts[site.address]
    page.context.add_cookies(cookies)
    return draft


def _make_draft(page: Page, site: Site) -> str:
    draft = _draft(page, site)
    page.locator("#id_items-0-text_en").fill("I like to make the first call.")
    page.locator("#id_items-2-is_asked").uncheck()
    page.locator("#id_items-8-is_asked").uncheck()
    page.get_by_role("button", name="Save and continue editing").first.click()
    page.wait_for_load_state()
    return draft


def _in_draft(place: str) -> State:
    return lambda page, site: page.goto(f"{_edited_draft(page, site)}{place}")


def _impact(page: Page, site: Site) -> None:
    leans = [("sales", 7), ("sales", 5), ("service", 5.5), ("service", 9), ("sales", 1)]
    for answers in (SERVICE, *(leaning(*lean) for lean in leans)):
        finish_unseen(page, site, answers)
        page.context.clear_cookies()
    page.goto(f"{_edited_draft(page, site)}outcomes/")


def _others_changes(page: Page, site: Site) -> None:
    """Two editors have the same draft open, and both save."""
    draft = _draft(page, site)
    state = page.context.storage_state()
    others = page.context.browser.new_context(base_url=site.address, storage_state=state)
    other = others.new_page()
    other.goto(f"{draft}change/")
    other.locator("#id_items-0-text_en").fill("I like to call people before they call me.")
    other.get_by_role("button", name="Save and continue editing").first.click()
    other.wait_for_load_state()
    others.close()
    page.locator("#id_items-0-text_en").fill("I like to make the first call.")
    page.get_by_role("button", name="Save and continue editing").first.click()
    page.get_by_role("heading", name="What others changed").wait_for()


def _refused_file(page: Page, site: Site) -> None:
    log_in(page, site)
    page.goto("/admin/quiz/questionnaireversion/import/")
    words = write(VERSION_2).replace('"keying": -1', '"keying": 2', 2).replace("0.9,", '"much",')
    file = {"name": "spring.json", "mimeType": "application/json", "buffer": words.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Start the draft").click()
    page.get_by_role("alert").wait_for()


def _evidence(page: Page, site: Site) -> None:
    give_figures(site)
    _version_in_admin(page, site)
    page.goto(page.url.replace("/change/", "/evidence/"))


def _as_counselor(place: str) -> State:
    """A counselor's page, given by the name of a row or by an address."""

    def state(page: Page, site: Site) -> None:
        known = as_counselor(page, site)
        page.goto(known.get(place, place))

    return state


def wall_with_dots(page: Page, site: Site) -> None:
    """The wall page of the demo's class, after "Show results"."""
    known = as_counselor(page, site)
    page.goto(known["wall"])
    show = page.get_by_role("button", name="Show results")
    if show.count():
        show.click()
    page.locator("[data-dots]").wait_for()


def _imported(content: str) -> State:
    """The page after choosing a CSV file to import."""

    def state(page: Page, site: Site) -> None:
        as_counselor(page, site)
        page.goto("/counselor/clients/import/")
        file = {"name": "class.csv", "mimeType": "text/csv", "buffer": content.encode()}
        page.get_by_label("CSV file").set_input_files(file)
        page.get_by_role("button", name="Check the file").click()
        page.wait_for_load_state()

    return state


def _reassign(page: Page, site: Site) -> None:
    _in_admin("/admin/quiz/counselor/")(page, site)
    page.get_by_role("link", name="Dana Reed").click()
    page.get_by_role("link", name="Hand over clients").click()
    page.get_by_role("button", name="Show what moves").wait_for()


def _public(path: str) -> State:
    return lambda page, site: page.goto(path)


def _newcomer(page: Page, site: Site) -> None:
    session = clients_on(site)["newcomer"]
    page.context.add_cookies([{"name": "session", "value": session, "url": site.address}])
    page.goto("/counselor/account/app/")


COUNSELORS: dict[str, State] = {
    "counselor-caseload": _as_counselor("/counselor/"),
    "counselor-meet": _as_counselor("meet"),
    "counselor-wall": wall_with_dots,
    "counselor-import-check": _imported(
        'name,email,group,tags,phone\nRobin Vale,robin@example.org,10b,"autumn, new",1\nAnn Lee,,,,'
    ),
    "account-sessions": _as_counselor("/counselor/account/sessions/"),
    "account-passkey-new": _as_counselor("/counselor/account/passkeys/add/"),
    "account-password-reset": _public("/counselor/account/password/reset/"),
}
# Django's pages meet WCAG, but not every rule of this site.
ADMIN: dict[str, State] = {
    "admin-dashboard": log_in,
    "admin-first-day": _first_day,
    "admin-version": _version_in_admin,
    "admin-figures": _in_admin("/admin/roles/figure/"),
    "admin-evidence": _evidence,
    "admin-organization": _in_admin("/admin/organization/organization/"),
    "admin-organization-colors": _in_admin(
        "/admin/organization/organization/preview/?light_act=%23006633&dark_paper=%230b1f14"
    ),
    "admin-paper": _in_admin("/admin/papers/accessibility/"),
    "monthly-report": _in_admin("/counselor/report/"),
    "admin-reassign": _reassign,
    "admin-tasks": _in_admin("/admin/django_tasks_database/dbtaskresult/"),
    "admin-history-of-a-part": _history_of_a_part,
}
# A day's work on a draft.
EDITOR: dict[str, State] = {
    "editor-draft": _in_draft("change/"),
    "editor-others-changes": _others_changes,
    "editor-typed-answers": _in_draft("preview/answers/"),
    "editor-preview": _in_draft("preview/1/"),
    "editor-outcomes": _impact,
    "editor-differences": _in_draft("differences/"),
    "editor-publish": _in_draft("publish/"),
    "editor-history": _in_draft("history/"),
    "editor-refused-file": _refused_file,
}

# They repeat the parts of the pages above, so axe checks each once.
ALIKE: dict[str, State] = {
    "counselor-client": _as_counselor("client"),
    "counselor-preparation": _as_counselor("preparation"),
    "counselor-group-report": _as_counselor("report"),
}

# For the gallery only.
PICTURED: dict[str, State] = {
    "account-app": _newcomer,
    "counselor-comparison": _as_counselor("comparison"),
    "counselor-export": _as_counselor("/counselor/export/"),
    "counselor-export-file": _as_counselor("file"),
    "account-password": _as_counselor("/counselor/account/password/"),
    "account": _as_counselor("/counselor/account/"),
    "account-passkeys": _as_counselor("/counselor/account/passkeys/"),
    "account-recovery-codes": _as_counselor("/counselor/account/recovery-codes/"),
    "counselor-add": _as_counselor("/counselor/clients/new/"),
    "counselor-invited": _as_counselor("invited"),
    "counselor-result": _as_counselor("result"),
    "counselor-meeting": _as_counselor("meeting"),
    "counselor-handover": _as_counselor("handover"),
    "counselor-archive": _as_counselor("archive"),
    "counselor-reminders": _as_counselor("/counselor/clients/reminders/"),
    "counselor-import": _as_counselor("/counselor/clients/import/"),
    "counselor-import-faults": _imported("name,email\nRobin Vale,robin@\n,lee@example.org"),
    "counselor-groups": _as_counselor("/counselor/groups/"),
    "counselor-group": _as_counselor("group"),
    "counselor-poster": _as_counselor("poster"),
    "counselor-log": _as_counselor("/counselor/log/"),
}

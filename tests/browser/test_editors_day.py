"""An editor's whole day in the browser: from a new draft to publishing it."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from quiz.questionnaires.file import read
from tests.answers import VERSION_2, leaning
from tests.browser.visitor import SHOW_RESULT, answer_page, finish_unseen, log_in_first, start

VERSIONS = "/admin/quiz/questionnaireversion/"
FIRST = VERSION_2.items[0]
SALES, SERVICE = leaning("sales", 7), leaning("service", 13)


@pytest.fixture
def visitor(browser, own_site):
    """The browser of the last of five people who finish before the day starts."""
    with browser.new_context(base_url=own_site.address) as context:
        page = context.new_page()
        for answers in (SERVICE, SERVICE, SALES, leaning("service", 1), SALES):
            page.context.clear_cookies()
            finish_unseen(page, own_site, answers)
        yield page


@pytest.fixture
def editor(browser, own_site):
    with browser.new_context(base_url=own_site.address) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        log_in_first(page, own_site)
        yield page


def test_editor_drafts_checks_and_publishes_a_version(editor, visitor, own_site, tmp_path):
    page = editor
    results_before = own_site.query("SELECT id, result FROM quiz_attempt ORDER BY id")
    result_page = seen_by(visitor, "/quiz/result/")

    starts_a_draft(page)
    draft = page.url
    first, second = row_names(page)[:2]
    drags_the_second_row_before_the_first(page)
    assert row_names(page)[:2] == [second, first]
    moves_it_back_by_keyboard(page)
    edits_a_wording_and_adds_a_spare(page)

    unbalances_a_trait(page)
    expect(page.get_by_text("Trait proactive").first).to_be_visible()
    cannot_publish(page, draft)
    fixes_it(page, draft)

    previews_as_a_visitor(page, draft)
    sees_a_result_for_typed_answers(page, draft)
    sees_what_would_come_out(page, draft)
    reads_the_differences(page, draft)
    publishes(page, draft)
    exported = exports(page, draft, tmp_path)
    imports(page, exported)
    refuses_a_broken_file(page, exported)
    reads_the_history(page, draft)

    assert own_site.query("SELECT id, result FROM quiz_attempt ORDER BY id") == results_before
    assert seen_by(visitor, "/quiz/result/") == result_page
    visitor.context.clear_cookies()
    start(visitor)
    expect(visitor.get_by_role("group", name="I like to make the first call.")).to_be_visible()


def seen_by(page: Page, path: str) -> str:
    page.goto(path)
    return page.locator("main").aria_snapshot()


def goes_to(page: Page, tool: str) -> None:
    tools = page.get_by_role("navigation", name="This version")
    tools.get_by_role("link", name=tool).click()


def saves_and_stays(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").first.click()
    page.wait_for_load_state()
    expect(page.locator(".messagelist .success").first).to_be_visible()


def row_names(page: Page) -> list[str]:
    """Return the keys of the statements, in the order of the rows."""
    rows = page.locator("#items-group tr.has_original")
    return rows.evaluate_all("rows => rows.map(r => r.querySelector('[name$=-key]').value)")


def starts_a_draft(page: Page) -> None:
    page.goto(VERSIONS)
    page.get_by_role("link", name="As shipped").click()
    goes_to(page, "New draft …")
    page.get_by_label("Title").fill("Spring")
    page.get_by_role("button", name="Start the draft").click()
    expect(page.get_by_text("This is your new draft")).to_be_visible()


def drags_the_second_row_before_the_first(page: Page) -> None:
    rows = page.locator("#items-group tr.has_original")
    rows.first.scroll_into_view_if_needed()
    handle, target = rows.nth(1).locator("td.original p"), rows.first.locator("td.original p")
    start, end = handle.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + 10, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 10, end["y"] + end["height"] / 2, steps=8)
    page.mouse.move(end["x"] + 10, end["y"] + 2, steps=4)
    page.mouse.up()
    expect(rows.first.locator("[name$=-order]")).to_have_value("1")
    saves_and_stays(page)


def moves_it_back_by_keyboard(page: Page) -> None:
    before = row_names(page)
    place = page.locator("#id_items-0-order")
    place.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("questionnaireversion/$"))
    page.get_by_role("link", name="Spring", exact=True).click()
    page.wait_for_url("**/change/")
    assert row_names(page)[:2] == [before[1], before[0]]


def edits_a_wording_and_adds_a_spare(page: Page) -> None:
    page.locator("#id_items-0-text_en").fill("I like to make the first call.")
    page.locator("#items-group .add-row a").click()
    row = page.locator("#items-24")
    row.locator("[name$=-key]").fill("SPARE1")
    row.locator("[name$=-trait]").select_option(label="proactive")
    row.locator("[name$=-keying]").select_option("1")
    row.locator("[name$=-text_en]").fill("I call before I am called.")
    row.locator("[name$=-is_asked]").uncheck()
    saves_and_stays(page)
    expect(page.locator("#id_items-24-is_asked")).not_to_be_checked()


def unbalances_a_trait(page: Page) -> None:
    page.locator("#id_items-0-keying").select_option("-1")
    saves_and_stays(page)


def cannot_publish(page: Page, draft: str) -> None:
    goes_to(page, "Publish …")
    expect(page.get_by_role("heading", name="Publish this draft?")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    page.goto(draft)


def fixes_it(page: Page, draft: str) -> None:
    page.locator("#id_items-0-keying").select_option("1")
    saves_and_stays(page)
    expect(page.get_by_text("The check finds no errors in the draft.")).to_be_visible()


def previews_as_a_visitor(page: Page, draft: str) -> None:
    goes_to(page, "Preview")
    page.get_by_role("button", name="Start the quiz").click()
    for number in range(1, VERSION_2.background_page):
        page.wait_for_url(f"**/preview/{number}/")
        expect(page.get_by_role("complementary", name="Preview")).to_be_visible()
        answer_page(page, [1, 5, 2, 4, 5, 1])
    page.get_by_role("button", name=SHOW_RESULT).click()
    page.wait_for_url("**/preview/result/")
    expect(page.locator("main")).to_have_attribute("data-band", re.compile("."))
    page.get_by_role("link", name="Back to the version").click()


def sees_a_result_for_typed_answers(page: Page, draft: str) -> None:
    page.goto(draft.replace("/change/", "/preview/answers/"))
    for key, value in SERVICE.items():
        page.locator(f"#id_{key}").select_option(str(value))
    page.get_by_role("button", name="Show the result").click()
    expect(page.locator("main")).to_have_attribute("data-field", "service")
    page.goto(draft)


def sees_what_would_come_out(page: Page, draft: str) -> None:
    goes_to(page, "What would come out")
    expect(page.get_by_role("heading", name="Simulated people")).to_be_visible()
    expect(page.get_by_role("heading", name="People who have finished")).to_be_visible()
    expect(page.get_by_text("5 finished attempts")).to_be_visible()


def reads_the_differences(page: Page, draft: str) -> None:
    goes_to(page, "Differences")
    expect(page.locator("ins", has_text="make").first).to_be_visible()
    expect(page.get_by_text("SPARE1").first).to_be_visible()


def publishes(page: Page, draft: str) -> None:
    page.goto(draft)
    goes_to(page, "Publish …")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 3 is live now.")).to_be_visible()
    expect(page.get_by_text("so you can't change it")).to_be_visible()


def exports(page: Page, draft: str, folder) -> str:
    with page.expect_download() as download:
        goes_to(page, "Export")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    words = file.read_text(encoding="utf-8")
    assert [item.key for item in read(words).spare] == ["SPARE1"]
    return words


def imports(page: Page, words: str) -> None:
    send_file(page, "again.json", words)
    expect(page.get_by_text("This is your new draft, as in the file.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("again")
    with page.expect_download() as download:
        goes_to(page, "Export")
    assert download.value.path().read_text(encoding="utf-8") == words


def refuses_a_broken_file(page: Page, words: str) -> None:
    data = json.loads(words)
    data["items"][3]["keying"] = 2
    data["traits"][0]["weight"] = "<b>much</b>"
    page.goto(VERSIONS)
    count = page.locator("#result_list tbody tr").count()
    send_file(page, "broken.json", json.dumps(data))
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("items[3].keying")
    expect(refusal).to_contain_text("traits[0].weight")
    expect(refusal.locator("b")).to_have_count(0)
    page.goto(VERSIONS)
    expect(page.locator("#result_list tbody tr")).to_have_count(count)


def send_file(page: Page, name: str, words: str) -> None:
    page.goto(VERSIONS)
    page.get_by_role("link", name="New draft", exact=True).click()
    page.get_by_role("link", name="choose the file").click()
    file = {"name": name, "mimeType": "application/json", "buffer": words.encode()}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Start the draft").click()


def reads_the_history(page: Page, draft: str) -> None:
    page.goto(draft)
    goes_to(page, "History")
    expect(page.get_by_role("cell", name="admin").first).to_be_visible()
    expect(page.locator("ins", has_text="I like to make the first call.")).to_be_visible()

"""A counselor's day in the browser: a caseload inherited, imports, a class, a meeting, reports."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.answers import leaning
from tests.browser.first_class import FirstClass
from tests.browser.site import printed_on
from tests.browser.visitor import answer_unseen

# In even steps of the scale, as people of one class would be.
PUPILS = {
    f"Pupil {place}": leaning("sales" if place % 2 else "service", place) for place in range(1, 13)
}
FILE = "name,email,group,tags\n" + "".join(
    f"Client {place:02},client{place:02}@example.org,Evening course,autumn\n" for place in range(30)
)
FAULTY = FILE.replace("client07@example.org", "client07@")
AGREED = "Lee tries a day in sales."
STEP = "Lee calls the shop by Friday."


@pytest.fixture
def people(browser, own_site):
    return FirstClass(browser, own_site)


def test_counselor_inherits_imports_shows_a_class_meets_and_reports(people):
    administrator, leaving, counselor = (people.private_window() for _ in range(3))
    people.log_in_first(administrator)
    becomes_counselor(people, administrator, leaving, "Lou Reyes")
    becomes_counselor(people, administrator, counselor, "Sam Ortiz")
    client = people.private_window()
    invites_a_client(people, leaving, client)

    closes_the_account(administrator)
    expect_that_no_one_sees(client)
    hands_over(people, administrator)
    expect_new_counselor(client)

    counselor.goto("/counselor/")
    expect(counselor.get_by_role("link", name="Lee Moss", exact=True)).to_be_visible()
    imports_thirty(people, counselor)
    pupils = runs_a_class_of_twelve(people, counselor)
    meets(people, counselor, client)
    reports(people, counselor, administrator, pupils)


def becomes_counselor(people: FirstClass, administrator: Page, page: Page, name: str) -> None:
    administrator.goto("/admin/quiz/counselorinvitation/add/")
    link = people.invite(administrator, f"{name.split()[0].lower()}@example.org")
    people.become_counselor(page, link, name)


def invites_a_client(people: FirstClass, leaving: Page, client: Page) -> None:
    people.press(leaving, "Add a client")
    people.fill(leaving, "Name", "Lee Moss")
    people.press(leaving, "Add the client")
    client.goto(leaving.get_by_label("Link for this client").input_value())
    people.press(client, "Start the quiz")
    client.wait_for_url("**/quiz/1/")
    answer_unseen(client, people.site, leaning("sales", 9))
    shares_preferences(people, client)


def shares_preferences(people: FirstClass, page: Page) -> None:
    page.goto("/quiz/result/")
    people.press(page, "Also my preferences")
    expect(page.locator("#counselor")).to_contain_text("sees the suggestion and your preferences")


def closes_the_account(administrator: Page) -> None:
    administrator.goto("/admin/quiz/counselor/")
    administrator.get_by_role("link", name="Lou Reyes").click()
    administrator.get_by_label("Account is open").uncheck()
    administrator.get_by_role("button", name="Save", exact=True).click()


def expect_that_no_one_sees(client: Page) -> None:
    client.reload()
    expect(client.locator("#counselor")).to_contain_text("no one sees your results there")


def hands_over(people: FirstClass, administrator: Page) -> None:
    administrator.goto("/admin/")
    expect(administrator.locator("main")).to_contain_text("1 client is still with Lou Reyes")
    people.press(administrator, "Hand over clients")
    receiver = administrator.get_by_label("Hand over to")
    option = receiver.get_by_role("option", name="Sam Ortiz")
    receiver.select_option(option.get_attribute("value"))
    administrator.get_by_label("Everything").check()
    people.press(administrator, "Show what moves")
    expect(administrator.locator("main")).to_contain_text("1 client moves")
    people.press(administrator, "Hand over")
    administrator.goto("/admin/")
    expect(administrator.locator("main")).not_to_contain_text("Lou Reyes, whose account is closed")


def expect_new_counselor(client: Page) -> None:
    client.reload()
    told = client.locator("#counselor")
    expect(told).to_contain_text("Shared with Sam Ortiz")
    expect(told).to_contain_text("Lou Reyes")
    expect(told).to_contain_text("still shared. You can stop that here.")


# ---------------------------------------------------------------- clients from a file


def imports_thirty(people: FirstClass, counselor: Page) -> None:
    people.press(counselor, "Import clients")
    checks_a_file(counselor, FAULTY)
    expect(counselor.get_by_role("alert")).to_contain_text("Row 9")
    checks_a_file(counselor, FILE)
    expect(counselor.locator("[data-new]")).to_contain_text("30 clients are new")
    people.press(counselor, "Add the clients")
    expect(counselor.get_by_role("status").first).to_contain_text("You added 30 clients.")


def checks_a_file(counselor: Page, content: str) -> None:
    file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": content.encode()}
    counselor.get_by_label("CSV file").set_input_files(file)
    counselor.get_by_role("button", name="Check the file").click()


# ---------------------------------------------------------------- a class in the room


def runs_a_class_of_twelve(people: FirstClass, counselor: Page) -> list[Page]:
    """Twelve join, finish and share; return their browsers."""
    link = people.create_group(counselor, "12")
    people.press(counselor, "Show it in class")
    expect_counts(counselor, started=0, finished=0)
    pupils = [people.join(link, name) for name in PUPILS]
    expect_counts(counselor, started=12, finished=0)
    for number, (page, answers) in enumerate(zip(pupils, PUPILS.values(), strict=True)):
        if number == 4:
            expect_counts(counselor, started=12, finished=4)
        answer_unseen(page, people.site, answers)
        shares_preferences(people, page)
    expect_counts(counselor, started=12, finished=12)
    people.press(counselor, "Show results")
    expect(counselor.locator("[data-dots='12']")).to_be_visible()
    expect(counselor.locator("main")).not_to_contain_text("Pupil")
    return pupils


def expect_counts(wall: Page, *, started: int, finished: int) -> None:
    """Expect numbers that appear without a reload."""
    words = re.compile(rf"{started} started\s+{finished} finished")
    expect(wall.locator(".wall-counts")).to_have_text(words, timeout=20_000)


# ---------------------------------------------------------------- one person


def meets(people: FirstClass, counselor: Page, client: Page) -> None:
    counselor.goto("/counselor/")
    people.press(counselor, "Lee Moss")
    people.press(counselor, "Hold the meeting")
    reasons = counselor.locator("form.meeting fieldset")
    for place, mark in enumerate(("Agree", "Not me", "Talk about it")):
        reasons.nth(place).get_by_label(mark).check()
    people.fill(counselor, "What we agreed", AGREED)
    people.fill(counselor, "One next step", STEP)
    people.press(counselor, "Save the meeting")
    expect(counselor.locator("main")).to_contain_text(AGREED)
    client.goto("/quiz/result/")
    people.press(client, "Stop sharing my results")
    counselor.reload()
    expect(counselor.locator("main")).to_contain_text(AGREED)
    client.goto("/quiz/data/")
    client.locator("#meetings").get_by_role("link").first.click()
    expect(client.locator("main")).to_contain_text(STEP)


# ---------------------------------------------------------------- reports


def reports(people: FirstClass, counselor: Page, administrator: Page, pupils: list[Page]) -> None:
    counselor.goto("/counselor/groups/")
    people.press(counselor, "Report")
    expect(counselor.get_by_role("heading", level=1)).to_contain_text("Class 10b")
    expect(counselor.locator("main")).to_contain_text(f"{len(pupils)} people")
    administrator.goto("/counselor/report/")
    expect(administrator.locator("main")).to_contain_text("No month is counted yet")
    printed_on(people.site, "tests.browser.month_over")
    administrator.reload()
    report = administrator.locator("main")
    expect(report.get_by_role("table").first).to_be_visible()
    for name in ("Lee", "Pupil", "Client 0", "Sam", "Lou"):
        expect(report).not_to_contain_text(name)

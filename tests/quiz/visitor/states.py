"""Taking, resuming, sharing and deleting in any order, next to a model of what must come out.

Three browsers send what people send, in any order, and each request may be sent again. After every
step the database must hold what the model holds.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from django.conf import settings
from django.test import Client as Browser
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from quiz.attempts.codes import hash_of
from quiz.attempts.models import Attempt, ShareLink
from quiz.core.questionnaire import Questionnaire
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.visitor.own_attempt import _signer

COOKIE = settings.ATTEMPT_COOKIE_NAME
DEVICES = st.integers(0, 2)
numbers = count(1)


@dataclass
class Taking:
    """What the model knows of an attempt."""

    code: str
    series: str  # the code of the person's first attempt
    answers: dict[str, int] = field(default_factory=dict)
    is_finished: bool = False
    next_code: str = ""  # of the attempt after this one

    @property
    def is_empty(self):
        return not (self.answers or self.is_finished)


@dataclass
class Device:
    browser: Browser = field(default_factory=Browser)
    code: str = ""  # of the attempt that its cookie names, deleted or not
    # Sends its last request again, and lets the model follow.
    again: Callable[[], None] = lambda: None


class Site(RuleBasedStateMachine):
    steps = 0

    def __init__(self):
        super().__init__()
        self.devices = [Device() for _ in range(3)]
        self.takings: dict[str, Taking] = {}
        self.codes_by_form: dict[str, str] = {}  # of people who were new in a browser
        self.deleted: dict[str, None] = {}  # codes, in the order of deletion
        self.links: dict[str, str] = {}  # series by path
        self.revoked: set[str] = set()

    @initialize()
    def read_the_questionnaire(self):
        version = QuestionnaireVersion.objects.published().get()
        self.questionnaire: Questionnaire = version.questionnaire()
        self.pages = len(self.questionnaire.item_pages)

    # ---------------------------------------------------------------- what people do

    @rule(device=DEVICES, is_other=st.booleans())
    def start(self, device, is_other):
        device = self.devices[device]
        before = self.taking_of(device)
        mark = self.mark_of(before) if before else ""
        form = {"form": f"form {next(numbers)}", "attempt": mark}
        self.start_with(device, form | ({"who": "other"} if is_other else {}))

    def start_with(self, device, form):
        before, token = self.taking_of(device), form["form"]
        response = self.send(device, "/quiz/", form, lambda: self.start_with(device, form))
        if before and form["attempt"] != self.mark_of(before):
            assert response.url == self.way_on(before)
            return
        if before and before.is_empty and "who" not in form:
            assert response.url == "/quiz/1/"
            return
        followed = before if "who" not in form else None
        known = followed.next_code if followed else self.codes_by_form.get(token, "")
        if not followed and known in self.takings and not self.takings[known].is_empty:
            assert response.url == "/quiz/"
            return
        device.code = code_in(device.browser)
        if known in self.takings:
            assert device.code == known
        else:
            assert device.code not in self.takings
            series = followed.series if followed else device.code
            self.takings[device.code] = Taking(device.code, series)
            self.deleted.pop(device.code, None)
            if followed:
                followed.next_code = device.code
            else:
                self.codes_by_form[token] = device.code
        assert response.url == self.way_on(self.takings[device.code])

    @precondition(lambda self: self.takings)
    @rule(
        device=DEVICES,
        page=st.integers(1, 4),
        go=st.sampled_from(["next", "back", "keep"]),
        data=st.data(),
    )
    def answer(self, device, page, go, data):
        device = self.devices[device]
        keys = [item.key for item in self.questionnaire.item_pages[page - 1]]
        given = data.draw(st.dictionaries(st.sampled_from(keys), st.integers(1, 5)))
        self.answer_page(device, page, given, go)

    @precondition(lambda self: self.takings)
    @rule(device=DEVICES, value=st.integers(1, 5))
    def answer_everything(self, device, value):
        device = self.devices[device]
        for page, items in enumerate(self.questionnaire.item_pages, start=1):
            self.answer_page(device, page, {item.key: value for item in items}, "next")
        self.finish(device)

    @precondition(lambda self: self.takings)
    @rule(device=DEVICES)
    def send_the_last_page(self, device):
        self.finish(self.devices[device])

    @precondition(lambda self: self.takings)
    @rule(device=DEVICES, data=st.data())
    def resume(self, device, data):
        codes = [*self.takings, *self.deleted]
        code = codes[data.draw(st.integers(0, len(codes) - 1))]
        self.resume_with(self.devices[device], code)

    def resume_with(self, device, code):
        again = lambda: self.resume_with(device, code)  # noqa: E731
        response = self.send(device, "/quiz/resume/", {"code": code}, again)
        if code in self.takings:
            assert response.url == self.way_on(self.takings[code])
            device.code = code
        else:
            assert response.status_code in (400, 429)  # the form again, with an error

    @rule(device=DEVICES)
    def leave(self, device):
        device = self.devices[device]
        self.send(device, "/quiz/leave/", {}, lambda: None)
        device.code = ""

    @precondition(lambda self: self.takings)
    @rule(device=DEVICES)
    def share(self, device):
        self.share_with(self.devices[device], f"00000000-0000-4000-8000-{next(numbers):012}")

    def share_with(self, device, link_id):
        data = {"id": link_id, "scope": "traits", "until": "30"}
        self.send(device, "/quiz/shares/", data, lambda: self.share_with(device, link_id))
        own = self.taking_of(device)
        if own and any(each.is_finished for each in self.of(own.series)):
            self.links.setdefault(link_id, own.series)

    @precondition(lambda self: self.links)
    @rule(device=DEVICES, data=st.data())
    def revoke(self, device, data):
        link_id = list(self.links)[data.draw(st.integers(0, len(self.links) - 1))]
        self.revoke_with(self.devices[device], link_id)

    def revoke_with(self, device, link_id):
        again = lambda: self.revoke_with(device, link_id)  # noqa: E731
        self.send(device, f"/quiz/shares/{link_id}/revoke/", {}, again)
        own = self.taking_of(device)
        if own and own.series == self.links.get(link_id):
            del self.links[link_id]

    @precondition(lambda self: self.takings)
    @rule(device=DEVICES, is_sure=st.booleans())
    def delete(self, device, is_sure):
        device = self.devices[device]
        own = self.taking_of(device)
        data = {"is_sure": "on"} if is_sure else {}
        self.send(device, "/quiz/data/delete/", data, lambda: None)
        if not (own and is_sure):
            return
        device.code = ""
        for each in self.of(own.series):
            del self.takings[each.code]
            self.deleted[each.code] = None
        self.links = {
            link_id: series for link_id, series in self.links.items() if series != own.series
        }

    @rule(device=DEVICES)
    def send_again(self, device):
        """Send the last request once more, with the cookies of now."""
        self.devices[device].again()

    # ---------------------------------------------------------------- what must come out

    @invariant()
    def database_holds_what_the_model_holds(self):
        stored = {
            attempt.code_hash: (attempt.values(), attempt.is_finished)
            for attempt in Attempt.objects.all()
        }
        known = {
            hash_of(taking.code): (taking.answers, taking.is_finished)
            for taking in self.takings.values()
        }
        assert stored == known
        assert set(map(str, ShareLink.objects.values_list("pk", flat=True))) == set(self.links)
        Site.steps += 1

    # ---------------------------------------------------------------- parts

    def send(self, device, url, data, again):
        device.again = again
        response = device.browser.post(url, data)
        assert response.status_code < 500
        return response

    def answer_page(self, device, page, given, go):
        again = lambda: self.answer_page(device, page, given, go)  # noqa: E731
        self.send(device, f"/quiz/{page}/", {**given, "go": go}, again)
        own = self.taking_of(device)
        if own and not own.is_finished:
            own.answers |= given

    def finish(self, device):
        self.send(device, f"/quiz/{self.pages + 1}/", {}, lambda: self.finish(device))
        own = self.taking_of(device)
        if own and len(own.answers) == len(self.questionnaire.items):
            own.is_finished = True

    def taking_of(self, device):
        return self.takings.get(device.code)

    def of(self, series):
        return [each for each in self.takings.values() if each.series == series]

    def mark_of(self, taking):
        return hash_of(taking.code)[:12]

    def way_on(self, taking):
        if taking.is_finished:
            return "/quiz/result/"
        for page, items in enumerate(self.questionnaire.item_pages, start=1):
            if any(item.key not in taking.answers for item in items):
                return f"/quiz/{page}/"
        return f"/quiz/{self.pages + 1}/"


def code_in(browser):
    return _signer().unsign(browser.cookies[COOKIE].value)

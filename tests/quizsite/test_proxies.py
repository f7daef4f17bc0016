"""Addresses behind proxies, and the test of the settings on the first requests."""

import logging

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from quiz.web.limits import network_of
from quizsite import proxies
from quizsite.proxies import Proxies, faults, sender

PEER = "198.51.100.1"
CLIENT = "192.0.2.7"
WRONG_CODE = {"code": "0000-0000-0000-0000"}
GARBAGE = [
    "",
    " ",
    ",",
    ",,,",
    "unknown",
    "_hidden",
    "for=1",
    "1.2.3",
    "١.٢.٣.٤",
    "[",
    "[]",
    "]:",
    ":",
]
GARBAGE += ["\x00", "a" * 10_000, "1.2.3.4.5", "::::", "[::1", "999.1.1.1", "fe80::1%", "<b>"]
PROXIES = "ALLAUTH_TRUSTED_PROXY_COUNT"
FITTING = {"x-forwarded-for": CLIENT, "x-forwarded-proto": "https"}


def headers(forwarded_for=None, **more):
    sent = {} if forwarded_for is None else {"HTTP_X_FORWARDED_FOR": forwarded_for}
    return {"REMOTE_ADDR": PEER} | sent | more


class TestSender:
    @pytest.mark.parametrize(
        ("forwarded_for", "trusted", "expected"),
        [
            (None, 0, PEER),
            (None, 1, PEER),
            (CLIENT, 0, PEER),
            (CLIENT, 1, CLIENT),
            (f"203.0.113.9, {CLIENT}", 1, CLIENT),
            (f"{CLIENT}, 203.0.113.9", 2, CLIENT),
            (f"forged, {CLIENT},203.0.113.9", 2, CLIENT),
            (CLIENT, 2, PEER),
            (f"{CLIENT}:4711", 1, CLIENT),
            ("2001:db8::7", 1, "2001:db8::7"),
            ("[2001:db8::7]", 1, "2001:db8::7"),
            ("[2001:db8::7]:4711", 1, "2001:db8::7"),
            (f"::ffff:{CLIENT}", 1, CLIENT),
            (f"[::ffff:{CLIENT}]:4711", 1, CLIENT),
            ("::ffff:c000:207", 1, CLIENT),
        ],
    )
    def test_sender_is_what_the_outermost_proxy_saw(self, forwarded_for, trusted, expected):
        assert sender(headers(forwarded_for), trusted) == expected

    @pytest.mark.parametrize("garbage", GARBAGE)
    def test_garbage_counts_as_the_peer(self, garbage):
        assert sender(headers(garbage), 1) == PEER

    @given(st.text(), st.integers(0, 4))
    def test_any_value_gives_an_address(self, forwarded_for, trusted):
        assert network_of(request_with(sender(headers(forwarded_for), trusted)))


def request_with(address):
    return RequestFactory().get("/", REMOTE_ADDR=address)


class TestRequests:
    @pytest.mark.parametrize("garbage", GARBAGE)
    def test_garbage_is_answered_as_without_it(self, client_class, content, settings, garbage):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        # From an address of its own, since wrong codes are limited.
        client = client_class(REMOTE_ADDR=f"203.0.113.{GARBAGE.index(garbage)}")
        response = client.post("/quiz/resume/", WRONG_CODE, headers={"x-forwarded-for": garbage})
        assert response.status_code == 400  # the code is wrong

    def test_limits_count_the_sender(self, rf, settings):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        request = rf.get("/", headers={"x-forwarded-for": f"203.0.113.9, ::ffff:{CLIENT}"})
        assert Proxies(network_of)(request) == CLIENT


class TestFaults:
    @pytest.fixture(autouse=True)
    def _production(self, settings):
        settings.PLAIN_HTTP = False
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def test_request_as_expected_has_none(self):
        assert not [*faults(headers(CLIENT, HTTP_X_FORWARDED_PROTO="https"))]
        forged = headers(f"1.1.1.1, {CLIENT}", HTTP_X_FORWARDED_PROTO="http")
        assert not [*faults(forged)]

    @pytest.mark.parametrize(
        ("changed", "sent", "named"),
        [
            ({}, headers(HTTP_X_FORWARDED_PROTO="https"), "came with 0 addresses"),
            (
                {"ALLAUTH_TRUSTED_PROXY_COUNT": 2},
                headers(CLIENT, HTTP_X_FORWARDED_PROTO="https"),
                "with 1",
            ),
            (
                {"ALLAUTH_TRUSTED_PROXY_COUNT": 0},
                headers(CLIENT, HTTP_X_FORWARDED_PROTO="https"),
                "is 0",
            ),
            ({}, headers(CLIENT), "without X-Forwarded-Proto"),
            (
                {"SECURE_PROXY_SSL_HEADER": None},
                headers(CLIENT, HTTP_X_FORWARDED_PROTO="https"),
                "Set BEHIND_TLS_PROXY=1",
            ),
        ],
    )
    def test_fault_names_the_setting(self, settings, changed, sent, named):
        for name, value in changed.items():
            setattr(settings, name, value)
        (fault,) = faults(sent)
        assert named in fault

    def test_site_without_a_proxy_has_none(self, settings):
        settings.PLAIN_HTTP = True
        settings.SECURE_PROXY_SSL_HEADER = None
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
        assert not [*faults(headers())]

    def test_each_fault_is_logged_once(self, rf, caplog):
        middleware = Proxies(lambda request: None)
        for _ in range(3):
            middleware(rf.get("/"))
        assert len(caplog.messages) == 2

    def test_first_request_that_fits_is_logged(self, rf, caplog):
        caplog.set_level(logging.INFO)
        middleware = Proxies(lambda request: None)
        for _ in range(2):
            middleware(rf.get("/", headers={"x-forwarded-for": "a", "x-forwarded-proto": "https"}))
        assert caplog.messages == [
            "The first request came through proxies as TRUSTED_PROXIES says."
        ]

    def test_monitoring_without_a_proxy_is_no_fault(self, rf, caplog):
        Proxies(lambda request: None)(rf.get("/healthz"))
        assert not caplog.messages

    def test_only_the_first_requests_are_looked_at(self, rf, caplog, monkeypatch):
        monkeypatch.setattr(proxies, "LOOKED_AT", 1)
        middleware = Proxies(lambda request: None)
        middleware(rf.get("/", headers=FITTING))
        middleware(rf.get("/"))
        assert not [record for record in caplog.records if record.levelname == "WARNING"]

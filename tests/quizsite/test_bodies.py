"""Bodies of requests: chunked ones are read, and what can't be read is refused truthfully."""

import io

import pytest
from django.test import Client

from quiz.attempts.models import Attempt
from quizsite.bodies import BROKE_OFF, WholeBodies

FORM = "application/x-www-form-urlencoded"
CHUNKED = {"transfer-encoding": "chunked"}


# ---------------------------------------------------------------- chunks, before Django


class Drop(io.BytesIO):
    """A stream that gives a few bytes with each call, as a network does."""

    def read(self, size=-1):
        return super().read(min(size, 3))


def passed_on(**environ) -> dict:
    """Return what the application gets."""
    got = {}
    application = WholeBodies(lambda environ, start_response: got.update(environ) or [])
    application({"wsgi.input": Drop(b"P1=3&P2=4"), "wsgi.input_terminated": True, **environ}, None)
    return got


class TestWholeBodies:
    def test_chunked_body_gets_its_length(self):
        environ = passed_on(HTTP_TRANSFER_ENCODING="chunked")
        assert environ["CONTENT_LENGTH"] == "9"
        assert environ["wsgi.input"].read() == b"P1=3&P2=4"

    def test_body_that_is_too_large_is_not_read_to_its_end(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5
        assert passed_on(HTTP_TRANSFER_ENCODING="chunked")["CONTENT_LENGTH"] == "6"

    @pytest.mark.parametrize(("length", "broke_off"), [("9", False), ("5", False), ("10", True)])
    def test_body_that_broke_off_is_marked(self, length, broke_off):
        environ = passed_on(CONTENT_LENGTH=length)
        assert environ[BROKE_OFF] == broke_off
        assert environ["wsgi.input"].read() == b"P1=3&P2=4"[: int(length)]

    @pytest.mark.parametrize(
        "environ",
        [
            {"CONTENT_LENGTH": ""},
            {"CONTENT_LENGTH": str(2**30)},
            {},
            {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": False},
        ],
        ids=["empty", "large", "none", "endless"],
    )
    def test_other_bodies_are_left_to_django(self, environ):
        assert isinstance(passed_on(**environ)["wsgi.input"], Drop)


# ---------------------------------------------------------------- what is refused

pages = pytest.mark.usefixtures("content")


def post(data: bytes | str, content_type: str = FORM, **headers):
    client = Client(enforce_csrf_checks=True)
    client.get("/quiz/")  # gives the cookie of the CSRF check
    return client.generic("POST", "/quiz/", data, content_type, headers=headers)


@pages
class TestRefusals:
    @pytest.mark.parametrize(
        ("headers", "content_type", "status"),
        [
            ({"content-encoding": "gzip"}, FORM, 415),
            ({"content-encoding": "br, gzip"}, FORM, 415),
            ({"transfer-encoding": "gzip, chunked"}, FORM, 415),
            ({}, f"{FORM}; charset=utf-16", 415),
            ({}, "multipart/form-data; boundary=x; charset=utf-16", 415),
            ({}, "text/plain", 415),
            ({}, "application/json", 415),
            ({}, "", 415),
            ({}, "multipart/form-data", 400),
            ({}, "multipart/form-data; boundary=", 400),
        ],
    )
    def test_body_that_is_no_readable_form_is_not_blamed_on_cookies(
        self, headers, content_type, status
    ):
        response = post("a=b", content_type, **headers)
        assert response.status_code == status
        assert "cookies" not in response.content.decode()
        assert '<header class="site">' in response.content.decode()

    def test_body_that_broke_off_is_refused(self, client):
        response = client.post("/quiz/", {"a": "b"}, **{BROKE_OFF: True})
        assert response.status_code == 400
        assert not Attempt.objects.exists()

    def test_form_without_its_token_still_fails_the_csrf_check(self):
        assert post("a=b").status_code == 403

    def test_chunked_body_of_a_server_that_does_not_end_it_is_refused(self):
        response = Client().generic("POST", "/quiz/", "", headers=CHUNKED)
        assert response.status_code == 411

    def test_chunked_body_that_is_too_large_is_refused(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5
        for content_type in (FORM, "multipart/form-data; boundary=x"):
            assert post("a=bcdef", content_type, **CHUNKED).status_code == 413

    def test_form_that_is_too_large_is_refused(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5
        response = post("a=bcdef")
        assert response.status_code == 413
        assert "cookies" not in response.content.decode()

    @pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii"])
    def test_charsets_that_are_utf_8_are_read(self, client, charset):
        response = client.generic("POST", "/quiz/", "a=b", f"{FORM}; charset={charset}")
        assert response.status_code == 302

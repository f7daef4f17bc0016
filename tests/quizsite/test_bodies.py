"""Bodies of requests: chunked ones are read, and what can't be read is refused truthfully."""

import asyncio

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from quiz.attempts.models import Attempt
from quizsite import bodies
from quizsite.bodies import BROKE_OFF, NO_ROOM, TOO_SLOW, Body

FORM = "application/x-www-form-urlencoded"
CHUNKED = {"transfer-encoding": "chunked"}


# ---------------------------------------------------------------- reading, before Django


class Network:
    """Gives a body in parts, and with `never_ends` waits for more after the last one."""

    def __init__(self, *parts, never_ends=False):
        self.parts, self.never_ends = parts, never_ends
        self.given = 0

    async def __aiter__(self):
        for part in self.parts:
            self.given += 1
            yield part
        if self.never_ends:
            await asyncio.sleep(60)


def read(network, **environ):
    """Return the body that was read, and the environment after it."""
    with Body() as body:
        return asyncio.run(body.read(network, environ)), environ


class TestReading:
    def test_body_is_read_to_its_end(self):
        body, environ = read(Network(b"P1=3", b"&P2=4"), CONTENT_LENGTH="9")
        assert (body, environ) == (b"P1=3&P2=4", {"CONTENT_LENGTH": "9"})

    def test_chunked_body_gets_its_length(self):
        body, environ = read(Network(b"P1=3", b"&P2=4"), HTTP_TRANSFER_ENCODING="chunked")
        assert body == b"P1=3&P2=4"
        assert environ["CONTENT_LENGTH"] == "9"

    def test_body_that_broke_off_is_marked(self):
        _body, environ = read(Network(b"P1=3"), CONTENT_LENGTH="9")
        assert environ[BROKE_OFF]

    def test_chunked_body_that_is_too_large_is_not_read_to_its_end(self, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5
        network = Network(b"1234", b"5678", b"9")
        _body, environ = read(network, HTTP_TRANSFER_ENCODING="chunked")
        assert environ["CONTENT_LENGTH"] == "8"
        assert network.given == 2

    @pytest.mark.parametrize("length", ["", "0", "6", str(2**40), "many", "-1"])
    def test_nothing_is_read_without_a_length_or_with_one_too_large(self, settings, length):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5
        network = Network()
        assert read(network, CONTENT_LENGTH=length)[0] == b""
        assert network.given == 0

    @pytest.mark.parametrize(
        "environ", [{"CONTENT_LENGTH": "9"}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
    )
    def test_body_that_takes_too_long_is_marked(self, settings, environ):
        settings.SECONDS_FOR_A_BODY = 0.01
        assert read(Network(b"P1", never_ends=True), **environ)[1][TOO_SLOW]


class TestRoom:
    @pytest.fixture(autouse=True)
    def _little_room(self, monkeypatch):
        monkeypatch.setattr(bodies, "MOST_BYTES_HELD", 10)
        monkeypatch.setattr(bodies, "UNCOUNTED_BYTES", 4)

    def test_body_without_room_is_marked_and_not_read_to_its_end(self):
        network = Network(b"12345678", b"12345678", b"12345678")
        body, environ = read(network, HTTP_TRANSFER_ENCODING="chunked")
        assert (body, environ[NO_ROOM], network.given) == (b"", True, 2)

    def test_bodies_count_together_until_they_are_answered(self):
        large = {"CONTENT_LENGTH": "12"}
        with Body() as first:
            asyncio.run(first.read(Network(b"x" * 12), dict(large)))
            assert NO_ROOM in read(Network(b"x" * 12), **large)[1]
        assert NO_ROOM not in read(Network(b"x" * 12), **large)[1]
        assert Body.held_by_all == 0

    def test_small_body_is_read_even_when_there_is_no_room(self):
        with Body() as first:
            asyncio.run(first.read(Network(b"x" * 14), {"CONTENT_LENGTH": "14"}))
            assert read(Network(b"P1=3"), CONTENT_LENGTH="4")[0] == b"P1=3"


# ---------------------------------------------------------------- what is refused

pages = pytest.mark.usefixtures("content")


def post(data: bytes | str, content_type: str = FORM, **headers):
    return Client().generic("POST", "/quiz/", data, content_type, headers=headers)


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

    @pytest.mark.parametrize(("fault", "status"), [(BROKE_OFF, 400), (TOO_SLOW, 408)])
    def test_body_that_arrived_only_in_part_is_refused(self, client, fault, status):
        response = client.post("/quiz/", {"a": "b"}, **{fault: True})
        assert response.status_code == status
        assert not Attempt.objects.exists()

    def test_body_without_room_is_refused_with_the_time_to_wait(self, client):
        response = client.post("/quiz/", {"a": "b"}, **{NO_ROOM: True})
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0
        assert not Attempt.objects.exists()

    def test_file_that_is_too_large_is_refused(self, client):
        file = SimpleUploadedFile("large.json", b"x" * 2**20)
        assert client.post("/quiz/", {"file": file}).status_code == 413

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

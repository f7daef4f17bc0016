"""Between the server and Django: environments, whole and streamed answers, readers who leave."""

import asyncio
from types import SimpleNamespace

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from granian.rsgi import ProtocolClosed

from quizsite.rsgi import Server, environ_of


def scope(*headers, **more):
    values = {"method": "POST", "path": "/quiz/", "query_string": "a=%20b", "scheme": "http"}
    values |= {"server": "127.0.0.1:8000", "client": "192.0.2.7:40284", "http_version": "1.1"}
    return SimpleNamespace(**values | more, headers=dict_of(headers))


def dict_of(headers):
    return SimpleNamespace(items=lambda: list(headers))


class Protocol:
    """What the server gives the application; with `leaves`, the reader goes after one part."""

    def __init__(self, body=b"", *, leaves=False):
        self.body, self.leaves = body, leaves
        self.sent = []

    async def __aiter__(self):
        yield self.body

    def response_bytes(self, status, headers, body):
        self.status, self.headers, self.sent = status, dict(headers), [body]

    def response_stream(self, status, headers):
        self.status, self.headers = status, dict(headers)
        return self

    async def send_bytes(self, part):
        if self.leaves and self.sent:
            raise ProtocolClosed
        self.sent.append(part)


def ask(application, protocol=None, *headers):
    protocol = protocol or Protocol()
    asyncio.run(Server(application, threads=1).__rsgi__(scope(*headers), protocol))
    return protocol


def answering(response):
    def application(environ, start_response):
        start_response(f"{response.status_code} Reason", list(response.items()))
        return response

    return application


class TestEnvironment:
    def test_values_are_those_of_wsgi(self):
        environ = environ_of(scope(("content-type", "text/plain"), ("x-a", "1"), ("x-a", "2")))
        wanted = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/quiz/",
            "QUERY_STRING": "a=%20b",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.7",
            "CONTENT_TYPE": "text/plain",
            "HTTP_X_A": "1,2",
            "wsgi.url_scheme": "http",
        }
        assert wanted.items() <= environ.items()

    def test_path_is_in_the_bytes_of_utf_8(self):
        assert environ_of(scope(path="/é/"))["PATH_INFO"] == "/\xc3\xa9/"

    def test_address_of_ipv6_is_without_brackets(self):
        environ = environ_of(scope(client="[2001:db8::7]:40284", server="[::1]:8000"))
        assert environ["REMOTE_ADDR"] == "2001:db8::7"

    def test_cookies_of_two_headers_are_one_list(self):
        assert environ_of(scope(("cookie", "a=1"), ("cookie", "b=2")))["HTTP_COOKIE"] == "a=1; b=2"

    def test_header_with_an_underscore_passes_for_no_other(self):
        environ = environ_of(
            scope(("x_forwarded_for", "198.51.100.1"), ("x-forwarded-for", "192.0.2.7"))
        )
        assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.7"
        assert "HTTP_X_FORWARDED_FOR" not in environ_of(scope(("x_forwarded_for", "a")))


class TestAnswer:
    def test_application_reads_the_body_and_answers(self):
        def echo(environ, start_response):
            response = HttpResponse(environ["wsgi.input"].read(), status=201)
            return answering(response)(environ, start_response)

        protocol = ask(echo, Protocol(b"P1=3"), ("content-length", "4"))
        assert (protocol.status, protocol.sent) == (201, [b"P1=3"])
        assert protocol.headers["content-type"].startswith("text/html")

    def test_answer_is_closed(self):
        closed = []
        response = HttpResponse("whole")
        response.close = lambda: closed.append(True)
        ask(answering(response))
        assert closed == [True]

    def test_long_answer_is_sent_in_parts(self):
        response = StreamingHttpResponse(iter([b"first", b"", b"last"]))
        assert ask(answering(response)).sent == [b"first", b"last"]

    @pytest.mark.parametrize("leaves", [False, True])
    def test_long_answer_is_closed_even_when_its_reader_leaves(self, leaves):
        closed = []
        response = StreamingHttpResponse(iter([b"first", b"last"]))
        response.close = lambda: closed.append(True)
        ask(answering(response), Protocol(leaves=leaves))
        assert closed == [True]

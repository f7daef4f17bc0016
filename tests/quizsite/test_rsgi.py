"""Between the server and Django: environments, whole and streamed answers, readers who leave."""

import asyncio
import threading
from types import SimpleNamespace

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from granian.rsgi import ProtocolClosed

from organization import current
from quizsite import threads
from quizsite.rsgi import Server, environ_of
from quizsite.threads import CROWDED


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

    async def client_disconnect(self):
        await asyncio.Event().wait()

    async def send_bytes(self, part):
        if self.leaves and self.sent:
            raise ProtocolClosed
        self.sent.append(part)


class Endless:
    """An application whose POSTs wait until they may end."""

    status_when_crowded = "503 Service Unavailable"

    def __init__(self):
        self.waiting, self.may_end = threading.Event(), threading.Event()
        self.refused = []

    def __call__(self, environ, start_response):
        if CROWDED in environ:
            self.refused.append(dict(environ))
            start_response(self.status_when_crowded, [("X-Request-ID", "1")])
            return HttpResponse("")
        if environ["REQUEST_METHOD"] == "POST":
            self.waiting.set()
            self.may_end.wait(60)
        start_response("200 OK", [])
        return HttpResponse("")


def ask(application, protocol=None, *headers):
    protocol = protocol or Protocol()
    asyncio.run(Server(application, threads=1).__rsgi__(scope(*headers), protocol))
    return protocol


async def has_gone():
    """Be someone who has left already."""


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

    @pytest.mark.parametrize("client", ["[::ffff:192.0.2.7]:40284", "[::ffff:c000:207]:40284"])
    def test_ipv4_that_arrives_as_ipv6_is_read_as_ipv4(self, client):
        assert environ_of(scope(client=client))["REMOTE_ADDR"] == "192.0.2.7"

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


class TestThreads:
    @pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("HEAD", "/"), ("GET", "/healthz")])
    def test_readers_and_health_wait_behind_no_writer(self, method, path):
        application = Endless()
        server = Server(application, threads=1)

        async def write_and_read():
            writers = [
                asyncio.create_task(server.__rsgi__(scope(), Protocol())) for _number in range(3)
            ]
            await asyncio.to_thread(application.waiting.wait, 60)
            try:
                async with asyncio.timeout(60):
                    await server.__rsgi__(scope(method=method, path=path), Protocol())
                assert not any(each.done() for each in writers)
            finally:
                application.may_end.set()
                await asyncio.gather(*writers)

        asyncio.run(write_and_read())

    def test_neither_healthz_nor_a_style_sheet_waits_behind_a_reader(self):
        server = Server(answering(HttpResponse("")), threads=1)
        used = {
            server._threads_for(environ_of(scope(method="GET", path=path)))
            for path in ("/", "/healthz", "/static/quizsite/site.css")
        }
        assert len(used) == 3

    def test_api_whose_reads_are_counted_takes_no_thread_from_readers_of_pages(self):
        server = Server(answering(HttpResponse("")), threads=1)
        environ = environ_of(scope(method="GET", path="/api/v1/roles/"))
        assert server._threads_for(environ) is server.writing


class TestRefusals:
    """What no thread can take in time."""

    @pytest.fixture(autouse=True)
    def _no_patience(self, monkeypatch):
        monkeypatch.setattr(threads, "SECONDS_TO_WAIT", 0)

    def refuse(self, application, server=None, **more):
        """Send a second request while the only thread is busy; return the two protocols."""
        server = server or Server(application, threads=1)
        first, second = Protocol(), Protocol()

        async def send_both():
            busy = asyncio.create_task(server.__rsgi__(scope(), first))
            await asyncio.to_thread(application.waiting.wait, 60)
            await server.__rsgi__(scope(("cookie", "theme=dark"), **more), second)
            application.may_end.set()
            await busy

        asyncio.run(send_both())
        return first, second

    def test_request_without_a_thread_gets_503_and_the_other_one_its_answer(self):
        first, second = self.refuse(Endless())
        assert (first.status, second.status) == (200, 503)

    def test_refusal_is_made_once_for_everyone(self):
        application = Endless()
        server = Server(application, threads=1)
        for _ in range(2):
            application.waiting.clear()
            application.may_end.clear()
            self.refuse(application, server, path="/quiz/4/", query_string="a=b")
        assert [environ["PATH_INFO"] for environ in application.refused] == ["/"]
        assert application.refused[0]["HTTP_COOKIE"] == ""
        (refusal,) = server.refusals.values()
        assert "x-request-id" not in dict(refusal.headers)

    def test_programs_that_ask_the_api_get_a_refusal_of_their_own(self):
        application = Endless()
        server = Server(application, threads=1)
        self.refuse(application, server, path="/api/v1/score")
        assert [environ["PATH_INFO"] for environ in application.refused] == ["/api/"]
        assert {start for start, _organization in server.refusals} == {"/api/"}

    def test_refusal_is_made_again_when_the_site_has_another_name(self):
        application = Endless()
        server = Server(application, threads=1)
        self.refuse(application, server)
        current.keep(current.CurrentOrganization(own_name="Northside"))
        application.waiting.clear()
        application.may_end.clear()
        self.refuse(application, server)
        assert len(application.refused) == 2

    def test_answer_that_is_not_a_refusal_is_not_kept(self):
        application = Endless()
        application.status_when_crowded = "301 Moved Permanently"
        server = Server(application, threads=1)
        _first, second = self.refuse(application, server)
        assert second.status == 301
        assert server.refusals == {}

    @pytest.mark.parametrize(("method", "is_done"), [("GET", False), ("POST", True)])
    def test_answers_are_saved_for_someone_who_has_gone_but_no_page_is_made(
        self, method, is_done, monkeypatch
    ):
        monkeypatch.setattr(threads, "SECONDS_TO_WAIT", 60)
        done = []

        def application(environ, start_response):
            done.append(environ["PATH_INFO"])
            return answering(HttpResponse(""))(environ, start_response)

        server = Server(application, threads=1)
        may_end = threading.Event()
        gone = Protocol()
        gone.client_disconnect = has_gone

        async def come_and_go():
            pool = server._threads_for(environ_of(scope(method=method)))
            busy = asyncio.create_task(pool.run(may_end.wait, 60))
            await asyncio.sleep(0)
            request = scope(method=method, path="/quiz/4/")
            left = asyncio.create_task(server.__rsgi__(request, gone))
            await asyncio.sleep(0.01)
            may_end.set()
            await asyncio.gather(busy, left)

        asyncio.run(come_and_go())
        assert ("/quiz/4/" in done) == is_done

    def test_log_says_how_many_were_refused(self, caplog):
        server = Server(Endless(), threads=1)
        server.refused = 7
        server._log_refused()
        assert "7 requests got 503" in caplog.text
        assert server.refused == 0

"""The site from outside, over real TLS: certificate, headers, redirects and proxies."""

import ssl
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from quizsite.doctor import outside, work
from quizsite.doctor.findings import Level
from tests.browser.site import free_port

OWN_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "Content-Security-Policy": "default-src 'none'",
    "X-Request-ID": "abc",
}


class Answers:
    """What a server answers: to all, and to those who forge X-Forwarded-Proto."""

    def __init__(self, status=200, headers=OWN_HEADERS):
        self.status, self.headers, self.to_forged = status, dict(headers), status
        self.date = None


@contextmanager
def served(answers, certificate=None):
    """Serve on a free port, with TLS if there is a certificate; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            is_forged = self.headers.get("X-Forwarded-Proto") == "http"
            self.send_response(answers.to_forged if is_forged else answers.status)
            for name, value in answers.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def date_time_string(self, timestamp=None):
            return answers.date or super().date_time_string(timestamp)

        def log_message(self, *_words):
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_request):
            pass  # a client that doesn't trust the certificate leaves

    with Server(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def certified(tmp_path):
    """Give a function that writes a certificate that signs itself, and its key."""

    def write(days=60, address="127.0.0.1"):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "quiz.example")])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=90))
            .not_valid_after(now + timedelta(days=days, hours=1))
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False
            )
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "certificate.pem"
        file.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return file

    return write


@pytest.fixture
def site(settings, monkeypatch, certified):
    """Give a function that serves a site at SITE_URL, whose certificate this machine trusts."""
    settings.PLAIN_HTTP = False
    monkeypatch.setattr(outside, "is_local", lambda host: False)
    outside.look.cache_clear()

    @contextmanager
    def serve(answers=None, days=60, address="127.0.0.1", is_trusted=True):
        certificate = certified(days, address)
        if is_trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        answers = answers or Answers()
        with served(answers, certificate) as port:
            settings.SITE_URL = f"https://127.0.0.1:{port}"
            yield answers

    yield serve
    outside.look.cache_clear()


@pytest.mark.django_db
def test_healthy_site_is_ok(site, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    with site():
        found = [
            *(outside.site(), outside.certificate(), outside.headers(), outside.proxy()),
            work.clock(),
        ]
    assert [each.level for each in found] == [Level.OK] * 5
    assert "60 more days" in found[1].found


class TestSite:
    def test_plain_http_has_no_outside(self, settings):
        settings.PLAIN_HTTP = True
        assert "PLAIN_HTTP is on" in outside.site().found

    @pytest.mark.parametrize(
        "address", ["https://localhost", "https://127.0.0.1:8443", "https://[::1]"]
    )
    def test_address_of_this_machine_is_skipped(self, settings, address):
        settings.PLAIN_HTTP, settings.SITE_URL = False, address
        assert outside.site().level == Level.SKIPPED
        assert "Set SITE_URL" in outside.site().found

    def test_address_without_tls_is_an_error(self, settings):
        settings.PLAIN_HTTP, settings.SITE_URL = False, "http://quiz.example"
        assert outside.site().level == Level.ERROR

    def test_port_that_refuses_is_an_error(self, site, settings):
        settings.SITE_URL = f"https://127.0.0.1:{free_port()}"
        found = outside.site()
        assert found.level == Level.ERROR
        assert "Connection refused" in found.found

    def test_server_without_tls_is_an_error(self, site, settings):
        with served(Answers()) as port:
            settings.SITE_URL = f"https://127.0.0.1:{port}"
            assert outside.site().level == Level.ERROR

    @pytest.mark.parametrize(
        ("status", "words"), [(400, "ALLOWED_HOSTS"), (502, "proxy"), (500, "logs")]
    )
    def test_other_answers_are_errors_with_their_fix(self, site, status, words):
        with site(Answers(status)):
            found = outside.site()
        assert found.level == Level.ERROR
        assert f"answers {status}" in found.found
        assert words in found.fix

    def test_redirect_to_itself_names_the_setting(self, site, settings):
        with site(Answers(301)) as answers:
            answers.headers["Location"] = f"{settings.SITE_URL}/"
            found = outside.site()
        assert found.level == Level.ERROR
        assert "BEHIND_TLS_PROXY=1" in found.fix


class TestCertificate:
    @pytest.mark.parametrize(
        ("days", "level"),
        [(21, Level.OK), (20, Level.WARNING), (3, Level.WARNING), (2, Level.ERROR)],
    )
    def test_certificate_that_ends_soon_is_reported(self, site, days, level):
        with site(days=days):
            assert outside.certificate().level == level

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"is_trusted": False}, "self-signed|self signed"),
            ({"days": -1}, "expired"),
            ({"address": "192.0.2.1"}, "mismatch"),
        ],
        ids=["of an unknown issuer", "expired", "for another name"],
    )
    def test_certificate_that_browsers_refuse_is_an_error(self, site, options, words):
        with site(**options):
            assert outside.site().level == Level.OK  # the others still look
            found = outside.certificate()
        assert found.level == Level.ERROR
        assert any(word in found.found for word in words.split("|"))


class TestHeaders:
    @pytest.mark.parametrize(("name", "short"), outside.NEEDED_HEADERS.items())
    def test_missing_header_is_an_error(self, site, name, short):
        left = {other: value for other, value in OWN_HEADERS.items() if other != name}
        with site(Answers(headers=left)):
            found = outside.headers()
        assert found.level == Level.ERROR
        assert short in found.found

    def test_hsts_that_is_turned_off_is_an_error(self, site):
        with site(Answers(headers=OWN_HEADERS | {"Strict-Transport-Security": "max-age=0"})):
            assert outside.headers().level == Level.ERROR


class TestRedirect:
    @pytest.fixture(autouse=True)
    def _address(self, site, settings):
        settings.SITE_URL = "https://127.0.0.1"

    @pytest.mark.parametrize(
        ("answers", "level"),
        [
            (Answers(301, {"Location": "https://127.0.0.1/"}), Level.OK),
            (Answers(308, {"Location": "https://127.0.0.1"}), Level.OK),
            (Answers(301, {"Location": "https://127.0.0.1.example/"}), Level.ERROR),
            (Answers(301, {"Location": "http://127.0.0.1/"}), Level.ERROR),
            (Answers(200), Level.ERROR),
        ],
    )
    def test_plain_http_redirects_to_https(self, monkeypatch, answers, level):
        with served(answers) as port:
            monkeypatch.setattr(outside, "PLAIN_PORT", port)
            assert outside.redirect().level == level

    def test_closed_port_is_a_warning(self, monkeypatch):
        monkeypatch.setattr(outside, "PLAIN_PORT", free_port())
        assert outside.redirect().level == Level.WARNING


class TestProxy:
    def test_proxy_that_passes_on_a_forged_header_is_an_error(self, site):
        with site() as answers:
            answers.to_forged = 301
            found = outside.proxy()
        assert found.level == Level.ERROR
        assert "deploy/nginx" in found.fix

    def test_proxy_that_is_not_counted_is_a_warning(self, site, settings):
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
        with site():
            assert outside.proxy().level == Level.WARNING


@pytest.mark.django_db
def test_clock_is_compared_with_the_date_from_outside(site):
    with site() as answers:
        answers.date = "Sat, 01 Jan 2000 00:00:00 GMT"
        assert "SITE_URL" in work.clock().found
        assert work.clock().level == Level.ERROR


@pytest.mark.django_db
@pytest.mark.parametrize("date", [" ", "yesterday"])
def test_unreadable_date_is_no_clock(site, date):
    with site() as answers:
        answers.date = date
        assert "SITE_URL differ" not in work.clock().found

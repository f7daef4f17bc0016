"""A minimal browser for load tests of HTML forms. Standard library only.

A `Browser` is one visitor with their own cookies and connection; it follows redirects. A `Page` is
a response, with the forms, links and title that a quick scan of its tags finds.
"""

import asyncio
import gzip
import html
import re
import ssl
import time
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode, urljoin, urlsplit


class VisitError(Exception):
    """The visit didn't go as a visitor would expect. It counts as an error."""


# ------------------------------------------------------------------ pages

_NOISE = re.compile(r"<!--.*?-->|<script\b.*?</script>|<style\b.*?</style>", re.S | re.I)
_TAG = re.compile(
    r"<(/?)(form|input|button|select|option|textarea|a|title)\b((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.I,
)
_ATTR = re.compile(r"([^\s=/>\"']+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")


@dataclass
class Control:
    """One form control: an input, button, select (with its options) or textarea."""

    kind: str
    name: str
    value: str = ""
    required: bool = False
    checked: bool = False
    text: str = ""
    attrs: dict = field(default_factory=dict)
    options: list = field(default_factory=list)


@dataclass
class Form:
    action: str
    method: str
    multipart: bool
    attrs: dict
    controls: list

    def radio_groups(self):
        """{name: [value, ...]} in page order."""
        groups = {}
        for c in self.controls:
            if c.kind == "radio" and c.name:
                groups.setdefault(c.name, []).append(c.value)
        return groups

    def hidden(self):
        return [(c.name, c.value) for c in self.controls if c.kind == "hidden" and c.name]

    def buttons(self):
        return [c for c in self.controls if c.kind == "submit"]


@dataclass
class Page:
    url: str
    status: int
    headers: dict
    text: str

    @cached_property
    def _scan(self):
        forms, links, by_id, title = [], [], {}, ""
        form = select = None
        text = _NOISE.sub("", self.text)
        for m in _TAG.finditer(text):
            closing, tag = m[1], m[2].lower()
            if closing:
                form = None if tag == "form" else form
                select = None if tag == "select" else select
                continue
            a = {k.lower(): html.unescape(v1 or v2 or v3) for k, v1, v2, v3 in _ATTR.findall(m[3])}

            def inner():  # text up to the tag's own end
                end = text.find(f"</{tag}", m.end())
                return html.unescape(
                    re.sub(r"<[^>]*>|\s+", " ", text[m.end() : end if end >= 0 else m.end() + 200])
                ).strip()

            if tag == "title":
                title = title or inner()
            elif tag == "a":
                if "href" in a:
                    links.append((urljoin(self.url, a["href"]), inner(), a))
            elif tag == "form":
                form = Form(
                    urljoin(self.url, a.get("action") or self.url),
                    a.get("method", "get").lower(),
                    a.get("enctype", "").startswith("multipart"),
                    a,
                    [],
                )
                forms.append(form)
                if "id" in a:
                    by_id[a["id"]] = form
            elif tag == "option":
                if select is not None and "disabled" not in a:
                    select.options.append(a.get("value") if "value" in a else inner())
            elif "disabled" not in a:
                kind = {
                    "input": a.get("type", "text").lower(),
                    "button": a.get("type", "submit").lower(),
                }.get(tag, tag)
                kind = "submit" if kind == "image" else kind
                default = "on" if kind in ("radio", "checkbox") else ""
                c = Control(
                    kind,
                    a.get("name", ""),
                    a.get("value", default),
                    "required" in a,
                    "checked" in a,
                    inner() if tag in ("button", "textarea") else a.get("value", ""),
                    a,
                )
                if tag == "select":
                    select = c
                owner = by_id.get(a["form"]) if "form" in a else form
                if owner is not None:
                    owner.controls.append(c)
        return forms, links, title

    @property
    def forms(self):
        return self._scan[0]

    @property
    def links(self):
        """[(absolute url, text, attributes), ...]"""
        return self._scan[1]

    @property
    def title(self):
        return self._scan[2]


# ------------------------------------------------------------------ HTTP

LOOPBACK = re.compile(r"^(localhost|127(\.\d+){3}|::1)$")


class Browser:
    """One visitor. `observe(method, seconds, bytes_in, status)` is called after every request."""

    def __init__(self, observe=lambda *a: None, headers=(), timeout=60.0):
        self.cookies, self.observe, self.timeout = {}, observe, timeout
        self.extra = "".join(f"{k}: {v}\r\n" for k, v in headers)
        # with X-Forwarded-Proto: https, as behind a TLS proxy, Origin and Referer are https too
        self.scheme = next((v for k, v in headers if k.lower() == "x-forwarded-proto"), None)
        self._conn = self._peer = None
        self._referer = None

    async def get(self, url):
        return await self._go("GET", url, None, None)

    async def post(self, url, fields, multipart=False):
        """Send `fields` (name, value pairs) as a form post."""
        if multipart:
            mark = "----bench7d1f"
            body = "".join(
                f'--{mark}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'
                for k, v in fields
            )
            return await self._go(
                "POST",
                url,
                (body + f"--{mark}--\r\n").encode(),
                f"multipart/form-data; boundary={mark}",
            )
        return await self._go(
            "POST", url, urlencode(fields).encode(), "application/x-www-form-urlencoded"
        )

    async def ask(self, method, url, fields=None):
        """Send one request and return its answer, a redirect too."""
        body = None if fields is None else urlencode(fields).encode()
        sending = self._request(method, url, body, "application/x-www-form-urlencoded")
        return await asyncio.wait_for(sending, self.timeout)

    async def submit(self, form, fields):
        """Send a form as its method asks."""
        if form.method == "post":
            return await self.post(form.action, fields, form.multipart)
        return await self.get(form.action.split("?")[0] + "?" + urlencode(fields))

    async def close(self):
        if self._conn:
            self._conn[1].close()
            self._conn = None

    async def _go(self, method, url, body, ctype):
        for _ in range(12):
            page = await asyncio.wait_for(self._request(method, url, body, ctype), self.timeout)
            where = page.headers.get("location")
            if page.status in (301, 302, 303, 307, 308) and where:
                url = urljoin(url, where)
                if page.status < 307:
                    method, body, ctype = "GET", None, None
                continue
            self._referer = url
            return page
        raise VisitError(f"too many redirects at {url}")

    async def _request(self, method, url, body, ctype):
        u = urlsplit(url)
        if not LOOPBACK.match(u.hostname or ""):
            raise VisitError(f"refused: {url} is not on this machine")
        path = (u.path or "/") + (f"?{u.query}" if u.query else "")
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {u.netloc}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
            f"User-Agent: bench\r\nConnection: keep-alive\r\n{self.extra}"
        )
        if self.cookies:
            head += "Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()) + "\r\n"
        if self._referer:
            head += f"Referer: {self._public(self._referer)}\r\n"
        if body is not None:
            o = urlsplit(self._public(url))
            head += f"Origin: {o.scheme}://{o.netloc}\r\nContent-Type: {ctype}\r\nContent-Length: {len(body)}\r\n"
        data = head.encode() + b"\r\n" + (body or b"")
        start = time.perf_counter()
        status, headers, content, size = await self._exchange(u, data)
        self.observe(method, time.perf_counter() - start, size, status)
        if headers.get("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Page(url, status, headers, content.decode("utf-8", "replace"))

    def _public(self, url):
        return re.sub(r"^\w+:", self.scheme + ":", url) if self.scheme else url

    async def _exchange(self, u, data):
        """Send a request on the open connection, or on a new one, and read one response."""
        if self._conn and self._peer != u.netloc:
            await self.close()
        for fresh in (self._conn is None, True):
            if self._conn is None:
                tls = ssl._create_unverified_context() if u.scheme == "https" else None
                self._conn = await asyncio.open_connection(
                    u.hostname, u.port or (443 if tls else 80), limit=1 << 20, ssl=tls
                )
                self._peer = u.netloc
            reader, writer = self._conn
            try:
                writer.write(data)
                raw = await reader.readuntil(b"\r\n\r\n")
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                await self.close()
                if fresh:
                    raise
        lines = raw.decode("latin-1").split("\r\n")
        status, headers = int(lines[0].split(" ", 2)[1]), {}
        for line in lines[1:]:
            k, _, v = line.partition(":")
            k, v = k.strip().lower(), v.strip()
            if k == "set-cookie":
                name, _, rest = v.partition("=")
                self.cookies[name] = rest.split(";", 1)[0]
            elif k:
                headers[k] = v
        size = len(raw)
        if status in (204, 304):
            content = b""
        elif "chunked" in headers.get("transfer-encoding", "").lower():
            parts = []
            while True:
                line = await reader.readuntil(b"\r\n")
                n = int(line.split(b";")[0], 16)
                chunk = await reader.readexactly(n + 2)
                size += len(line) + n + 2
                if not n:
                    break
                parts.append(chunk[:-2])
            content = b"".join(parts)
        elif "content-length" in headers:
            content = await reader.readexactly(int(headers["content-length"]))
            size += len(content)
        else:
            content = await reader.read(-1)
            size += len(content)
            headers["connection"] = "close"
        if headers.get("connection", "").lower() == "close":
            await self.close()
        return status, headers, content, size

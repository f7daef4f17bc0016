"""What Django refuses before any middleware sees it gets an answer too."""

from io import BytesIO
from wsgiref.util import setup_testing_defaults

import pytest

from quizsite.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]


@pytest.mark.parametrize("path", ["/quiz/", "/api/v1/score"])
def test_content_type_that_cannot_be_read_is_a_415(path):
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "REMOTE_ADDR": "192.0.2.1",
        "CONTENT_TYPE": "application/json; charset*=unknown'en'x",
        "CONTENT_LENGTH": "2",
        "wsgi.input": BytesIO(b"{}"),
    }
    setup_testing_defaults(environ)
    answered = []
    application(environ, lambda status, _headers: answered.append(status))
    assert answered == ["415 Unsupported Media Type"]

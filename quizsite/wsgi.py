import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")


class Request(WSGIRequest):
    def __init__(self, environ: dict[str, Any]) -> None:
        """Take a Content-Type that Django can't read for none: no middleware sees the error."""
        try:
            super().__init__(environ)
        except ValueError:
            super().__init__(environ | {"CONTENT_TYPE": ""})


class Handler(WSGIHandler):
    request_class = Request


django.setup(set_prefix=False)
application = Handler()

"""The site's settings, with a data folder and a database for tests."""

import atexit
import os
import shutil
import tempfile

os.environ["PLAIN_HTTP"] = "1"
# `python -m tests` creates the folder for its workers and deletes it.
if "TEST_DATA_DIR" not in os.environ:
    os.environ["TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="quiz-tests-")
    atexit.register(shutil.rmtree, os.environ["TEST_DATA_DIR"], ignore_errors=True)
os.environ["DATA_DIR"] = os.environ["TEST_DATA_DIR"]
if os.environ.get("TEST_ON") == "postgresql":
    os.environ["DATABASE_URL"] = f"{os.environ['TEST_POSTGRESQL']}/quiz"

from quizsite.settings import *  # noqa: F403
from quizsite.settings import STORAGES

# Names without a hash need no collectstatic. Browser tests serve a site with the real ones.
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
}
# Slow password hashing is Django's feature, and we don't test it.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

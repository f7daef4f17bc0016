"""The first account: made once, with a password that only its file holds."""

import secrets
import string
from pathlib import Path

from django.contrib.auth import get_user_model

from quizsite.env import write_private

USERNAME = "admin"
PASSWORD_LENGTH = 20
LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def create_first_admin(password_file: Path) -> bool:
    """Make an administrator unless there is one; the password stands in the file (mode 600)."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return False
    password = "".join(secrets.choice(LETTERS) for _ in range(PASSWORD_LENGTH))
    # A file from a database that is gone keeps its password: it may have been noted down.
    if not write_private(password_file, f"{password}\n"):
        password = password_file.read_text(encoding="ascii").strip()
    users.create_superuser(USERNAME, password=password)
    return True

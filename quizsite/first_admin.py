"""The first administrator, with a random password that is stored only in a file.

It opens the log-in once: the administrator must choose another one there.
"""

import secrets
import string
from pathlib import Path

from django.contrib.auth import get_user_model

from quiz.web.first_password import was_given
from quizsite.environment.derived import write_private

USERNAME = "admin"
PASSWORD_LENGTH = 20
LETTERS = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


def create_first_admin(password_file: Path) -> bool:
    """Create an administrator unless one exists; the password goes to the file (mode 600)."""
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        note_an_unchanged_password(password_file)
        return False
    password = "".join(secrets.choice(LETTERS) for _ in range(PASSWORD_LENGTH))
    # Reuse the password of an earlier database: someone may have written it down.
    if not write_private(password_file, f"{password}\n"):
        password = password_file.read_text(encoding="ascii").strip()
    was_given(users.create_superuser(USERNAME, password=password))
    return True


def note_an_unchanged_password(password_file: Path) -> None:
    """Require a change on a site whose password was in use before it had to be changed."""
    if not password_file.exists():
        return
    admin = get_user_model().objects.filter(username=USERNAME, first_password=None).first()
    if admin and admin.check_password(password_file.read_text(encoding="ascii").strip()):
        was_given(admin)

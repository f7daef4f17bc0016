"""The first administrator of a site, logged in by both steps without the pages of the login.

Run as a program with a site's own settings, it prints the session.
"""

import os
import subprocess
import sys
from functools import cache

from tests.browser.site import ROOT, Site, environment_of


@cache
def admin_session(site: Site) -> str:
    """Run the program below, once per site; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.staff_site"],
        cwd=ROOT,
        env=environment_of(site),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def main() -> None:
    import django

    django.setup()

    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from tests.factories import sign_in

    browser = sign_in(Client(), User.objects.get(username="admin"))
    print(browser.cookies[settings.SESSION_COOKIE_NAME].value)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    main()

"""The first administrator of a site, logged in by both steps without the pages of the login.

Run as a program with a site's own settings, it prints the session.
"""

import os
from functools import cache

from tests.browser.site import Site, printed_on


@cache
def admin_session(site: Site) -> str:
    """Run the program below, once per site; return what it printed."""
    return printed_on(site, "tests.browser.staff_site")


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

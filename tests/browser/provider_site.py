"""Lets an hour pass for the sessions of a site whose staff log in through a provider.

Run as a program with a site's own settings.
"""

import os


def main() -> None:
    import django

    django.setup()

    from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    from quiz.web.provider import ASK_SECONDS

    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        for record in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []):
            record["at"] -= ASK_SECONDS
            session.modified = True
        session.save()
    print("done")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    main()

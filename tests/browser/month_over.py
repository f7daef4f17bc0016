"""Run as a program with a site's own settings, it counts this month as if it were over."""

import os


def main() -> None:
    import django

    django.setup()

    from datetime import timedelta

    from django.utils import timezone

    from quiz.counseling.monthly.counting import count_months_before

    print(count_months_before(timezone.now() + timedelta(days=33)))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quizsite.settings")
    main()

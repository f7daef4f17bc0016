from importlib import import_module

from django.apps import AppConfig


class QuizSiteConfig(AppConfig):
    name = "quizsite"

    def ready(self) -> None:
        # It imports models, which aren't there before.
        import_module("quizsite.account_log").connect()

from importlib import import_module

from django.apps import AppConfig


class QuizSiteConfig(AppConfig):
    name = "quizsite"

    def ready(self) -> None:
        # They import models, which aren't there before.
        import_module("quizsite.account_log").connect()
        import_module("quizsite.checks")

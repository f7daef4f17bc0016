"""The app of Django's admin with our site: apart from it, because apps load before models."""

from django.contrib.admin.apps import AdminConfig


class EditorsDeskConfig(AdminConfig):
    default_site = "quizsite.admin_site.EditorsDesk"

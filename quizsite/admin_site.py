"""The admin's menu, grouped by the job that someone comes for instead of by Django app."""

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# Each group: a name for the page's markup, its heading, and its models by name.
MENU = (
    (
        "questionnaire",
        _("Questionnaire"),
        ("QuestionnaireVersion", "Item", "Trait", "BackgroundQuestion"),
    ),
    (
        "job-pages",
        _("Job pages"),
        ("Role", "Figure", "Source", "Difference", "Passage", "SharedSkill"),
    ),
    ("counselors", _("Counselors"), ("CounselorInvitation", "Counselor", "AuditEntry")),
    ("accounts", _("Accounts"), ("User", "Group")),
)


class EditorsDesk(AdminSite):
    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """List the models a user may see by group; those without a group keep Django's."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        grouped = [
            _group(name, heading, [models.pop(each) for each in names if each in models])
            for name, heading, names in MENU
        ]
        others = [
            app | {"models": [each for each in app["models"] if each["object_name"] in models]}
            for app in apps
        ]
        return [group for group in [*grouped, *others] if group["models"]]


def _group(name: str, heading: Any, models: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a group as Django describes an app; its heading opens the first list."""
    return {
        "name": heading,
        "app_label": name,
        "app_url": next((each["admin_url"] for each in models if each["admin_url"]), ""),
        "has_module_perms": True,
        "models": models,
    }


class EditorsDeskConfig(AdminConfig):
    default_site = "quizsite.admin_site.EditorsDesk"

"""The admin's menu, grouped by the job that someone comes for instead of by Django app."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.utils import get_next_redirect_url
from django.contrib.admin.sites import AdminSite
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from organization.current import current_organization
from quiz.web.second_factor import (
    ASK_PASSWORD,
    ASK_PROVIDER,
    ASK_SECOND_FACTOR,
    CHANGE_PASSWORD,
    ask_at,
    missing_step,
)
from quizsite import papers
from quizsite.account_views import log_out
from quizsite.first_day import views as first_day_views
from quizsite.first_day.steps import first_day

AdminView = TypeVar("AdminView", bound=Callable[..., HttpResponseBase])

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
    (
        "counselors",
        _("Counselors"),
        ("CounselorInvitation", "Counselor", "AuditEntry", "ReportOpening"),
    ),
    ("accounts", _("Accounts"), ("User", "Group")),
    ("organization", _("This site"), ("Organization",)),
    ("background-work", _("Background work"), ("DBTaskResult",)),
)

FIRST_DAY = {
    "use": first_day_views.use,
    "hide": first_day_views.hide,
    "show": first_day_views.show,
    "data": first_day_views.data,
    "mail": first_day_views.mail,
}


class EditorsDesk(AdminSite):
    """Django's admin behind the two-step login that counselors have."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Name the organization's admin in its header and titles."""
        name = _("%s Admin") % current_organization().name
        return super().each_context(request) | {"site_header": name, "site_title": name}

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not step_before(request)

    def admin_view(self, view: AdminView, cacheable: bool = False) -> AdminView:
        """Keep a form that was sent after the code had expired: it is processed after the next one.

        Django would redirect to the login, and what was typed would be lost. Logging out needs no
        code.
        """
        if view == self.logout:
            return view
        shown = super().admin_view(view, cacheable)

        @wraps(shown)
        def shown_or_kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            step = step_before(request) if request.method == "POST" else None
            is_too_old = step in (ASK_SECOND_FACTOR, ASK_PROVIDER)
            if is_too_old and step and super(EditorsDesk, self).has_permission(request):
                return ask_at(request, step)
            return shown(request, *args, **kwargs)

        return shown_or_kept  # type: ignore[return-value]

    def get_urls(self) -> list[URLPattern | URLResolver]:
        buttons = [
            path(f"first-day/{name}/", self.admin_view(view), name=f"first_day_{name}")
            for name, view in FIRST_DAY.items()
        ]
        pages = [
            path("papers/", self.admin_view(papers.paper), name="papers"),
            path("papers/<slug:name>/", self.admin_view(papers.paper), name="paper"),
        ]
        return [*buttons, *pages, *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show administrators what is left to do on the site's first day."""
        if isinstance(request.user, User) and request.user.is_superuser:
            extra_context = {**(extra_context or {}), "first_day": first_day(request.user)}
        return super().index(request, extra_context)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the step of the login that is missing; afterwards back to `next`."""
        if request.user.is_authenticated and not super().has_permission(request):
            raise PermissionDenied
        wanted = get_next_redirect_url(request) or reverse("admin:index", current_app=self.name)
        step = step_before(request)
        if not step:
            return redirect(wanted)
        if step in (ASK_PASSWORD, ASK_PROVIDER, ASK_SECOND_FACTOR):
            return redirect_to_login(wanted, resolve_url(step))
        return redirect(step)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        return log_out(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect(CHANGE_PASSWORD)

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


def step_before(request: HttpRequest) -> str | None:
    """Return the missing step of the login; asked several times for each page, looked up once."""
    if not hasattr(request, "_step_before_admin"):
        request._step_before_admin = missing_step(request)  # type: ignore[attr-defined]
    step: str | None = request._step_before_admin  # type: ignore[attr-defined]
    return step


def _group(name: str, heading: Any, models: list[dict[str, Any]]) -> dict[str, Any]:
    """Describe a group as Django describes an app; its heading opens the first list."""
    return {
        "name": heading,
        "app_label": name,
        "app_url": next((each["admin_url"] for each in models if each["admin_url"]), ""),
        "has_module_perms": True,
        "models": models,
    }

"""Errors for Sentry, if SENTRY_DSN names one: where in the code, and nothing that someone sent.

An event is built from a list of what may leave the site. The text of an error isn't in it, because
it can quote anything; it is in the log, under the same request id.
"""

from logging import LogRecord
from typing import TYPE_CHECKING, Any

from django.conf import settings

from quizsite.logs import request_id, route_of, without_secrets

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

OWN_LOGGERS = {"quiz", "quizsite", "roles"}
KEPT = ("event_id", "timestamp", "level", "logger", "platform", "sdk", "release", "environment")
KEPT_OF_ERRORS = ("type", "module")
KEPT_OF_FRAMES = (
    *("filename", "function", "module", "lineno", "in_app"),
    *("pre_context", "context_line", "post_context"),  # lines of code
)


def start(**options: Any) -> None:
    """Send errors from here on, also those that end a command. Call it in each process.

    Not in the supervisor: its forks would inherit the locks of the thread that sends.
    """
    if not settings.SENTRY_DSN:
        return
    # Optional packages: a site without SENTRY_DSN hasn't installed them.
    import sentry_sdk  # noqa: PLC0415
    from sentry_sdk.integrations.atexit import AtexitIntegration  # noqa: PLC0415
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration  # noqa: PLC0415

    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        before_send=without_people,
        # Django's would look at every request. Ours are a handler of the log, in the settings,
        # and what the end of a command needs.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[ExcepthookIntegration(), AtexitIntegration(lambda _pending, _timeout: None)],
        auto_session_tracking=False,
        send_client_reports=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        spotlight=False,
        **options,
    )


def without_people(event: "Event", hint: "Hint") -> "Event | None":
    """Return an event with only what the lists name; None for an error page such as a 503."""
    record: LogRecord | None = hint.get("log_record")
    if record and record.name == "django.request" and not record.exc_info:
        return None
    sent: dict[str, Any] = {key: value for key, value in event.items() if key in KEPT}
    sent["tags"] = {}
    if name := request_id.get():
        sent["tags"]["request_id"] = name
    if record:
        sent["logentry"] = {"message": message_of(record)}
        if request := getattr(record, "request", None):
            sent["transaction"] = sent["tags"]["route"] = route_of(request) or "no page"
    if errors := event.get("exception", {}).get("values"):
        sent["exception"] = {"values": [error_without_text(error) for error in errors]}
    return sent  # type: ignore[return-value]


def message_of(record: LogRecord) -> str:
    """Return the message of our own code, before values are put in; others can hold anything."""
    is_own = record.name.partition(".")[0] in OWN_LOGGERS
    return without_secrets(str(record.msg)) if is_own else record.name


def error_without_text(error: dict[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    return {
        **{key: error[key] for key in KEPT_OF_ERRORS if key in error},
        "stacktrace": {
            "frames": [
                {key: frame[key] for key in KEPT_OF_FRAMES if key in frame} for frame in frames
            ]
        },
    }

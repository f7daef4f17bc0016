"""Settings for production by default; the variables of environment/table.py change them."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from quizsite.environment.derived import (
    base_address,
    contact,
    hosts_of_this_machine,
    secret_made_once,
)
from quizsite.environment.env_file import given
from quizsite.environment.folders import PROJECT, TEMPLATES_DIR
from quizsite.environment.variables import check, read, unknown_in_file

for warning in unknown_in_file():
    sys.stderr.write(f"Warning: {warning}\n")
check()

DATA_DIR: Path = read("DATA_DIR")

DEBUG: bool = read("DEBUG")
# Every page then says so.
DEMO: bool = read("DEMO")
# Serve without TLS. `serve` accepts this only on a loopback address.
PLAIN_HTTP: bool = read("PLAIN_HTTP")

SECRET_KEY: str = read("SECRET_KEY") or secret_made_once(DATA_DIR / "secret-key.txt")
# Earlier keys, so that what they signed stays valid.
SECRET_KEY_FALLBACKS: list[str] = list(read("SECRET_KEY_FALLBACKS"))
# Shown on the accessibility page. Without it, the page refers to the site's owner.
CONTACT_EMAIL: str = read("CONTACT_EMAIL")
# A person that visitors can talk to about their result; shown there and under "Your data".
TALK_TO = contact(read("TALK_TO_NAME"), read("TALK_TO_HOURS"), read("TALK_TO_LINK"))
ALLOWED_HOSTS: list[str] = read("ALLOWED_HOSTS") or hosts_of_this_machine(read("HOST"))
# Start of absolute links: never the Host header, which a client can forge.
SITE_URL: str = read("SITE_URL") or base_address(ALLOWED_HOSTS, read("PORT"), PLAIN_HTTP)
CSRF_TRUSTED_ORIGINS: list[str] = list(read("CSRF_TRUSTED_ORIGINS"))

# ---------------------------------------------------------------- apps, middleware, templates

INSTALLED_APPS = [
    "quizsite",
    "quiz",
    "roles",
    "organization",
    "crispy_forms",
    "csp",
    "translated_fields",
    "adminsortable2",
    "simple_history",
    "django_tasks",
    "quizsite.background.app.BackgroundTasksConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django.forms",
    "quizsite.admin_config.EditorsDeskConfig",
    "django.contrib.auth",
    "django.contrib.humanize",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

# It looks for Django's class by name; ours, in `quizsite/forgery.py`, is derived from it.
SILENCED_SYSTEM_CHECKS = ["security.W003"]

MIDDLEWARE = [
    "quizsite.request_log.RequestLog",
    "quizsite.proxies.Proxies",
    # These add headers, to static files and to refused requests too, so they come first.
    "quizsite.middleware.FixedHeaders",
    "quizsite.csp.SharedPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "quizsite.static_files.StaticFiles",
    "quizsite.api.middleware.ApiRequests",
    "quizsite.middleware.OwnErrorPages",
    "quizsite.middleware.SoundRequestsOnly",
    "quizsite.accounts.Sessions",
    "quizsite.health.HostExceptForMonitoring",
    "quizsite.forgery.ForgedForms",
    "quizsite.accounts.Accounts",
    "quizsite.accounts.Messages",
    "simple_history.middleware.HistoryRequestMiddleware",
    # Touches neither session nor database; allauth checks that it is listed by this name.
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "quizsite.urls"
WSGI_APPLICATION = "quizsite.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [TEMPLATES_DIR],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "quizsite.template_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            # Every page names the site.
            "builtins": ["organization.templatetags.organization"],
            "context_processors": [
                "django.template.context_processors.request",
                "quiz.web.theme.theme_context",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "quiz.web.forms.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["paper"]
CRISPY_TEMPLATE_PACK = "paper"
CRISPY_FAIL_SILENTLY = False

# ---------------------------------------------------------------- database and cache

# What every session of PostgreSQL obeys, in its own words.
POSTGRESQL_LIMITS = {
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "10s",
    "synchronous_commit": "on",
}
database: dict[str, Any] = read("DATABASE_URL")
DATABASES = {"default": database}
is_sqlite = database["ENGINE"] == "django.db.backends.sqlite3"
PGBOUNCER: bool = read("PGBOUNCER") and not is_sqlite
if is_sqlite:
    # Reasons and measurements: docs/decisions/2026-11-24-sqlite.md.
    database |= {
        "ENGINE": "quizsite.sqlite",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 3,  # seconds to wait for a lock that another process holds
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            " PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA mmap_size=0;"
            " PRAGMA journal_size_limit=67108864;",
        },
        # A file, as in production: an in-memory database has neither WAL nor locks.
        "TEST": {"NAME": str(DATA_DIR / "test.sqlite3")},
    }
else:
    database |= {
        "ENGINE": "quizsite.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
    options: dict[str, Any] = {"connect_timeout": 3}
    if PGBOUNCER:
        # A pooler in transaction mode refuses `options`: quizsite/pooler.py brings the limits.
        # Neither a prepared statement nor a cursor can outlive its transaction there.
        options["prepare_threshold"] = None
        database["DISABLE_SERVER_SIDE_CURSORS"] = True
    else:
        options["options"] = " ".join(
            f"-c {name}={value}" for name, value in POSTGRESQL_LIMITS.items()
        )
    database["OPTIONS"] = options | database.get("OPTIONS", {})
database["ATOMIC_REQUESTS"] = False

# Whatever counts tries must be seen by every worker, also after a restart: quiz/web/limits.py.
shared_cache = read("CACHE_URL") or {"BACKEND": "quizsite.caches.database.DatabaseCache"}
CACHES = {"default": shared_cache, "limits": shared_cache}

# Quizzes that one network may start in ten minutes without using them: quiz/visitor/starts.py.
STARTS_PER_NETWORK: int = read("STARTS_PER_NETWORK")
# Requests that one network may send the API in a minute: quizsite/api/limit.py.
API_REQUESTS_PER_MINUTE: int = read("API_REQUESTS_PER_MINUTE")

# ---------------------------------------------------------------- background work

# Tasks wait in the database, so one is there exactly if what it is about is. Each queue is worked
# off by a thread of its own, so that an e-mail doesn't wait for a long task: quizsite/background/.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "mail"]}}
# Whether `serve` runs a task worker next to its own. Without it, run `manage.py work` somewhere.
TASK_WORKER: bool = read("TASK_WORKER")

# ---------------------------------------------------------------- retention and e-mail

# Retention: of unfinished attempts since the last saved page, of results since they were finished.
# Older ones are deleted.
KEEP_UNFINISHED = timedelta(days=read("KEEP_UNFINISHED_DAYS"))
KEEP_FINISHED = timedelta(days=read("KEEP_FINISHED_DAYS"))
# No time at all means never.
ARCHIVE_CLIENTS = timedelta(days=read("ARCHIVE_CLIENTS_DAYS"))
DELETE_ARCHIVED_CLIENTS = timedelta(days=read("DELETE_ARCHIVED_CLIENTS_DAYS"))

# What was deleted, for backups that are restored later. Apart from the database, and best on
# another disk; several machines share one folder.
DELETIONS_DIR: Path = read("DELETIONS_DIR")

# Without a mail server, e-mails are written to files for the operator to read.
vars().update(read("EMAIL_URL"))
DEFAULT_FROM_EMAIL: str = read("DEFAULT_FROM_EMAIL") or CONTACT_EMAIL or "quiz@localhost"
EMAIL_TIMEOUT = 10

# ---------------------------------------------------------------- languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
# Our words for the messages of Django and allauth.
LOCALE_PATHS = [PROJECT / "locale"]
USE_TZ = True
TIME_ZONE: str = read("TIME_ZONE")
FORMAT_MODULE_PATH = "quizsite.formats"

# ---------------------------------------------------------------- static files

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False

# ---------------------------------------------------------------- browser security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Whose pages may frame /embed/, and nothing else: quiz/web/frames.py.
EMBED_ORIGINS: list[str] = list(read("EMBED_ORIGINS"))
# What browsers offer to pages, and no page of this site uses.
UNUSED_FEATURES = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read"),
    *("display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope", "hid"),
    *("idle-detection", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    *("screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
FIXED_HEADERS = {
    # Only this site may load its files.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
}

cookie_prefix = "" if PLAIN_HTTP else "__Host-"
CSRF_COOKIE_NAME = f"{cookie_prefix}csrf"
SESSION_COOKIE_NAME = f"{cookie_prefix}session"
ATTEMPT_COOKIE_NAME = f"{cookie_prefix}attempt"
THEME_COOKIE_NAME = f"{cookie_prefix}theme"
DEVICE_COOKIE_NAME = f"{cookie_prefix}device"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = not PLAIN_HTTP
ATTEMPT_COOKIE_SECURE = THEME_COOKIE_SECURE = DEVICE_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "quizsite.errors.csrf_failure"

SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not PLAIN_HTTP
# Only for a proxy that sets this header itself and discards the client's.
if read("BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

PASSWORD_HASHERS = ["quizsite.passwords.ComposedPBKDF2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "quizsite.passwords.NotEasyToGuess"},
]

# ---------------------------------------------------------------- accounts of counselors and staff

# One page for everyone, which takes an e-mail address or a user name.
AUTHENTICATION_BACKENDS = ["quizsite.accounts.ByNameOrAddress"]
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "quizsite.accounts.StaffAccounts"
ACCOUNT_FORMS = {
    "login": "quizsite.account_forms.LogInForm",
    "reauthenticate": "quizsite.account_forms.ConfirmPasswordForm",
    "change_password": "quizsite.account_forms.NewPasswordForm",
    "reset_password": "quizsite.password_reset.AskForm",
    "reset_password_from_key": "quizsite.password_reset.NewPasswordByLinkForm",
}
# Seconds for which a link to a new password works.
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
# Already verified: joining takes a link that was sent to the address.
ACCOUNT_EMAIL_VERIFICATION = "none"
# The session ends with the browser. After IDLE without a request, and 12 hours after the last code,
# it needs a new code; after 12 hours without a request it is gone.
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 12 * 3600
IDLE = timedelta(minutes=read("IDLE_MINUTES"))
# Long enough to install an authenticator app between password and code.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Guesses are counted in quizsite/guesses.py, where every worker sees them.
ACCOUNT_RATE_LIMITS = False
ALLAUTH_TRUSTED_PROXY_COUNT: int = read("TRUSTED_PROXIES")
MFA_ADAPTER = "quizsite.accounts.SecondFactor"
MFA_FORMS = {
    "authenticate": "quizsite.account_forms.LogInCodeForm",
    "reauthenticate": "quizsite.account_forms.ConfirmCodeForm",
    "activate_totp": "quizsite.account_forms.SetUpForm",
    "add_webauthn": "quizsite.passkeys.AddForm",
    "authenticate_webauthn": "quizsite.passkeys.LogInStepForm",
    "reauthenticate_webauthn": "quizsite.passkeys.ConfirmForm",
    "login_webauthn": "quizsite.passkeys.LogInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# A passkey is two steps in one: the device, and the finger, face or PIN that it always asks for.
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = False
# Accept the current code only, because a code is compared with the time of the last one.
MFA_TOTP_TOLERANCE = 0

# The provider through which staff log in, if the site has one: quizsite/provider/.
OIDC_URL: str = read("OIDC_URL")
OIDC_CLIENT_ID: str = read("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET: str = read("OIDC_CLIENT_SECRET")
OIDC_NAME: str = read("OIDC_NAME")
OIDC_SCOPES: list[str] = list(read("OIDC_SCOPES"))
OIDC_CLAIM: str = read("OIDC_CLAIM")
OIDC_COUNSELORS: list[str] = list(read("OIDC_COUNSELORS"))
OIDC_EDITORS: list[str] = list(read("OIDC_EDITORS"))
OIDC_PUBLISHERS: list[str] = list(read("OIDC_PUBLISHERS"))
OIDC_HEADS: list[str] = list(read("OIDC_HEADS"))
# Whether the provider checks addresses, though it doesn't say so.
OIDC_TRUST_EMAIL: bool = read("OIDC_TRUST_EMAIL")
SOCIALACCOUNT_ADAPTER = "quizsite.provider.client.StaffProvider"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5

# Those that no variable changes follow the organization's country: roles/links.py.
JOB_LINKS_AS_SHIPPED = {
    name
    for name in ("vacancies", "training", "description")
    if not given(f"JOB_LINK_{name.upper()}")
}
JOB_LINKS: dict[str, str] = {
    "vacancies": read("JOB_LINK_VACANCIES"),
    "training": read("JOB_LINK_TRAINING"),
    "description": read("JOB_LINK_DESCRIPTION"),
}

# A page of the quiz sends a few hundred bytes. The longest admin form, a draft with 200 statements
# in several languages, has a few thousand fields.
# A questionnaire file with 200 statements in five languages has about 600 kB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # with files, although Django leaves them out
SECONDS_FOR_A_BODY = 10
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# ---------------------------------------------------------------- metrics, Sentry, log

# Either turns metrics on: a port of their own, or a token that opens /metrics.
METRICS_PORT: int = read("METRICS_PORT") or 0
METRICS_HOST: str = read("METRICS_HOST")
METRICS_TOKEN: str = read("METRICS_TOKEN")
SENTRY_DSN: str = read("SENTRY_DSN")

# Whether the log has a line's network address, which belongs to a person.
LOG_ADDRESSES: bool = read("LOG_ADDRESSES")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "quizsite.logs.Lines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    # Who runs a demo reads in this terminal how to log in.
    "root": {"handlers": ["stderr"], "level": "WARNING" if DEMO else "INFO"},
    "loggers": {
        # Django's own handlers print plain text.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        # Each request has a line of ours; these say the same, with its path.
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": True},
        # They quote headers, where anything can be.
        "django.security": {"level": "CRITICAL"},
    },
}
if SENTRY_DSN:
    handler = "sentry_sdk.integrations.logging.EventHandler"
    LOGGING["handlers"]["sentry"] = {"class": handler, "level": "ERROR"}
    LOGGING["root"]["handlers"].append("sentry")

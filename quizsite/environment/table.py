"""Every environment variable that the site reads, once: meaning, kind, default, example.

To add one, add it here and `read` it in settings.py. Then renew docs/reference/settings.md:
`manage.py settings_help --markdown`.
"""

from quizsite.environment.derived import users_data
from quizsite.environment.folders import IS_CHECKOUT, SITE_FOLDER
from quizsite.environment.kinds import (
    DATA_FOLDER,
    DSN,
    EMAIL,
    EMBEDDERS,
    FOLDER,
    HOSTS,
    ISSUER,
    LINK,
    LISTENING,
    ORIGINS,
    PATTERN,
    SENDER,
    SITE,
    SWITCH,
    TEXT,
    TEXTS,
    TOKEN,
    ZONE,
    whole_number,
)
from quizsite.environment.server_addresses import CACHE, DATABASE, MAIL
from quizsite.environment.variable import Variable

# Retention: 0 or -1 would delete everything, and with millions of days dates overflow.
DAYS = whole_number(1, 36_500)
DAYS_OR_NEVER = whole_number(0, 36_500)
CAREERONESTOP = "https://www.careeronestop.org/Toolkit"


GROUPS: dict[str, tuple[Variable, ...]] = {
    "Address": (
        Variable(
            "ALLOWED_HOSTS",
            HOSTS,
            "The site's names, separated by commas; requests for other names are refused.",
            otherwise="the names of this machine itself",
            example="quiz.example.org,www.quiz.example.org",
        ),
        Variable(
            "SITE_URL",
            SITE,
            "The site's own address for links in e-mails, invitations, QR codes and the sitemap.",
            otherwise="made from the first of ALLOWED_HOSTS",
            example="https://quiz.example.org",
        ),
        Variable(
            "HOST",
            LISTENING,
            "Where `manage.py serve` listens: an IPv4 or IPv6 address of this machine.",
            default="127.0.0.1",
            example="::1",
        ),
        Variable(
            "PORT",
            whole_number(1, 65_535),
            "The port on which `manage.py serve` listens.",
            default="8000",
            example="8080",
        ),
        Variable(
            "TRUSTED_PROXIES",
            whole_number(0, 20),
            "How many proxies in front add to X-Forwarded-For; without it, all visitors behind one "
            "proxy share a limit.",
            default="0",
            example="1",
        ),
        Variable(
            "BEHIND_TLS_PROXY",
            SWITCH,
            "The proxy sets X-Forwarded-Proto itself and drops a client's.",
            default="0",
            example="1",
        ),
        Variable(
            "PLAIN_HTTP",
            SWITCH,
            "Serve without TLS, which works on a loopback address only; `make run` sets it.",
            default="$DEBUG",
            otherwise="that of DEBUG",
            example="1",
        ),
        Variable(
            "CSRF_TRUSTED_ORIGINS",
            ORIGINS,
            "Other addresses from which staff may send forms, for example during a move.",
            otherwise="none",
            example="https://old.example.org",
        ),
        Variable(
            "EMBED_ORIGINS",
            EMBEDDERS,
            "Sites whose pages may show the quiz in a frame, at /embed/.",
            otherwise="no page can be framed, and there is no /embed/",
            example="https://www.example.org,https://careers.example.org",
        ),
    ),
    "Data": (
        Variable(
            "DATA_DIR",
            DATA_FOLDER,
            "The folder of everything the site keeps: database, secret key, static files.",
            default=str(SITE_FOLDER / "var" if IS_CHECKOUT else users_data()).replace("$", "$$"),
            otherwise="var, next to manage.py; installed, ~/.local/share/career-quiz or the state "
            "folder that systemd gives",
            example="/srv/quiz-data",
        ),
        Variable(
            "DATABASE_URL",
            DATABASE,
            "The database: a SQLite file, or PostgreSQL.",
            default="sqlite:///$DATA_DIR/quiz.sqlite3",
            example="postgres://quiz:password@127.0.0.1:5432/quiz",
        ),
        Variable(
            "PGBOUNCER",
            SWITCH,
            "DATABASE_URL is a pooler in transaction mode; `serve` then stores the time limits of "
            "queries for the role, and refuses to start if they aren't in force.",
            default="0",
            example="1",
        ),
        Variable(
            "CACHE_URL",
            CACHE,
            "Count tries of codes and passwords in Redis instead of the database.",
            otherwise="the database counts",
            example="rediscache://127.0.0.1:6379/0",
        ),
        Variable(
            "DELETIONS_DIR",
            FOLDER,
            "The record of deletions that restoring a backup needs, best on another disk.",
            default="$DATA_DIR/deletions",
            example="/mnt/other-disk/deletions",
        ),
        Variable(
            "BACKUP_PASSPHRASE",
            TEXT,
            "Encrypts a backup with `--encrypt` and opens it again; at least 12 characters.",
            otherwise="`backup` and `restore` ask for it",
            example="several words that you have written down",
            is_secret=True,
        ),
    ),
    "Keys": (
        Variable(
            "SECRET_KEY",
            TEXT,
            "Signs cookies, links and codes; at least 50 random characters.",
            otherwise="made once, in secret-key.txt in DATA_DIR",
            is_secret=True,
        ),
        Variable(
            "SECRET_KEY_FALLBACKS",
            TEXTS,
            "Former keys, separated by commas: links, invitation codes and two-step logins made "
            "with them keep working.",
            otherwise="none",
            is_secret=True,
        ),
    ),
    "E-mail": (
        Variable(
            "EMAIL_URL",
            MAIL,
            "The mail server; without it, pages say that no e-mail can be sent, and invitations "
            "are written to files.",
            default="filemail:///$DATA_DIR/mail",
            example="smtp+tls://user:password@mail.example.org:587",
        ),
        Variable(
            "DEFAULT_FROM_EMAIL",
            SENDER,
            "The sender of e-mails.",
            otherwise="CONTACT_EMAIL, or quiz@localhost",
            example="Career Center <quiz@example.org>",
        ),
    ),
    "Log-in of staff": (
        Variable(
            "OIDC_URL",
            ISSUER,
            "The issuer of the OpenID Connect provider through which counselors and staff can "
            "log in.",
            otherwise="password and two-step login only",
            example="https://login.example.org/realms/school",
        ),
        Variable(
            "OIDC_CLIENT_ID",
            TEXT,
            "The client ID that the provider gave this site.",
            otherwise="needed with OIDC_URL",
            example="career-quiz",
        ),
        Variable(
            "OIDC_CLIENT_SECRET",
            TEXT,
            "The client secret that the provider gave this site.",
            otherwise="none, for a public client",
            is_secret=True,
        ),
        Variable(
            "OIDC_NAME",
            TEXT,
            "What people call the provider; the login page says “Log in with …”.",
            default="your organization",
            example="Example College",
        ),
        Variable(
            "OIDC_SCOPES",
            TEXTS,
            "What to ask the provider for besides openid, profile and email, separated by commas.",
            otherwise="nothing else",
            example="groups",
        ),
        Variable(
            "OIDC_CLAIM",
            TEXT,
            "The claim that says who may do what; a dot leads into a claim inside another.",
            default="groups",
            example="realm_access.roles",
        ),
        Variable(
            "OIDC_COUNSELORS",
            TEXTS,
            "The values of OIDC_CLAIM that make someone a counselor, separated by commas.",
            otherwise="no one from the provider is",
            example="career-counselors",
        ),
        Variable(
            "OIDC_EDITORS",
            TEXTS,
            "The values of OIDC_CLAIM that put someone into the group Editors.",
            otherwise="no one from the provider is",
            example="quiz-editors",
        ),
        Variable(
            "OIDC_PUBLISHERS",
            TEXTS,
            "The values of OIDC_CLAIM that put someone into the group Publishers.",
            otherwise="no one from the provider is",
            example="quiz-publishers",
        ),
        Variable(
            "OIDC_HEADS",
            TEXTS,
            "The values of OIDC_CLAIM that put someone into the group Heads of service.",
            otherwise="no one from the provider is",
            example="career-service-heads",
        ),
        Variable(
            "OIDC_TRUST_EMAIL",
            SWITCH,
            "The provider checks every e-mail address, though it doesn't send `email_verified`.",
            default="0",
            example="1",
        ),
    ),
    "How long data is kept": (
        Variable(
            "KEEP_UNFINISHED_DAYS",
            DAYS,
            "Days until `delete_expired` deletes a quiz that no one continued.",
            default="30",
            example="14",
        ),
        Variable(
            "KEEP_FINISHED_DAYS",
            DAYS,
            "Days until `delete_expired` deletes a result.",
            default="365",
            example="180",
        ),
        Variable(
            "ARCHIVE_CLIENTS_DAYS",
            DAYS_OR_NEVER,
            "Days without anything happening until a counselor's client is archived; 0 for never.",
            default="0",
            example="365",
        ),
        Variable(
            "DELETE_ARCHIVED_CLIENTS_DAYS",
            DAYS_OR_NEVER,
            "Days in the archive until a counselor's client is deleted, announced to both, at "
            "least 30 days or this long before; the client's own results stay. 0 for never.",
            default="0",
            example="180",
        ),
    ),
    "Limits and log": (
        Variable(
            "STARTS_PER_NETWORK",
            whole_number(1, 1_000_000),
            "How many quizzes one network may start in ten minutes without answering, and ten "
            "times as many in all; invitations don't count.",
            default="200",
            example="500",
        ),
        Variable(
            "API_REQUESTS_PER_MINUTE",
            whole_number(1, 1_000_000),
            "How many requests one network may send `/api/v1/` in a minute; further ones get 429.",
            default="600",
            example="60",
        ),
        Variable(
            "IDLE_MINUTES",
            whole_number(1, 720),
            "After how long a break counselors and administrators need a new code.",
            default="60",
            example="30",
        ),
        Variable(
            "LOG_ADDRESSES",
            SWITCH,
            "Write network addresses into the log; without it, the log names no one but users, "
            "by id.",
            default="0",
            example="1",
        ),
    ),
    "Background work": (
        Variable(
            "TASK_WORKER",
            SWITCH,
            "Let `serve` also send e-mails, count results, delete what is too old, and make large "
            "exports; with 0, `manage.py work` does that, on PostgreSQL on one machine or more.",
            default="1",
            example="0",
        ),
    ),
    "Watching": (
        Variable(
            "METRICS_PORT",
            whole_number(1, 65_535),
            "Serve metrics for Prometheus on this port, in a process of its own.",
            otherwise="no metrics, unless METRICS_TOKEN is set",
            example="9100",
        ),
        Variable(
            "METRICS_HOST",
            LISTENING,
            "Where METRICS_PORT listens: an IPv4 or IPv6 address of this machine.",
            default="127.0.0.1",
            example="10.0.0.5",
        ),
        Variable(
            "METRICS_TOKEN",
            TOKEN,
            "Opens `/metrics` on the site's own address to who sends it as a bearer token.",
            otherwise="no such page",
            is_secret=True,
        ),
        Variable(
            "SENTRY_DSN",
            DSN,
            "Report errors to Sentry, without anything that someone sent.",
            otherwise="errors are in the log only",
            example="https://key@sentry.example.org/1",
        ),
    ),
    "Pages": (
        Variable(
            "TIME_ZONE",
            ZONE,
            "The zone in which pages and e-mails show times.",
            default="UTC",
            example="America/New_York",
        ),
        Variable(
            "CONTACT_EMAIL",
            EMAIL,
            "The address on the accessibility page.",
            otherwise="the page refers to the site's owner",
            example="help@example.org",
        ),
        Variable(
            "TALK_TO_NAME",
            TEXT,
            "A person or office that visitors can talk to, on results and under “Your data”.",
            otherwise="not shown",
            example="Career Center",
        ),
        Variable(
            "TALK_TO_HOURS",
            TEXT,
            "When TALK_TO_NAME can be reached.",
            otherwise="not shown",
            example="Monday to Friday, 9 to 5",
        ),
        Variable(
            "TALK_TO_LINK",
            LINK,
            "How TALK_TO_NAME can be reached.",
            otherwise="not shown",
            example="tel:+1-555-0100",
        ),
        Variable(
            "JOB_LINK_VACANCIES",
            PATTERN,
            "Where job pages link to for openings; {title} and {code} are the job's title and "
            "official code.",
            default=f"{CAREERONESTOP}/Jobs/find-jobs.aspx?keyword={{title}}",
            example="https://jobs.example.org/?q={title}",
        ),
        Variable(
            "JOB_LINK_TRAINING",
            PATTERN,
            "Where job pages link to for training.",
            default=f"{CAREERONESTOP}/Training/find-local-training.aspx?keyword={{title}}",
            example="https://training.example.org/?q={title}",
        ),
        Variable(
            "JOB_LINK_DESCRIPTION",
            PATTERN,
            "Where job pages link to for the official description.",
            default="https://www.onetonline.org/link/summary/{code}.00",
            example="https://www.onetonline.org/link/details/{code}.00",
        ),
    ),
    "Start": (
        Variable(
            "ENV_FILE",
            TEXT,
            "A file with lines NAME=value to read settings from; real variables win.",
            otherwise=".env in the current folder, if there is one",
            example="/etc/quiz.env",
        ),
        Variable(
            "DEBUG",
            SWITCH,
            "Show details of errors to everyone, for development only; `make dev` sets it.",
            default="0",
            example="1",
        ),
        Variable(
            "DEMO",
            SWITCH,
            "Say on every page that this is a demo, and log problems only; `demo --serve` sets it.",
            default="0",
            example="1",
        ),
    ),
}

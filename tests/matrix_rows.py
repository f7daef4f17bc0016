"""The matrix of rights: the methods of each address, who may open it, and its object."""

from dataclasses import dataclass, field

GET, POST, BOTH = {"GET", "HEAD"}, {"POST"}, {"GET", "HEAD", "POST"}
# The API answers OPTIONS too, for pages of other sites.
API_GET, API_POST = GET | {"OPTIONS"}, POST | {"OPTIONS"}
ANY = {"GET", "HEAD", "POST", "OPTIONS"}

# Who opens a page: a visitor without a quiz, with an unfinished one, or with a result; a counselor
# who is logged in; a colleague; a counselor before the second login step; an administrator.
NO_ONE, TAKER, OWNER = "no one", "taker", "owner"
COUNSELOR, COLLEAGUE, HALF_IN, ADMIN = "counselor", "colleague", "half in", "admin"
ROLES = [NO_ONE, TAKER, OWNER, COUNSELOR, COLLEAGUE, HALF_IN, ADMIN]


@dataclass(frozen=True)
class Row:
    """The methods of an address, who may open it, and its object (a key of `World.kwargs`)."""

    methods: set[str]
    who: set[str]
    about: str = ""
    # The status for each role that may not open it.
    refusal: dict[str, int] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)


EVERYBODY = set(ROLES)
WITH_QUIZ = {TAKER, OWNER}
NO_QUIZ = dict.fromkeys(EVERYBODY - WITH_QUIZ, 403)
SIGNED_OUT = dict.fromkeys((NO_ONE, TAKER, OWNER, HALF_IN), 302) | {ADMIN: 403}


def public(methods=GET, about="", **more):
    return Row(methods, EVERYBODY, about, more=more)


def own_quiz(methods=GET, about="", **more):
    """A page about your own answers; it refuses visitors who have none."""
    return Row(methods, WITH_QUIZ, about, NO_QUIZ, more)


def own_meeting():
    """A page about one of your own meetings; others can't tell whether it is there."""
    return Row(GET, {OWNER}, "own meeting", NO_QUIZ | {TAKER: 404})


def work(methods=GET, about=""):
    """A page for counselors; about a client, it opens only for the client's own counselor."""
    who = {COUNSELOR} if about else {COUNSELOR, COLLEAGUE}
    return Row(methods, who, about, SIGNED_OUT | ({COLLEAGUE: 404} if about else {}))


def report():
    """The monthly report, for people with the permission; here only the administrator has it."""
    refusal = dict.fromkeys((NO_ONE, TAKER, OWNER), 302)
    return Row(GET, {ADMIN}, "", refusal | dict.fromkeys((COUNSELOR, COLLEAGUE, HALF_IN), 403))


def account(methods=GET, who=(COUNSELOR, COLLEAGUE, ADMIN)):
    """A page of your own account; it redirects until both login steps are done."""
    return Row(methods, set(who), refusal=dict.fromkeys(EVERYBODY - set(who), 302))


ANY_ACCOUNT = (COUNSELOR, COLLEAGUE, HALF_IN, ADMIN)

ROWS = {
    # Without colors or a logo of an own.
    "colors": Row(GET, set(), "", dict.fromkeys(ROLES, 404), {"digest": "x"}),
    "logo": Row(GET, set(), "", dict.fromkeys(ROLES, 404), {"digest": "x"}),
    "home": public(),
    "introduction": public(BOTH),
    "answer_page": own_quiz(BOTH, page=1),
    "result": own_quiz(),
    "result_pdf": own_quiz(),
    "result_json": own_quiz(),
    "next_step": own_quiz(BOTH),
    "own_results": own_quiz(),
    "own_result": Row(GET, {OWNER}, "", NO_QUIZ | {TAKER: 404}, {"place": 1}),
    "code": own_quiz(BOTH),
    "resume": public(BOTH),
    "leave": public(POST),
    "left": public(),
    "shares": own_quiz(BOTH),
    "revoke": own_quiz(POST, "link"),
    "own_data": public(),
    "own_data_json": own_quiz(),
    "background": own_quiz(BOTH),
    "research": own_quiz(POST),
    "delete": own_quiz(BOTH),
    "deleted": public(),
    "own_meeting": own_meeting(),
    "own_meeting_pdf": own_meeting(),
    "own_meeting_text": own_meeting(),
    "own_meeting_delete": own_quiz(POST, "own meeting"),
    "interest": own_quiz(BOTH, role_slug="sales-manager"),
    "disclose": own_quiz(POST),
    "withdraw": own_quiz(POST),
    "shared": public(BOTH, "share"),
    "shared_picture": public(GET, "share"),
    "invitation": public(BOTH, "invitation"),
    "group_invitation": public(BOTH, "class"),
    "invitation_code": public(BOTH),
    # 404 on a site that no one embeds.
    "embed": Row(BOTH, set(), refusal=dict.fromkeys(ROLES, 404)),
    "embed_open": Row(POST, set(), refusal=dict.fromkeys(ROLES, 404)),
    "embed_script": Row(GET, set(), refusal=dict.fromkeys(ROLES, 404)),
    "stop_reminders": public(BOTH, "reminder"),
    "schema": public(),
    "method": public(),
    "theme": public(POST),
    "join": public(BOTH, "join"),
    "caseload": work(),
    "audit_log": work(),
    "client_comparison": work(about="compared"),
    "clients_import": work(BOTH),
    "reminders": work(),
    "client_remind": work(POST, "client"),
    "clients_bulk": work(POST),
    "clients_archive": work(BOTH, "compared"),
    "clients_handover": work(BOTH, "compared"),
    "client_add": work(BOTH),
    "client": work(GET, "client"),
    "client_edit": work(BOTH, "client"),
    "client_delete": work(BOTH, "client"),
    "client_handover": work(BOTH, "client"),
    "client_invite": work(POST, "client"),
    "client_uninvite": work(POST, "client"),
    "note_add": work(POST, "client"),
    "note_delete": work(POST, "note"),
    "meeting_hold": work(BOTH, "shared client"),
    "meeting": work(GET, "meeting"),
    "meeting_edit": work(BOTH, "meeting"),
    "meeting_pdf": work(GET, "meeting"),
    "meeting_text": work(GET, "meeting"),
    "client_result": work(GET, "disclosure"),
    "client_result_pdf": work(GET, "disclosure"),
    "preparation": work(GET, "disclosure"),
    "preparation_pdf": work(GET, "disclosure"),
    "client_groups": work(BOTH),
    "client_group": work(GET, "group"),
    "client_group_edit": work(BOTH, "group"),
    "client_group_delete": work(BOTH, "group"),
    "group_link": work(POST, "group"),
    "group_unlink": work(POST, "group"),
    "group_poster": work(GET, "group"),
    "group_report": work(GET, "group"),
    "group_wall": work(GET, "group"),
    "wall_show": work(POST, "group"),
    "export": work(),
    "export_csv": work(),
    "export_xlsx": work(),
    "export_codebook": work(),
    "export_make": work(POST),
    "export_file": work(GET, "file"),
    "export_download": work(GET, "file"),
    "monthly_report": report(),
    "monthly_report_csv": report(),
    "account_login": public(BOTH),
    "account_logout": account(BOTH, ANY_ACCOUNT),
    "account_inactive": public(),
    "account_reauthenticate": account(BOTH, ANY_ACCOUNT),
    "account_change_password": account(BOTH),
    "account_reset_password": public(BOTH),
    "account_reset_password_done": public(),
    "account_reset_password_from_key": public(BOTH, uidb36="1", key="set-password"),
    "mfa_index": account(),
    "usersessions_list": account(BOTH),
    "mfa_authenticate": Row(BOTH, set(), refusal=dict.fromkeys(ROLES, 302)),
    "mfa_reauthenticate": account(BOTH, ANY_ACCOUNT),
    "mfa_activate_totp": account(BOTH, ANY_ACCOUNT),
    "mfa_deactivate_totp": account(BOTH),
    # 404 on a site without a provider.
    "provider_login": Row(GET, set(), refusal=dict.fromkeys(ROLES, 404)),
    "provider_callback": Row(GET, set(), refusal=dict.fromkeys(ROLES, 404)),
    "provider_check": Row(GET, set(), refusal=dict.fromkeys(ROLES, 404)),
    "mfa_list_webauthn": account(),
    "mfa_add_webauthn": account(BOTH, ANY_ACCOUNT),
    "mfa_remove_webauthn": Row(BOTH, set(), refusal=dict.fromkeys(ROLES, 302), more={"pk": 1}),
    "mfa_reauthenticate_webauthn": Row(BOTH, set(), refusal=dict.fromkeys(ROLES, 302)),
    "mfa_login_webauthn": public(BOTH),
    "mfa_view_recovery_codes": account(),
    "mfa_generate_recovery_codes": account(BOTH),
    "mfa_download_recovery_codes": account(),
    "role_list": public(),
    "role_choice": public(),
    "role_detail": public(slug="sales-manager"),
    "role_picture": public(slug="sales-manager"),
    "role_comparison": public(
        first="sales-manager",
        second="customer-service-manager",
        third="sales-representative",
        fourth="customer-service-representative",
    ),
    "openapi-json": public(API_GET),
    "roles": public(API_GET),
    "role": public(API_GET, slug="sales-manager"),
    "questionnaires": public(API_GET),
    "score": public(API_POST),
    # Not there, whatever is asked.
    "api-root": Row(ANY | {"PUT", "PATCH", "DELETE"}, set(), "", dict.fromkeys(ROLES, 404)),
    "site_picture": public(),
    "accessibility": public(),
    "favicon": public(),
    "manifest": public(),
    "robots": public(),
    "sitemap": public(),
    "style": Row(GET, set(), "", dict.fromkeys(ROLES, 404)),
    "healthz": public(),
    "readyz": public(),
    # Only with the token of a monitoring server.
    "metrics": Row(ANY, set(), "", dict.fromkeys(ROLES, 404)),
}

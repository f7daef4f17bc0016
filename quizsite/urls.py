from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.http import require_http_methods, require_safe

from quiz.web.accounts import with_accounts
from quiz.web.private import View, private
from quiz.web.provider import not_from_provider
from quiz.web.second_factor import second_factor_if_set_up
from quizsite import passkeys, password_reset
from quizsite.account_views import SetUpSecondFactor, counts_guesses, log_out, own_account, sessions
from quizsite.api.version_1 import api
from quizsite.provider import views as provider

looked_at = require_safe
filled_in = require_http_methods(["GET", "HEAD", "POST"])
with_code = second_factor_if_set_up


def own(view: View) -> View:
    """Serve a page about ways to log in that the provider's people don't have here."""
    return private(not_from_provider(view))


def own_code(view: View) -> View:
    return own(with_code(view))


# The pages of allauth that counselors and administrators need, under its own URL names. No page
# signs up: accounts come from an invitation or are made in the admin.
accounts = [
    path("login/", filled_in(counts_guesses(private(account.login))), name="account_login"),
    path("logout/", filled_in(log_out), name="account_logout"),
    path("closed/", looked_at(private(account.account_inactive)), name="account_inactive"),
    path(
        "confirm/",
        filled_in(counts_guesses(own(account.reauthenticate))),
        name="account_reauthenticate",
    ),
    path(
        "password/",
        filled_in(counts_guesses(own_code(account.password_change))),
        name="account_change_password",
    ),
    path(
        "password/reset/",
        filled_in(counts_guesses(private(password_reset.Ask.as_view()))),
        name="account_reset_password",
    ),
    path(
        "password/reset/sent/",
        looked_at(private(account.password_reset_done)),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/<slug:uidb36>/<slug:key>/",
        filled_in(private(password_reset.NewPassword.as_view())),
        name="account_reset_password_from_key",
    ),
    path("", looked_at(with_code(own_account)), name="mfa_index"),
    path("sessions/", filled_in(with_code(sessions)), name="usersessions_list"),
    path(
        "code/",
        filled_in(counts_guesses(private(passkeys.SecondStep.as_view()))),
        name="mfa_authenticate",
    ),
    path(
        "code/confirm/",
        filled_in(counts_guesses(own(second_factor.reauthenticate))),
        name="mfa_reauthenticate",
    ),
    path("app/", filled_in(own(SetUpSecondFactor.as_view())), name="mfa_activate_totp"),
    path(
        "app/remove/",
        filled_in(own_code(totp.deactivate_totp)),
        name="mfa_deactivate_totp",
    ),
    path("passkeys/", looked_at(own_code(passkeys.list_passkeys)), name="mfa_list_webauthn"),
    path(
        "passkeys/add/",
        filled_in(counts_guesses(own_code(passkeys.AddPasskey.as_view()))),
        name="mfa_add_webauthn",
    ),
    path(
        "passkeys/<int:pk>/remove/",
        filled_in(own_code(passkeys.remove_passkey)),
        name="mfa_remove_webauthn",
    ),
    path(
        "passkeys/confirm/",
        filled_in(counts_guesses(own(passkeys.ConfirmByPasskey.as_view()))),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "passkeys/login/",
        filled_in(counts_guesses(private(passkeys.LogInByPasskey.as_view()))),
        name="mfa_login_webauthn",
    ),
    path(
        "recovery-codes/",
        looked_at(own_code(recovery_codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "recovery-codes/new/",
        filled_in(own_code(recovery_codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "recovery-codes/download/",
        looked_at(own_code(recovery_codes.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
    path("provider/", looked_at(provider.log_in), name="provider_login"),
    path("provider/callback/", looked_at(provider.callback), name="provider_callback"),
    path("provider/check/", looked_at(provider.check), name="provider_check"),
]

urlpatterns = [
    with_accounts(path("counselor/account/", include(accounts))),
    path("", include("quiz.urls")),
    path("roles/", include("roles.urls")),
    path("api/v1/", api.urls),
    with_accounts(path("admin/", admin.site.urls)),
    path("", include("organization.urls")),
    path("", include("quizsite.pages")),
    path("", include("quizsite.health")),
]

handler400 = "quizsite.errors.bad_request"
handler403 = "quizsite.errors.permission_denied"
handler404 = "quizsite.errors.page_not_found"
handler500 = "quizsite.errors.server_error"

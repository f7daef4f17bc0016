"""The page to type an invitation's code, for people who can't open its link or QR code."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from quiz.counseling.coded_links import ALPHABET, LENGTH, typed_code
from quiz.counseling.models import ClientInvitation, GroupLink
from quiz.visitor.invited import leads_back_to
from quiz.visitor.own_attempt import own_attempt
from quiz.web.forms import AS_TYPED, PlainForm, render_form, submitted
from quiz.web.limits import Tries, network_of, too_many
from quiz.web.private import private

# Wrong codes per window: a class behind one address mistypes some, and many computers could guess.
TRIES_OF_ONE_NETWORK = 60
TRIES_OF_ALL_NETWORKS = 1000


class InvitationCodeForm(PlainForm):
    code = forms.CharField(
        label=gettext_lazy("Invitation code"),
        help_text=gettext_lazy(
            "Eight letters and digits. Capitals, spaces and the hyphen don't matter."
        ),
        error_messages={"required": gettext_lazy("Type the code from your invitation.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", **AS_TYPED}),
    )

    def clean_code(self) -> str:
        """Return the code in its stored form; refuse what no code looks like, so it isn't a try."""
        code = typed_code(self.cleaned_data["code"])
        if not code.isascii():
            words = _("A code has only letters from A to Z and digits. Type it once more.")
            raise forms.ValidationError(words)
        if strange := [sign for sign in code if sign not in ALPHABET]:
            words = _("No code contains %(sign)s. Look for a letter or digit that looks similar.")
            raise forms.ValidationError(words % {"sign": strange[0]})
        if len(code) != LENGTH:
            raise forms.ValidationError(
                _("A code has %(length)d letters and digits. You typed %(typed)d.")
                % {"length": LENGTH, "typed": len(code)}
            )
        return code


@require_http_methods(["GET", "HEAD", "POST"])
@private
def invitation_code(request: HttpRequest) -> HttpResponse:
    """Open the invitation that has this code."""
    form = InvitationCodeForm(submitted(request))
    if form.is_valid():
        # A code can be guessed, so a try is counted before the code is looked up.
        limits = {network_of(request): TRIES_OF_ONE_NETWORK, "all networks": TRIES_OF_ALL_NETWORKS}
        tries = Tries("invitation code", limits)
        if not tries.spend():
            words = _("Too many wrong codes. Wait ten minutes, or ask your counselor for the link.")
            form.add_error("code", too_many(words))
        elif link := _invitation_for(request, form.cleaned_data["code"]):
            tries.give_back()
            return redirect(link.path)
        else:
            words = _(
                "This code doesn't open an invitation: it may be mistyped, used up or too old. "
                "Check it, or ask your counselor for a new one."
            )
            form.add_error("code", words)
    return render_form(request, "quiz/invitation_code.html", form)


def _invitation_for(request: HttpRequest, code: str) -> Any:
    """Return the invitation with this code that this browser can start or continue with."""
    now = timezone.now()
    own = own_attempt(request)
    for kind in (ClientInvitation, GroupLink):
        link = kind.objects.by_code_even_used_up(code, now)
        if link and not link.is_used_up:
            return link
        if isinstance(link, ClientInvitation) and own and leads_back_to(own, link):
            return link
    return None

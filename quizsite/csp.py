"""The content security policy, written once: it is the same for every page."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase


class SharedPolicyMiddleware(CSPMiddleware):
    """Send the policy of the settings; one that a view or a nonce changes is built for it alone."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_changed = hasattr(request, "_csp_nonce") or any(
            hasattr(response, name) for name in ("_csp_config", "_csp_update", "_csp_replace")
        )
        if is_changed or HEADER in response:
            return super().process_response(request, response)
        response[HEADER] = self._policy
        return response

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._policy = build_policy()

"""The content security policy, built once because nearly every response has the same one."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase


class SharedPolicyMiddleware(CSPMiddleware):
    """Send the policy from the settings; build another only for a view or nonce that changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self._policy = build_policy()

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

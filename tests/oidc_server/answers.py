"""What the provider says about people: their groups, and faults that a test asked for."""

import json
from pathlib import Path
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings


def asked() -> dict[str, Any]:
    return json.loads(Path(settings.FOLDER, "answers.json").read_text(encoding="utf-8"))


class Answers(DefaultOIDCAdapter):
    def get_claims(self, purpose: Any, user: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        claims = super().get_claims(purpose, user, *args, **kwargs)
        return claims | {"groups": asked()["groups"].get(user.username, [])}

    def populate_id_token(self, id_token: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        id_token |= asked()["faults"]

"""A device with passkeys, as a browser reaches it: answers challenges in JSON."""

import hashlib
import json
import re
import secrets
from html import unescape

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.contrib.auth.models import User
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
ORIGIN = "http://localhost:8000"


def add_passkey(user: User, name: str = "Work laptop") -> Authenticator:
    """Store a passkey of an account, without visiting any page."""
    public = {
        "user": {"id": websafe_encode(user_pk_to_url_str(user).encode())},
        "rp": {"id": "localhost"},
        "challenge": websafe_encode(b"a challenge"),
    }
    made = json.loads(Device().make({"publicKey": public}))
    added: Authenticator = WebAuthn.add(user, name, made).instance
    return added


def options_on(page: str) -> dict:
    """Read the challenge from a page's JSON."""
    return json.loads(unescape(re.search(r'id="passkey-options"[^>]*>(.*?)</script>', page)[1]))


class Device:
    """One passkey. `verifies` is whether it asks for a finger, face or PIN."""

    def __init__(self, *, verifies: bool = True, origin: str = ORIGIN) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.verifies, self.origin = verifies, origin
        self.owner = ""

    def make(self, options: dict) -> str:
        """Answer `creation_options`."""
        public = options["publicKey"]
        self.owner = public["user"]["id"]
        credential = AttestedCredentialData.create(
            bytes(16), self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = self._data(public["rp"]["id"], FLAG.AT, credential)
        client = self._client(CollectedClientData.TYPE.CREATE, public)
        made = AttestationObject.create("none", data, {})
        return self._answer(clientDataJSON=client, attestationObject=made)

    def use(self, options: dict) -> str:
        """Answer `request_options`."""
        public = options["publicKey"]
        data = self._data(public["rpId"], 0, None)
        client = self._client(CollectedClientData.TYPE.GET, public)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=signature,
            userHandle=websafe_decode(self.owner),
        )

    def _data(self, rp_id: str, flags: int, credential) -> AuthenticatorData:
        flags |= FLAG.UP | (FLAG.UV if self.verifies else 0)
        return AuthenticatorData.create(
            hashlib.sha256(rp_id.encode()).digest(), flags, 0, credential or b""
        )

    def _client(self, kind, public: dict) -> CollectedClientData:
        challenge = websafe_decode(public["challenge"])
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, **response: bytes) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "response": {name: websafe_encode(part) for name, part in response.items()},
                "clientExtensionResults": {},
            }
        )

"""Short codes of invitations: how they look, and what the database holds."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from quiz.counseling import coded_links
from quiz.counseling.coded_links import (
    ALPHABET,
    LENGTH,
    code_from,
    hash_of_code,
    typed_code,
)
from quiz.counseling.inviting import new_invitation
from quiz.counseling.models import ClientInvitation, GroupLink

pytestmark = pytest.mark.both_databases


@pytest.fixture
def link(kim):
    return ClientInvitation.objects.make(client=kim, expires_at=timezone.now() + timedelta(days=1))


def test_code_is_two_groups_of_four(link):
    assert re.fullmatch(rf"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", link.code)


def test_alphabet_has_no_look_alikes_and_no_vowels():
    assert len(set(ALPHABET)) == len(ALPHABET) == 22
    for pair in ("0O", "1I", "1L", "2Z", "5S", "8B", "UV"):
        assert not set(pair) <= set(ALPHABET)
    assert not set("0O1IL5S2Z8B") & set(ALPHABET)
    assert not set("AEIOU") & set(ALPHABET)


def test_codes_use_the_whole_alphabet_evenly():
    codes = "".join(code_from(f"nonce {number}") for number in range(2000))
    shares = [codes.count(sign) / len(codes) * len(ALPHABET) for sign in ALPHABET]
    assert 0.85 < min(shares) <= max(shares) < 1.15


def test_database_holds_neither_the_code_nor_a_hash_that_needs_no_key(link, settings):
    code = link.code.replace("-", "")
    stored = repr(ClientInvitation.objects.values().get())
    assert code not in stored
    before = hash_of_code(code)
    assert before == link.code_hash
    settings.SECRET_KEY = "another key"
    assert hash_of_code(code) != before


def test_code_survives_a_new_secret_key_with_the_old_one_as_fallback(link, settings):
    code, old = link.code, settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [old]
    found = ClientInvitation.objects.by_code_even_used_up(typed_code(code), timezone.now())
    assert (found, found.code) == (link, code)


def test_code_of_a_lost_secret_key_is_empty(link, settings):
    settings.SECRET_KEY = "another key"
    assert link.code == ""


def test_no_two_invitations_of_any_kind_share_a_code(counselor, kim, link, monkeypatch):
    nonces = iter([link.nonce, "f" * 32])
    monkeypatch.setattr(coded_links, "new_nonce", lambda: next(nonces))
    group = counselor.groups.create(name="9b")
    other = GroupLink.objects.make(group=group, expires_at=link.expires_at)
    assert other.nonce == "f" * 32
    assert other.code != link.code


def test_invitation_from_before_there_were_codes_keeps_its_link(link, client, content):
    ClientInvitation.objects.update(code_hash=None)
    link.refresh_from_db()
    assert link.code == ""
    assert client.get(link.path).status_code == 200


def test_expired_code_is_not_found(link):
    code = typed_code(link.code)
    assert ClientInvitation.objects.by_code_even_used_up(code, timezone.now()) == link
    assert ClientInvitation.objects.by_code_even_used_up(code, link.expires_at) is None


def test_code_of_a_closed_account_is_not_found(link, counselor):
    counselor.user.is_active = False
    counselor.user.save()
    code = typed_code(link.code)
    assert ClientInvitation.objects.by_code_even_used_up(code, timezone.now()) is None


@pytest.mark.parametrize(
    "typed",
    [
        "cdfg-hjkm",
        "CDFGHJKM",
        " CdFg  hJkM ",
        "CDFG\u2013HJKM",
        "CDFG\u00ad\u200bHJKM.",
        "ＣＤＦＧ-ＨＪＫＭ",
    ],
)
def test_code_is_read_as_people_type_it(typed):
    assert typed_code(typed) == "CDFGHJKM"


def test_code_is_as_long_as_promised():
    assert len(code_from("nonce")) == LENGTH == 8


def test_new_link_has_a_new_code(kim):
    codes = {new_invitation(kim, uuid4(), timezone.now()).code for _link in range(2)}
    assert len(codes) == 2

"""Who may tell us that an account is gone: only Meta."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.instagram.signed_request import user_id
from tests.standins.meta_webhooks import APP_SECRET, sign_request

VECTOR = (
    "BQ5qB_x2l_bzjQQV1AcaHo0cn5kGt8ocBaLCe4UHV9s."
    "eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImV4cGlyZXMiOjE3NTAwMDM2MDAsImlzc3VlZF9hdCI6MTc1MDAwMDAwMCwidXNlcl9p"
    "ZCI6IjE3ODQwMDAwMDAwMDAwMDAxIn0"
)


def test_metas_request_names_the_user() -> None:
    assert user_id(VECTOR, [APP_SECRET]) == "17840000000000001"


def test_any_of_the_secrets_may_have_signed() -> None:
    assert user_id(VECTOR, ["another", "", APP_SECRET]) == "17840000000000001"
    for secrets in ([], [""], ["another"]):
        assert user_id(VECTOR, secrets) is None


def test_an_id_may_come_as_a_number() -> None:
    assert user_id(sign_request({"algorithm": "HMAC-SHA256", "user_id": 42}), [APP_SECRET]) == "42"


@pytest.mark.parametrize(
    "content",
    [
        {"user_id": "1"},
        {"algorithm": "none", "user_id": "1"},
        {"algorithm": "HMAC-SHA1", "user_id": "1"},
        {"algorithm": "HMAC-SHA256"},
        {"algorithm": "HMAC-SHA256", "user_id": None},
        ["HMAC-SHA256"],
    ],
)
def test_another_algorithm_or_no_user_is_refused_however_well_it_is_signed(content: object) -> None:
    assert user_id(sign_request(content), [APP_SECRET]) is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(content: bytes) -> None:
    payload = base64.urlsafe_b64encode(content).decode().rstrip("=")
    digest = hmac.new(APP_SECRET.encode(), payload.encode(), hashlib.sha256).digest()
    assert user_id(f"{base64.urlsafe_b64encode(digest).decode()}.{payload}", [APP_SECRET]) is None


@given(st.text())
def test_nothing_made_up_is_believed(text: str) -> None:
    assert user_id(text, [APP_SECRET]) is None


@given(st.integers(0, len(VECTOR) - 1), st.characters(codec="utf-8"))
def test_a_changed_request_is_not_believed(place: int, character: str) -> None:
    changed = VECTOR[:place] + character + VECTOR[place + 1 :]
    same = changed == VECTOR
    # The last character of 32 bytes in base64 holds bits that nobody reads.
    found = user_id(changed, [APP_SECRET])
    assert found in ("17840000000000001", None)
    assert found is None or same or place == VECTOR.index(".") - 1


def test_the_stand_in_signs_as_meta_does() -> None:
    content = {
        "algorithm": "HMAC-SHA256",
        "expires": 1750003600,
        "issued_at": 1750000000,
        "user_id": "17840000000000001",
    }
    assert sign_request(content) == VECTOR
    assert json.loads(base64.urlsafe_b64decode(VECTOR.split(".")[1] + "==")) == content

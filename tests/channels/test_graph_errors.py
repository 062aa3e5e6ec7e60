from typing import Any

import pytest

from channels.errors import (
    BadRequest,
    OutcomeUnknown,
    OutsideWindow,
    PermissionMissing,
    PictureRefused,
    RateLimited,
    RecipientUnavailable,
    SendError,
    TokenInvalid,
    Transient,
)
from channels.instagram.errors import from_answer


def error(code: Any, subcode: Any = None, **fields: Any) -> SendError:
    return from_answer(400, {}, {"code": code, "error_subcode": subcode, "message": "Fehler", **fields})


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (190, 463, TokenInvalid),
        (190, 460, TokenInvalid),
        (190, 458, TokenInvalid),
        (190, 459, TokenInvalid),
        (190, 464, TokenInvalid),
        (190, 467, TokenInvalid),
        (190, 492, TokenInvalid),
        (190, None, TokenInvalid),
        (102, None, TokenInvalid),
        (1, 99, Transient),
        (2, None, Transient),
        (2, 1545133, Transient),
        (4, None, RateLimited),
        (17, None, RateLimited),
        (32, None, RateLimited),
        (613, 2534040, RateLimited),
        (80000, 2446079, RateLimited),
        (80001, None, RateLimited),
        (80002, None, RateLimited),
        (80006, None, RateLimited),
        (341, None, RateLimited),
        (368, None, RateLimited),
        (10, 2534022, OutsideWindow),
        (10, 2018278, OutsideWindow),
        (10, 2018108, RecipientUnavailable),
        (10, None, PermissionMissing),
        (3, None, PermissionMissing),
        (200, None, PermissionMissing),
        (299, None, PermissionMissing),
        (200, 2534041, PermissionMissing),
        (200, 1545041, RecipientUnavailable),
        (551, 1545041, RecipientUnavailable),
        (100, 2534014, RecipientUnavailable),
        (100, 2018008, PictureRefused),
        (100, 2018047, PictureRefused),
        (100, 2018109, PictureRefused),
        (100, 2534025, BadRequest),
        (10900, None, BadRequest),
        (10903, None, BadRequest),
        (100, 33, BadRequest),
        (100, None, BadRequest),
        (9999, None, BadRequest),
        (100, "33", BadRequest),
    ],
)
def test_code_and_subcode_decide(code: int, subcode: object, kind: type[SendError]) -> None:
    assert type(error(code, subcode)) is kind


def test_an_unknown_error_that_calls_itself_transient_is_believed() -> None:
    assert type(error(9999, is_transient=True)) is Transient


def test_the_token_a_message_may_repeat_is_not_kept() -> None:
    refused = error(190, None, message="Malformed access token IGAA_secret")
    assert "IGAA_secret" not in repr(refused) + str(refused) + refused.detail
    assert str(refused) == "token_invalid (code 190)"


def test_a_policy_block_lasts_and_says_so() -> None:
    blocked = error(368)
    assert isinstance(blocked, RateLimited)
    assert (blocked.reason, blocked.retry_after_s) == ("policy_block", 3600)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, OutcomeUnknown),
        (502, OutcomeUnknown),
        (200, OutcomeUnknown),
        (429, RateLimited),
        (404, BadRequest),
        (302, BadRequest),
    ],
)
def test_without_a_code_the_status_is_all_there_is(status: int, kind: type[SendError]) -> None:
    assert type(from_answer(status, {}, {"message": "Internal server error"})) is kind

from datetime import UTC, datetime

from models.codec import from_json, to_json
from models.message import Message, Role


def written(text: str) -> str:
    return from_json(Message, to_json(Message(role=Role.ASSISTANT, text=text, at=datetime.now(UTC)))).text


def test_a_nul_is_left_out_because_the_database_cannot_keep_it() -> None:
    assert written("a\0b\0") == "ab"


def test_text_about_a_nul_stays_as_it_is() -> None:
    assert written("\\u0000 and \\\\u0000") == "\\u0000 and \\\\u0000"

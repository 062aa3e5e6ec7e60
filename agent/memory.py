"""What is kept about a customer after a turn."""

from dataclasses import replace

from agent.answer import Answer
from agent.effects import Forget, Prefer, StartOver
from agent.likings import forget, learn, prefer
from models.turn import Handover, Memory, Preferences, Turn


def remember(turn: Turn, answer: Answer, shown: tuple[str, ...], language: str) -> Memory:
    before = turn.memory
    memory = replace(
        before,
        preferences=learn(before.preferences, answer.said, turn.now),
        wish=answer.wish,
        focus=shown or before.focus,
        language=language,
        disclosed=before.disclosed or turn.merchant.disclose,
        offer=answer.offer,
    )
    for effect in answer.effects:
        match effect:
            case Prefer():
                memory = replace(memory, preferences=prefer(memory.preferences, effect, turn.now))
            case Forget():
                memory = replace(memory, preferences=forget(memory.preferences, effect))
            case Handover():
                memory = replace(memory, handed_over_at=turn.now)
            case StartOver():
                kept = Preferences() if effect.preferences else memory.preferences
                memory = replace(memory, preferences=kept, focus=shown, summary="", since=turn.now)
    return memory

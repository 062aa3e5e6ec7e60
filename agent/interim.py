"""What a customer reads who waits long for an answer."""

from agent.disclosure import disclosed
from agent.language import detect, language
from models.turn import Part, PartType, Turn


def still_looking(turn: Turn) -> Part:
    known = language(detect(turn.text, turn.memory.language, turn.merchant.languages))
    return Part(type=PartType.TEXT, text=disclosed(turn, known, known.say("still_looking", turn.id)))

"""The first thing a customer reads says that it is automated, unless the merchant has turned that off."""

from agent.language import Language
from models.turn import Turn


def disclosed(turn: Turn, language: Language, text: str) -> str:
    shop = turn.merchant
    if turn.memory.disclosed or not shop.disclose:
        return text
    own = shop.disclosure or language.say("disclosure", turn.id, shop=shop.name)
    return f"{own} {text}"

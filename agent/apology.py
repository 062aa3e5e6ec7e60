"""The floor of the ladder: needs nothing that can fail."""

from dataclasses import replace

from agent.compose import contact
from agent.desk import Desk
from agent.disclosure import disclosed
from agent.opening import back_again
from models.search import NO_FILTERS
from models.turn import Handover, Intent, Part, PartType, Reply


def apologise(desk: Desk) -> Reply:
    turn = desk.turn
    back = back_again(turn.merchant, turn.now, desk.language, turn.id)
    told = f"{desk.say('apology', contact=contact(desk)).strip()} {back}".strip()
    text = disclosed(turn, desk.language, told)
    return Reply(
        parts=(Part(type=PartType.TEXT, text=text),),
        cards=(),
        intent=Intent.SUPPORT,
        confidence=0.0,
        filters=NO_FILTERS,
        memory=replace(
            turn.memory,
            language=desk.language.code,
            disclosed=turn.memory.disclosed or turn.merchant.disclose,
            handed_over_at=turn.now,
        ),
        rung="apology",
        handover=Handover(reason="The assistant could not answer."),
        steps=desk.trace.steps,
        cost_microdollars=round(desk.cost_microdollars),
    )

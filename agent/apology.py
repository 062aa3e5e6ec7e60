"""The floor of the ladder: needs nothing that can fail."""

from agent.compose import contact
from agent.desk import Desk
from models.search import NO_FILTERS
from models.turn import Handover, Intent, Part, PartType, Reply


def apologise(desk: Desk) -> Reply:
    text = desk.say("apology", contact=contact(desk)).strip()
    return Reply(
        parts=(Part(type=PartType.TEXT, text=text),),
        cards=(),
        intent=Intent.SUPPORT,
        confidence=0.0,
        filters=NO_FILTERS,
        memory=desk.turn.memory,
        rung="apology",
        handover=Handover(reason="The assistant could not answer."),
        steps=desk.trace.steps,
        cost_microdollars=round(desk.cost_microdollars),
    )

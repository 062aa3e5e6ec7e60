"""A turn meets the shop as the variant of its customer has it, and says which that was."""

from dataclasses import replace

from models.experiment import Experiment, Variant
from tests.actors.talk import Talk
from tests.store.rows import select

RULES = Variant(name="rules", share=0, use_model=False, voice="Short.")
RUNNING = Experiment(name="model", variants=(Variant(name="as it is", share=100), RULES))


async def test_a_customer_has_one_variant_until_the_shares_change(talk: Talk) -> None:
    await talk.says("before")
    await talk.changes_shop(experiment=RUNNING)
    await talk.says("hats?")
    await talk.says("red ones")
    everybody = Experiment(
        name="model", variants=(Variant(name="as it is", share=0), replace(RULES, share=100))
    )
    await talk.changes_shop(experiment=everybody)
    await talk.says("blue ones")
    await talk.changes_shop(experiment=None)
    await talk.says("after")
    assert [(turn.variant, turn.merchant.use_model, turn.merchant.voice) for turn in talk.agent.turns] == [
        ("", True, "casual"),
        ("as it is", True, "casual"),
        ("as it is", True, "casual"),
        ("rules", False, "Short."),
        ("", True, "casual"),
    ]
    recorded = await select(
        talk.engine, "turn->>'experiment', turn->>'variant' FROM executions ORDER BY started_at"
    )
    assert [tuple(row) for row in recorded] == [
        ("", ""),
        ("model", "as it is"),
        ("model", "as it is"),
        ("model", "rules"),
        ("", ""),
    ]

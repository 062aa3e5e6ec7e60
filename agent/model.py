"""A turn answered by a language model with tools, over any OpenAI-compatible endpoint."""

import asyncio
from dataclasses import asdict, replace
from typing import Any

from pydantic import ValidationError

from agent.answer import Answer, AnswerForm, NotifyForm
from agent.compose import handed_over
from agent.cost import cost_microdollars
from agent.desk import Desk
from agent.effects import StartOver
from agent.endpoint import Completion, Endpoint, ToolCall
from agent.grounding import Grounding
from agent.prompt import Context, messages
from agent.restock import wish_for
from agent.tools import ANSWER, TOOLS, Tools
from models.errors import Invalid, NotFound
from models.search import Filters
from models.turn import Handover, RestockWish, Wish

ROUNDS = 4
# An answer that cannot be sent is returned once with what is wrong with it.
_REPAIRS = 1


class ModelFailed(Exception):
    """The model did not end with an answer that can be sent."""


class ModelAgent:
    costs = True

    def __init__(self, name: str, endpoint: Endpoint, context: Context) -> None:
        self.name = name
        self._endpoint = endpoint
        self._context = context

    async def draft(self, desk: Desk, deadline: float) -> Answer:
        prompt = messages(desk, self._context, await desk.facets())
        return await _Talk(desk, self._endpoint, prompt, deadline).run()


class _Talk:
    """The rounds of one turn: what was said so far, and how often it may still be put right."""

    def __init__(self, desk: Desk, endpoint: Endpoint, prompt: list[dict[str, Any]], deadline: float) -> None:
        self._desk = desk
        self._endpoint = endpoint
        self._deadline = deadline
        self._messages = prompt
        self._logged = 0  # so many of the messages are in the log
        self._tools = Tools(desk)
        self._repairs = _REPAIRS

    async def run(self) -> Answer:
        for number in range(ROUNDS):
            completion = await self._ask(last=number == ROUNDS - 1)
            self._messages.append(completion.message)
            ended = next((call for call in completion.calls if call.name == ANSWER), None)
            answer = self._judge(ended) if ended else None
            if answer:
                return answer
            await self._reply_to(completion, ended)
        raise ModelFailed(f"no answer after {ROUNDS} rounds")

    async def _ask(self, *, last: bool) -> Completion:
        choice = {"type": "function", "function": {"name": ANSWER}} if last else "required"
        # The log has the whole prompt once, and with each further call what it added.
        sent, self._logged = self._messages[self._logged :], len(self._messages)
        with self._desk.trace.step("model_call", model=self._endpoint.model, messages=sent) as data:
            completion = await self._endpoint.complete(self._messages, TOOLS, choice, self._deadline)
            cost = cost_microdollars(self._endpoint.model, completion.tokens)
            self._desk.cost_microdollars += cost
            data |= {"tokens": asdict(completion.tokens), "cost_microdollars": round(cost)}
            data["calls"] = [call.name for call in completion.calls]
            data["said"] = completion.message
        self._logged += 1  # the completion goes along with the next call
        return completion

    def _judge(self, call: ToolCall) -> Answer | None:
        """The answer if it can be sent; None when it went back for repair."""
        try:
            form = AnswerForm.model_validate_json(call.arguments)
            answer = self._in_context(form.answer(self._desk.turn.merchant.currency))
            wishes = tuple(map(self._restock_wish, form.notify))
        except ValueError as error:
            self._say(call.id, _words(error))
            self._use_repair(_words(error))
            return None
        grounding = Grounding(self._desk.turn, self._desk.seen)
        found = grounding.check(answer.text, answer.product_ids, answer.filters)
        invented = any(one not in self._desk.seen.products for one in answer.product_ids)
        if not answer.text:
            found.append("`text` is empty.")
        if found and (self._repairs or invented or not answer.text):
            self._say(call.id, " ".join(found))
            self._use_repair(" ".join(found))
            return None
        # What is left is a text that code replaces by a template.
        return replace(answer, effects=(*answer.effects, *wishes))

    def _in_context(self, answer: Answer) -> Answer:
        """With the wish as it is now, what of it is new, and a hand-over told to the customer."""
        over = any(isinstance(effect, StartOver) for effect in answer.effects)
        before = Wish() if over else self._desk.turn.memory.wish
        searched = self._desk.seen.query
        wish = Wish(query=searched, filters=answer.filters) if searched else before
        if any(isinstance(effect, Handover) for effect in answer.effects):
            told = handed_over(self._desk)
            answer = replace(answer, text=f"{answer.text} {told}" if answer.text else "")
        return replace(answer, wish=wish, said=_newly(wish, before))

    def _restock_wish(self, form: NotifyForm) -> RestockWish:
        """ValueError, in words for the model, when nothing can be waited for."""
        product = self._desk.seen.products.get(form.product_id)
        if product is None:
            raise ValueError(f"No tool returned the product id {form.product_id!r} in this turn.")
        colors, sizes = ([one] if one else [] for one in (form.color, form.size))
        wish = wish_for(product, colors, sizes)
        if wish is None:
            raise ValueError(
                f"{product.name} has no such variant, or it can be bought now: nothing to wait for."
            )
        return wish

    async def _reply_to(self, completion: Completion, ended: ToolCall | None) -> None:
        calls = [call for call in completion.calls if call is not ended]
        problems = [one for one in await asyncio.gather(*map(self._run_tool, calls)) if one]
        if not completion.calls:
            problems = [completion.refusal or "You wrote a message without calling `answer`."]
            self._say(None, f"{problems[0]} Call `answer` with your message to the customer.")
        if problems:
            self._use_repair(" ".join(problems))

    async def _run_tool(self, call: ToolCall) -> str | None:
        """What was wrong with the call, if anything; the model reads it in place of a result."""
        try:
            self._say(call.id, await self._tools.call(call.name, call.arguments))
        except (ValueError, Invalid, NotFound) as error:
            self._say(call.id, _words(error))
            return _words(error)
        return None

    def _use_repair(self, problem: str) -> None:
        """Feedback, once; after that the rung below does better."""
        with self._desk.trace.step("repair", status="failed", reason=problem):
            if not self._repairs:
                raise ModelFailed(problem)
            self._repairs -= 1

    def _say(self, call_id: str | None, content: str) -> None:
        if call_id is None:
            self._messages.append({"role": "user", "content": content})
        else:
            self._messages.append({"role": "tool", "tool_call_id": call_id, "content": content})


def _newly(wish: Wish, before: Wish) -> Filters:
    """What is carried along from turn to turn was not said again."""
    if wish.query != before.query:
        return wish.filters
    now, then = wish.filters, before.filters
    return Filters(
        price_min=None if now.price_min == then.price_min else now.price_min,
        price_max=None if now.price_max == then.price_max else now.price_max,
        colors=_without(now.colors, then.colors),
        sizes=_without(now.sizes, then.sizes),
        categories=_without(now.categories, then.categories),
        brands=_without(now.brands, then.brands),
    )


def _without(values: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in values if one not in others)


def _words(error: Exception) -> str:
    """Without addresses of documentation: what a model needs to fill the form again."""
    if not isinstance(error, ValidationError):
        return str(error)
    places = (f"{'.'.join(map(str, one['loc'])) or 'arguments'}: {one['msg']}" for one in error.errors())
    return "The arguments do not fit: " + "; ".join(places)

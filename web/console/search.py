"""The search tester: what a query finds, why, and how it would with other settings."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from indexes.ranking import profile
from models.errors import Invalid
from models.merchant import Merchant
from models.search import Explanation, QueryRule, SearchSettings, Trial, Weights
from store import merchants, products
from store.database import autocommit
from web.console.desk import Desk, TheDesk
from web.console.flash import Undo
from web.console.search_form import LIMITS, LISTS, PARTS, SearchForm, group_of
from web.console.search_results import shown
from web.search_rules import Move, moved, rule_for, with_rule, with_synonyms, with_weights, without_synonyms
from web.search_settings import SearchSettingsBody, WeightsBody

router = APIRouter(prefix="/{m}/search")
# Of a shop's words, so many are offered while typing.
_OFFERED = 200

Change = Callable[[SearchSettings], SearchSettings]
Words = Annotated[str, Form(max_length=500)]
Back = Annotated[str, Form(max_length=8000)]


@router.get("")
async def tester(desk: TheDesk) -> HTMLResponse:
    shop = desk.shop
    form = SearchForm.of(desk.request.query_params, shop.currency)
    first, second = await _both(desk, form)
    facets = await desk.here.gateway.facets(shop.id)
    return desk.page(
        "search/tester.html",
        form=form,
        sides=[("a", first, shown(first, None))] + ([("b", second, shown(second, first))] if second else []),
        first=first,
        own=shop.search.weights.get(first.embedder),
        measured=profile(first.embedder).weights,
        parts=PARTS,
        limits=[(count, count) for count in LIMITS],
        offered={name: getattr(facets, name)[:_OFFERED] for name in LISTS},
        rule=first.rule,
        asked=first.rule.query if first.rule else form.query,
        named=await _named(desk, first.rule),
    )


async def _both(desk: Desk, form: SearchForm) -> tuple[Explanation, Explanation | None]:
    """As it is, or with other weights; beside it with a second weighting, or with synonyms that are tried."""
    filters, group = form.filters(), form.group()
    weights, other = form.weights("a"), form.weights("b") if form.comparing else None

    async def explained(trial: Trial) -> Explanation:
        return await desk.here.gateway.explain(
            desk.shop.id,
            form.query,
            filters,
            form.limit,
            order=form.order,
            relax=form.relax,
            trial=trial,
        )

    first = await explained(Trial(weights=weights))
    if not form.comparing and group is None:
        return first, None
    synonyms = with_synonyms(desk.shop.search, group).synonyms if group else None
    return first, await explained(Trial(weights=other or weights, synonyms=synonyms))


async def _named(desk: Desk, rule: QueryRule | None) -> dict[str, str]:
    """The names of the products in the rule; without those that are gone."""
    if rule is None:
        return {}
    async with autocommit(desk.here.engine) as connection:
        rows = await products.get_many(connection, desk.shop.id, [*rule.pinned, *rule.buried])
    return {each: row.product.name for each, row in rows.items() if not row.deleted}


@router.post("/weights")
async def weigh(desk: TheDesk, embedder: Words, back: Back = "") -> Response:
    """The six of the form; without them those measured for the embedder count again."""
    sent = await desk.request.form()
    before = desk.shop.search.weights.get(embedder)
    weights = _weights({part: str(sent[part]) for part in PARTS if part in sent})
    await _change(desk, lambda settings: with_weights(settings, embedder, weights))
    fields = {"embedder": embedder, "back": back}
    if before is not None:
        fields |= {part: str(value) for part, value in asdict(before).items()}
    said = "search.said.weights_reset" if weights is None else "search.said.weights"
    return desk.moved(_back(desk, back), said=said, undo=Undo(desk.url("search/weights"), fields))


def _weights(written: dict[str, str]) -> Weights | None:
    if not written:
        return None
    try:
        numbers = {part: float(one) for part, one in written.items()}
        return Weights(**WeightsBody.model_validate(numbers).model_dump())
    except (ValueError, ValidationError) as error:
        raise Invalid("six numbers from 0 to 1,000, one of them above 0", field="weights") from error


@router.post("/synonyms")
async def add_synonyms(
    desk: TheDesk,
    group: Words = "",
    action: Annotated[Literal["add", "try"], Form()] = "add",
    back: Back = "",
) -> Response:
    """`try`: shown beside the results, and not kept."""
    phrases = group_of(group)
    if action == "try" or phrases is None:
        return desk.moved(_back(desk, back, **{"try": group}) + "#synonyms")
    await _change(desk, lambda settings: with_synonyms(settings, phrases))
    undo = Undo(desk.url("search/synonyms/remove"), {"group": ", ".join(phrases), "back": back})
    return desk.moved(
        _back(desk, back, **{"try": ""}),
        said="search.said.synonyms",
        undo=undo,
        group=", ".join(phrases),
    )


@router.post("/synonyms/remove")
async def remove_synonyms(desk: TheDesk, group: Words, back: Back = "") -> Response:
    phrases = tuple(phrase.strip() for phrase in group.split(","))
    await _change(desk, lambda settings: without_synonyms(settings, phrases))
    undo = Undo(desk.url("search/synonyms"), {"group": group, "back": back})
    return desk.moved(_back(desk, back), said="search.said.synonyms_gone", undo=undo, group=group)


@router.post("/rules/move")
async def move(
    desk: TheDesk, query: Words, product_id: Words, to: Annotated[Move, Form()], back: Back = ""
) -> Response:
    """A product pinned, buried, released, or moved among the pinned ones."""
    before = rule_for(desk.shop.search, query) or QueryRule(query=query)
    await _change(desk, lambda settings: moved(settings, query, product_id, to))
    return desk.moved(
        _back(desk, back), said=f"search.said.{to}", undo=_undo(desk, before, back), query=query
    )


@router.post("/rules")
async def put_rule(
    desk: TheDesk,
    query: Words,
    pinned: Annotated[str, Form(max_length=20_000)] = "",
    buried: Annotated[str, Form(max_length=20_000)] = "",
    back: Back = "",
) -> Response:
    """The whole rule of a query, ids of products one a line; with none the rule is gone."""
    before = rule_for(desk.shop.search, query) or QueryRule(query=query)
    rule = QueryRule(query=query, pinned=_ids(pinned), buried=_ids(buried))
    await _change(desk, lambda settings: with_rule(settings, rule))
    said = "search.said.rule" if rule.pinned or rule.buried else "search.said.rule_gone"
    return desk.moved(_back(desk, back), said=said, undo=_undo(desk, before, back), query=query)


def _ids(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in written.splitlines() if one.strip()))


def _undo(desk: Desk, before: QueryRule, back: str) -> Undo | None:
    """None where the rule is too long for a cookie."""
    fields = {"query": before.query, "pinned": "\n".join(before.pinned), "buried": "\n".join(before.buried)}
    short = sum(map(len, fields.values())) < 1500  # noqa: PLR2004 - sealed, with the rest, in 4 kB
    return Undo(desk.url("search/rules"), fields | {"back": back[:500]}) if short else None


async def _change(desk: Desk, change: Change) -> None:
    """As one PATCH of the profile does it: checked, stored, and followed by the next search."""
    async with desk.here.engine.begin() as connection:
        current: Merchant = await merchants.get(connection, desk.shop.id, lock=True)
        changed = change(current.search)
        _check(changed)
        await merchants.save(connection, replace(current, search=changed))
    await desk.here.gateway.refresh_settings(desk.shop.id)


def _check(settings: SearchSettings) -> None:
    try:
        SearchSettingsBody.model_validate(
            {
                "weights": {name: asdict(own) for name, own in settings.weights.items()},
                "synonyms": [list(group) for group in settings.synonyms],
                "rules": [
                    asdict(rule) | {"pinned": list(rule.pinned), "buried": list(rule.buried)}
                    for rule in settings.rules
                ],
            }
        )
    except ValidationError as error:
        fault = error.errors()[0]
        raise Invalid(fault["msg"], field=".".join(map(str, fault["loc"]))) from error


def _back(desk: Desk, back: str, **changes: str) -> str:
    """The tester as it was; nothing in `back` leads anywhere else."""
    values = dict(parse_qsl(back)) | changes
    query = urlencode({name: value for name, value in values.items() if value})
    return desk.url("search") + (f"?{query}" if query else "")

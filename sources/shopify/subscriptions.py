"""What a store tells us by itself: the topics we ask for, and those it has forgotten.

They are asked for store by store, which works for every kind of app. Shopify drops one that failed too often.
Compliance topics cannot be asked for this way: they are in the app's own file (docs/shopify.md).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from sources.shopify.answers import Json, child
from sources.shopify.login import ORDERS
from sources.shopify.queries import Query

TOPICS = (
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "INVENTORY_LEVELS_UPDATE",
    "INVENTORY_LEVELS_CONNECT",
    "INVENTORY_LEVELS_DISCONNECT",
    "COLLECTIONS_CREATE",
    "COLLECTIONS_UPDATE",
    "COLLECTIONS_DELETE",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
)
SALES = "ORDERS_CREATE"
PATH = "/webhooks/shopify"

_STATE = Query(
    name="state",
    text="""query State {
        currentAppInstallation { accessScopes { handle } }
        webhookSubscriptions(first: 100) { nodes { id topic uri } }
    }""",
)
_SUBSCRIBE = Query(
    name="subscribe",
    text="""mutation Subscribe($topic: WebhookSubscriptionTopic!, $uri: String!) {
        webhookSubscriptionCreate(topic: $topic, webhookSubscription: {uri: $uri}) {
            webhookSubscription { id } userErrors { field message }
        }
    }""",
)
_UNSUBSCRIBE = Query(
    name="unsubscribe",
    text="""mutation Unsubscribe($id: ID!) {
        webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
    }""",
)


class Asking(Protocol):
    """A client of one store."""

    async def run(self, query: Query, **variables: object) -> Json: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the store granted us, and what it tells us: addresses by topic and id."""

    scopes: tuple[str, ...]
    subscriptions: Mapping[str, tuple[str, str]]  # id -> topic, address


async def look(client: Asking) -> State:
    found = await client.run(_STATE)
    scopes = child(found, "currentAppInstallation").get("accessScopes") or []
    nodes = child(found, "webhookSubscriptions").get("nodes") or []
    return State(
        scopes=tuple(str(scope["handle"]) for scope in scopes),
        subscriptions={str(one["id"]): (str(one["topic"]), str(one["uri"])) for one in nodes},
    )


async def renew(client: Asking, state: State, address: str) -> tuple[list[str], list[str]]:
    """Asks for what is missing: the topics that came back, and in words why others did not."""
    there = {topic for topic, uri in state.subscriptions.values() if uri == address}
    made, refused = [], []
    for topic in _wanted(state.scopes):
        if topic in there:
            continue
        answer = await client.run(_SUBSCRIBE, topic=topic, uri=address)
        errors = child(answer, "webhookSubscriptionCreate").get("userErrors") or []
        if errors:
            refused.append(f"{topic}: {'; '.join(str(error.get('message')) for error in errors)[:200]}")
        else:
            made.append(topic)
    return made, refused


async def remove(client: Asking, address: str) -> None:
    """Whoever leaves is told nothing more."""
    state = await look(client)
    for number, (_, uri) in state.subscriptions.items():
        if uri == address:
            await client.run(_UNSUBSCRIBE, id=number)


def _wanted(scopes: Collection[str]) -> tuple[str, ...]:
    return (*TOPICS, SALES) if ORDERS in scopes else TOPICS

"""No statement reads or changes rows of a merchant without saying whose, or why it need not.

Scoped is what names `merchant_id`; `conversation_id`, the database's own number, which is given to nobody; or
channel and account, which belong to one merchant. All else is named below with its reason.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import store.schema
from store.schema import metadata

STORE = Path(store.schema.__file__).parent
USED = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+(\w+)", re.IGNORECASE)
SCOPES = (("merchant_id",), ("conversation_id",), ("channel", "account_id"))

OWN_NUMBER = "by the number of a row that was found with its merchant"
EVERYBODYS = "for all merchants on purpose: upkeep, counting, what is too old"
OF_THE_CHANNEL = "a channel says something about an account of its own; that decides whose it is"
LEASED = "by the worker that holds the lease of this job"
BY_SECRET = "whoever knows the secret is who it is for"
LOOKED_AT = "the merchant on the row is compared with the caller's before anything is told or done"
FRAGMENT = "a piece of a statement that names the merchant elsewhere"

UNSCOPED = {
    "accounts.take_due": EVERYBODYS,
    "api_tokens._GET": LOOKED_AT,
    "api_tokens._VALID": BY_SECRET,
    "api_tokens.revoke": LOOKED_AT,
    "api_tokens._USED": BY_SECRET,
    "audit.prune": EVERYBODYS,
    "amendments._ERASE_MEMORY": OWN_NUMBER,
    "arrivals.last_heard": EVERYBODYS,
    "bulk_changes.prune": EVERYBODYS,
    "comment_polls.note_mention": OWN_NUMBER,
    "deletions.finish": BY_SECRET,
    "deletions.get": BY_SECRET,
    "deletions.listing": EVERYBODYS,
    "deletions.prune": EVERYBODYS,
    "erasures.repeat": BY_SECRET,
    "conversations.get": OWN_NUMBER,
    "conversations.pause": OWN_NUMBER,
    "conversations.resume": OWN_NUMBER,
    "conversations.forget": OWN_NUMBER,
    "conversations.focus": OWN_NUMBER,
    "conversations.touch": OWN_NUMBER,
    "events.prune": EVERYBODYS,
    "inbox.settle": OWN_NUMBER,
    "inbox.turn_of": OWN_NUMBER,
    "jobs.renew": LEASED,
    "jobs.let_go": LEASED,
    "jobs.advance": LEASED,
    "jobs.set_total": LEASED,
    "jobs.finish": LEASED,
    "jobs.prune": EVERYBODYS,
    "links.expire": EVERYBODYS,
    "outbox.retry": OWN_NUMBER,
    "outbox.give_back": OWN_NUMBER,
    "outbox.unknown": OWN_NUMBER,
    "placement.actors": EVERYBODYS,
    "product_days.first_day": EVERYBODYS,
    "product_listing.count": FRAGMENT,
    "product_listing.ids": FRAGMENT,
    "shopify_changes.done": FRAGMENT,
    "shopify_changes.put_off": FRAGMENT,
    "shopify_log.prune": EVERYBODYS,
    "shopify_schedule.take_unwatched": EVERYBODYS,
    "shopify_stores.by_shop": OF_THE_CHANNEL,
    "shopify_webhooks.prune": EVERYBODYS,
}


@dataclass(frozen=True, slots=True)
class Statement:
    """`name`: file and function, or the constant it is."""

    name: str
    sql: str

    @property
    def scoped(self) -> bool:
        return any(all(column in self.sql for column in scope) for scope in SCOPES)


def merchants_tables() -> set[str]:
    return {table.name for table in metadata.sorted_tables if "merchant_id" in table.columns}


def statements() -> Iterator[Statement]:
    """Those of the store that touch a merchant's rows."""
    tables = merchants_tables()
    for file in sorted(STORE.glob("*.py")):
        tree = ast.parse(file.read_text())
        for node in tree.body:
            for name, call in calls_of_text(node):
                sql = " ".join(
                    part.value
                    for part in ast.walk(call.args[0])
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
                if tables & {table.lower() for table in USED.findall(sql)}:
                    yield Statement(f"{file.stem}.{name}", sql)


def calls_of_text(node: ast.stmt) -> Iterator[tuple[str, ast.Call]]:
    name = getattr(node, "name", "") or getattr(getattr(node, "targets", [None])[0], "id", "")
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and getattr(each.func, "id", "") == "text" and each.args:
            yield name, each


def test_every_statement_says_whose_rows_or_is_named_with_its_reason() -> None:
    unscoped = {statement.name for statement in statements() if not statement.scoped}
    assert sorted(unscoped - UNSCOPED.keys()) == []


def test_no_reason_is_left_of_a_statement_that_is_gone() -> None:
    unscoped = {statement.name for statement in statements() if not statement.scoped}
    assert sorted(UNSCOPED.keys() - unscoped) == []


def test_the_statements_are_found() -> None:
    found = [statement for statement in statements() if statement.scoped]
    assert len(found) > 100
    assert {"products", "conversations", "outbox", "executions", "media"} <= merchants_tables()

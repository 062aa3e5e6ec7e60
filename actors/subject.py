"""What messages are about, beside their words: a post, a story, an ad, a link, a card they answer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from models.message import InboundEvent
from models.turn import Memory, Wish
from store.inbox import Waiting

# A model reads them with every turn.
_LONGEST_NOTE = 200


def subjects(batch: Sequence[Waiting]) -> tuple[str, ...]:
    """Of the newest message first: "this" is the post that was shared last."""
    return tuple(dict.fromkeys(one for item in reversed(batch) for one in item.event.subjects))


def featured(batch: Sequence[Waiting]) -> tuple[str, ...]:
    return next((item.product_ids for item in reversed(batch) if item.product_ids), ())


def in_view(memory: Memory, batch: Sequence[Waiting]) -> Memory:
    """A post is a new subject: its products come into focus in place of those last shown.

    Where nobody said which products are in it, "this" must not be taken for another one.
    """
    shown = featured(batch)
    if shown or any(item.event.media_id for item in batch):
        return replace(memory, wish=Wish(), focus=shown, offer=None)
    return memory


def notes(batch: Sequence[Waiting]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note[:_LONGEST_NOTE] for item in batch for note in _notes(item.event)))


def _notes(event: InboundEvent) -> Iterator[str]:
    if event.title:
        yield f"ad: {event.title}"
    if event.referral:
        yield f"came by: {event.referral}"
    if event.payload:
        yield f"button: {event.payload}"
    for attachment in event.attachments:
        if attachment.title:
            yield f"shared: {attachment.title}"

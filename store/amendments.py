"""Messages that were changed or taken back after they came in, in whatever order that was reported."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_AMEND = text("""
    WITH edit AS (
        SELECT event->>'text' AS body FROM inbox e
        WHERE conversation_id = :id AND event->>'message_id' = :message_id AND kind = 'edit'
          AND NOT EXISTS (SELECT FROM inbox WHERE conversation_id = :id AND kind = 'unsend'
                                              AND event->>'message_id' = :message_id)
        ORDER BY at DESC, seq DESC LIMIT 1
    ),
    amended AS (
        UPDATE inbox SET event = event || jsonb_build_object('text', edit.body) FROM edit
        WHERE conversation_id = :id AND event->>'message_id' = :message_id AND kind IN ('message', 'comment')
    )
    UPDATE messages SET text = edit.body FROM edit
    WHERE conversation_id = :id AND provider_id = :message_id
""")


async def amend(connection: AsyncConnection, conversation_id: int, message_id: str) -> None:
    """Waiting or answered, its text is that of its latest edit on record, whichever came in last."""
    await connection.execute(_AMEND, {"id": conversation_id, "message_id": message_id})


# A message of ours has its id in the outbox alone; the conversation has its text. With both here it is
# erased like any other. One that says what another of its reply says goes with it.
_FIND_OURS = text("""
    WITH ours AS (
        SELECT o.id, o.execution_id, o.body->>'text' AS said FROM outbox o
        WHERE o.conversation_id = :id AND o.message_id = :message_id
    ),
    said AS (
        UPDATE messages m SET provider_id = :message_id FROM ours
        WHERE m.conversation_id = :id AND m.role <> 'customer' AND m.text = ours.said
          AND m.execution_id IS NOT DISTINCT FROM ours.execution_id
    ),
    replied AS (
        UPDATE executions e SET reply = jsonb_set(e.reply, '{parts}', (
            SELECT coalesce(jsonb_agg(
                CASE WHEN part->>'text' = ours.said THEN part || '{"text": "", "cards": []}' ELSE part END
                ORDER BY n), '[]')
            FROM jsonb_array_elements(e.reply->'parts') WITH ORDINALITY AS p(part, n)))
        FROM ours WHERE e.id = ours.execution_id AND e.reply IS NOT NULL
    )
    UPDATE outbox o SET body = o.body || '{"text": "", "cards": []}' FROM ours WHERE o.id = ours.id
""")

# The message, and what was derived from it: the log of its turn and of those that had it in their history.
_ERASE_LOG = text("""
    WITH gone AS (
        SELECT id, text, at, execution_id FROM messages
        WHERE conversation_id = :id AND provider_id = :message_id AND text <> ''
    ),
    affected AS (
        SELECT DISTINCT e.id, gone.text, gone.at,
            e.id IN (SELECT execution_id FROM inbox WHERE conversation_id = :id
                     AND event->>'message_id' = :message_id) AS own
        FROM gone
        JOIN messages m ON m.conversation_id = :id AND m.id >= gone.id
        JOIN executions e ON e.id = m.execution_id
        WHERE e.id = gone.execution_id
           OR e.turn->'history' @> jsonb_build_array(jsonb_build_object('text', gone.text))
    )
    UPDATE executions e SET
        turn = e.turn
            || jsonb_build_object(
                'memory', coalesce(e.turn->'memory', '{}') || '{"wish": {}, "summary": ""}',
                'history', (
                    SELECT coalesce(jsonb_agg(
                        CASE WHEN line->>'text' = affected.text
                                  AND CAST(line->>'at' AS timestamptz) = affected.at
                             THEN line || '{"text": ""}' ELSE line END ORDER BY n), '[]')
                    FROM jsonb_array_elements(e.turn->'history') WITH ORDINALITY AS h(line, n)))
            || CASE WHEN affected.own THEN jsonb_build_object('notes', '[]'::jsonb, 'text', (
                    SELECT coalesce(string_agg(nullif(i.event->>'text', ''), E'\n' ORDER BY i.at, i.seq), '')
                    FROM inbox i WHERE i.conversation_id = :id AND i.execution_id = e.id
                                   AND i.event->>'message_id' <> :message_id))
               ELSE '{}' END,
        reply = CASE WHEN e.reply IS NULL THEN NULL ELSE
            jsonb_set(e.reply, '{memory}', e.reply->'memory' || '{"wish": {}, "summary": ""}') END,
        steps = (SELECT coalesce(jsonb_agg(step || '{"data": {}}' ORDER BY n), '[]')
                 FROM jsonb_array_elements(e.steps) WITH ORDINALITY AS s(step, n))
    FROM affected WHERE e.id = affected.id
""")

# What the customer looks for may be in its words.
_ERASE_MEMORY = text("""
    UPDATE conversations SET memory = memory || '{"wish": {}, "summary": ""}'
    WHERE id = :id AND memory IS NOT NULL
""")

_ERASE_RECORD = text("""
    UPDATE messages SET text = '' WHERE conversation_id = :id AND provider_id = :message_id
""")

_ERASE_EVENTS = text("""
    UPDATE inbox SET
        event = event || '{"text": "", "attachments": [], "payload": null, "title": null}',
        status = CASE status WHEN 'waiting' THEN 'silent' ELSE status END,
        reason = CASE status WHEN 'waiting' THEN 'unsent' ELSE reason END
    WHERE conversation_id = :id AND event->>'message_id' = :message_id AND kind <> 'unsend'
""")


async def withdraw(connection: AsyncConnection, conversation_id: int, message_id: str) -> None:
    """Its content is erased wherever it was kept, whoever wrote it, and it waits for no answer any more."""
    for statement in (_FIND_OURS, _ERASE_LOG, _ERASE_MEMORY, _ERASE_RECORD, _ERASE_EVENTS):
        await connection.execute(statement, {"id": conversation_id, "message_id": message_id})

"""Every metric of ours and what it means. docs/monitoring.md has them with their labels."""

from typing import Final

ACTOR_STARTS: Final = "shopkeep_actor_starts_total"
CACHE_LOOKUPS: Final = "shopkeep_cache_lookups_total"
COST: Final = "shopkeep_model_cost_dollars_total"
DATABASE_UP: Final = "shopkeep_database_up"
DELIVERIES: Final = "shopkeep_deliveries_total"
DELIVERY_ERRORS: Final = "shopkeep_delivery_errors_total"
DISCARDED: Final = "shopkeep_turns_begun_again_total"
EVENTS: Final = "shopkeep_events_total"
HANDOVERS: Final = "shopkeep_handovers_total"
INBOX_OLDEST: Final = "shopkeep_inbox_oldest_seconds"
INBOX_WAITING: Final = "shopkeep_inbox_waiting"
INSTAGRAM_ACCOUNTS: Final = "shopkeep_instagram_accounts"
JOBS_WAITING: Final = "shopkeep_jobs_waiting"
MERCHANTS_OVER_BUDGET: Final = "shopkeep_merchants_over_budget"
MODEL_CALLS: Final = "shopkeep_model_calls_total"
MODEL_TOKENS: Final = "shopkeep_model_tokens_total"
NEEDING_PERSON: Final = "shopkeep_conversations_needing_person"
OUTBOX_OLDEST: Final = "shopkeep_outbox_oldest_seconds"
OUTBOX_WAITING: Final = "shopkeep_outbox_waiting"
SEARCHES: Final = "shopkeep_searches_total"
SILENCES: Final = "shopkeep_silences_total"
STEP_SECONDS: Final = "shopkeep_step_seconds"
STORES: Final = "shopkeep_shopify_stores"
SYNC_AGE: Final = "shopkeep_shopify_sync_age_seconds"
TOKEN_LEFT: Final = "shopkeep_instagram_token_left_seconds"  # noqa: S105 - how long one lasts
TURNS: Final = "shopkeep_turns_total"
TURN_SECONDS: Final = "shopkeep_turn_seconds"
WEBHOOKS: Final = "shopkeep_webhooks_total"

DESCRIPTIONS: Final = {
    ACTOR_STARTS: "Starts of actor processes; one more than there were is a restart.",
    CACHE_LOOKUPS: "Look-ups in the caches of the catalog actors.",
    COST: "What models cost, by the prices of agent/prices.toml.",
    DATABASE_UP: "1 while the database answers.",
    DELIVERIES: "Parts of replies by how they ended.",
    DELIVERY_ERRORS: "What channels said when a part was not taken; most of these are sent again.",
    DISCARDED: "Answers thrown away because the customer had written more meanwhile.",
    EVENTS: "Events taken into the inbox, each once.",
    HANDOVERS: "Turns after which a person should answer.",
    INBOX_OLDEST: "How long the oldest unanswered event has been waiting.",
    INBOX_WAITING: "Events without an answer yet.",
    INSTAGRAM_ACCOUNTS: "Connected accounts by their state.",
    JOBS_WAITING: "Imports, syncs and erasures that nobody has begun.",
    MERCHANTS_OVER_BUDGET: "Merchants whose model budget of the day is used up.",
    MODEL_CALLS: "Calls of the model by how they ended.",
    MODEL_TOKENS: "Tokens read and written by models.",
    NEEDING_PERSON: "Conversations handed over that nobody has answered.",
    OUTBOX_OLDEST: "How long the oldest part that may be sent has been waiting.",
    OUTBOX_WAITING: "Parts that are still to be sent.",
    SEARCHES: "Searches by whether they found something.",
    SILENCES: "Turns that got no reply, by why.",
    STEP_SECONDS: "How long the steps of turns took.",
    STORES: "Shopify stores by their state.",
    SYNC_AGE: "Since when the connected store that is longest without it has not been synced.",
    TOKEN_LEFT: "How long the access token that ends first still lasts.",
    TURNS: "Turns that were answered.",
    TURN_SECONDS: "From the last message of a burst to its kept answer.",
    WEBHOOKS: "Webhooks by what they were answered.",
}

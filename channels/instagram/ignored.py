"""Why an event never gets a reply: what goes on record beside it."""

SELF_MESSAGE = "self_message"  # the account wrote to itself, to try the app out
OWN_COMMENT = "own_comment"
UNKNOWN_AUTHOR = "unknown_author"  # a comment without `from` could be our own: answering could loop
EMPTY = "empty"
REACTION = "reaction"
READ = "read"
MENTION = "mention"
MENTION_UNREADABLE = "mention_unreadable"  # its words are not shown to us
STANDBY = "standby"  # another app has the conversation
DASHBOARD_TEST = "dashboard_test"  # by Meta's button: about nobody
UNKNOWN_EVENT = "unknown_event"

"""Every table there is: each of these files lists its own in `metadata`."""

from store import (  # noqa: F401 - to be listed
    analytics_tables,
    catalogue_tables,
    conversation_tables,
    shopify_tables,
    tables,
    user_tables,
)
from store.columns import metadata

__all__ = ["metadata"]

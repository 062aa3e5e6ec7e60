"""The pages where a merchant lives."""

"""Who owns state and who serves it."""

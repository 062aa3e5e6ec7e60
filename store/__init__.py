"""What survives: the tables and the few operations on them, one file a subject."""

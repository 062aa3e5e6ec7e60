"""A backup and the way back from it: the database, the uploads, and a proof that the keys fit."""

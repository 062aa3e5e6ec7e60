"""Engines a team would pick instead, each doing the same searches over the same rows.

They are no dependencies of ours, but installed beside them for a measurement. PostgreSQL comes with pgvector
in the wheel we use anyway.
"""

"""Shopify: connecting a store, reading its catalogue, and hearing of what changes in it."""

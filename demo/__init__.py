"""The demo shop: invented products with drawn pictures."""

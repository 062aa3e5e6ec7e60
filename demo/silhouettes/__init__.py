"""How each kind of product is drawn."""

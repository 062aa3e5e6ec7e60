"""How catalogues get in: files and shops elsewhere, turned into products."""

"""How products are found: vectors, keywords, filters, ranking, snapshot."""

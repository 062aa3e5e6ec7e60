"""How one turn is answered: ladder, model or rules, tools, grounding."""

"""What an operator runs: `python -m scripts.name`."""

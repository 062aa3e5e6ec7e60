"""A new version in the place of the one that runs: looked at before, during and after, and taken back."""

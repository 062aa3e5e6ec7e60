"""The words everyone speaks. Imports nothing of ours outside this folder."""

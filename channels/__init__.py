"""How customers reach us. A second channel is a second folder."""

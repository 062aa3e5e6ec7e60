"""What our processes write down: to standard error, which Ray keeps with its own logs."""

import logging

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure(level: str) -> None:
    """For our rooms only: the libraries' own chatter stays at warnings."""
    logging.basicConfig(format=FORMAT, level=logging.WARNING)
    for room in ("actors", "agent", "channels", "indexes", "sources", "store", "web"):
        logging.getLogger(room).setLevel(level)

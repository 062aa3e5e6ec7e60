"""Rebuild catalogues from the table while they are in service: missing embeddings first, then the index.

    python -m scripts.reindex --merchant ID [--merchant ID ...]
    python -m scripts.reindex --all [--embed-all]

Works with the installation that runs on DATA_DIR, or the cluster this machine is a node of. The live index
answers until the new one, which knows all changes made meanwhile, takes its place. Interrupted, the same
command goes on where it stopped. `--embed-all` embeds every product anew, not only those without a vector.
"""

import argparse
import sys

from launch.running import NotRunning
from scripts.attached import attached
from settings import settings


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--merchant", action="append", metavar="ID")
    which.add_argument("--all", action="store_true")
    parser.add_argument("--embed-all", action="store_true")
    chosen = parser.parse_args()
    try:
        with attached(settings()) as running:
            # Ray reads the environment when it is imported.
            from scripts.rebuilding import Rebuilding  # noqa: PLC0415

            rebuilding = Rebuilding(running.database_url, settings())
            return rebuilding.run(None if chosen.all else chosen.merchant, embed_all=chosen.embed_all)
    except NotRunning as error:
        sys.exit(str(error))


if __name__ == "__main__":
    raise SystemExit(main())

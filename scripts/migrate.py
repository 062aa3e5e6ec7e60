"""Brings the database in DATABASE_URL to the schema of this code: `python -m scripts.migrate`

A newer one stays as it is, where this code may run with it; else it says what to do, and ends with 1.
"""

import sys

from settings import settings
from store import migrations


def main() -> int:
    try:
        migrations.upgrade(settings().require_database_url)
    except migrations.TooNew as error:
        print(f"Not migrated: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

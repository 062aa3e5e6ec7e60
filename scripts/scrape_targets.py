"""Where Prometheus finds the metrics of the installation on DATA_DIR, for its `file_sd_configs`:
`python -m scripts.scrape_targets > targets.json`

Needed where several installations share a machine, and with it Ray's own discovery file.
"""

import json

from scripts.attached import attached
from settings import settings


def main() -> None:
    with attached(settings()):
        import ray  # noqa: PLC0415 - reads the environment when it is imported

        nodes = [node for node in ray.nodes() if node["Alive"]]
        targets = [f"{node['NodeManagerAddress']}:{node['MetricsExportPort']}" for node in nodes]
    print(json.dumps([{"labels": {"job": "ray"}, "targets": sorted(targets)}], indent=2))


if __name__ == "__main__":
    main()

"""How long until it is ready, beside a bare Ray Serve app of two deployments on the same machine.

    python -m scripts.bench_start --rounds 3

Alternating, so that a noisy machine is noisy for both. The demo shop is loaded before it is measured.
"""

import argparse
import os
import tempfile
import time
from statistics import median

from launch.ports import free_ports
from scripts.started import started


def bare() -> float:
    (port,) = free_ports(1)
    with started("scripts.bare_chain", "--two", "--port", str(port), until="ready") as (_, seconds):
        return seconds


def ours(folder: str) -> tuple[float, float]:
    """Seconds to ready, seconds to stop."""
    (port,) = free_ports(1)
    environment = {"DATA_DIR": folder, "PORT": str(port)}
    with started("launcher", until="Ready after", environment=environment) as (_, seconds):
        began = time.monotonic()
    return seconds, time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        ours(folder)
        pairs = [(bare(), *ours(folder)) for _ in range(rounds)]
    base, ready, stopped = (median(column) for column in zip(*pairs, strict=True))
    print(f"{os.cpu_count()} cores, median of {rounds}")
    print(f"bare Serve app   {base:5.1f} s")
    print(f"ready after      {ready:5.1f} s, {ready / base:.2f} times the bare app")
    print(f"stopped after    {stopped:5.1f} s")


if __name__ == "__main__":
    main()

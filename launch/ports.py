"""Which ports are free. Two runs on one machine must not meet."""

import socket


class PortTaken(Exception):
    def __init__(self, name: str, port: int) -> None:
        super().__init__(
            f"{name} {port} is taken by another program. Stop that one, or choose another: "
            f"{name}={port + 1} make run"
        )


def require_free(name: str, port: int) -> None:
    """On all interfaces, as the front door will listen."""
    with socket.socket() as probe:
        # What a server does, too: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - asks, does not listen
        except OSError as error:
            raise PortTaken(name, port) from error


def free_ports(count: int) -> list[int]:
    """Free now; held together, so that no two are the same."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()

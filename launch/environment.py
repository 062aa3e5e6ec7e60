"""What Ray and Serve are told through the environment, before either is imported."""

from collections.abc import Mapping
from pathlib import Path

from launch.ports import free_ports

ROOT = Path(__file__).resolve().parent.parent

# Whoever starts or changes applications is told it, too.
SERVE = {
    # Measured on 2 cores: 10 times the requests of the default proxy.
    "RAY_SERVE_ENABLE_HA_PROXY": "1",
    "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
}


def ray_environment(*, sockets: Path, auth_token_file: Path) -> Mapping[str, str]:
    """`sockets`: a folder of this run only, with a short path."""
    stats, metrics, fallback, grpc_fallback, replicas, grpc_replicas = free_ports(6)
    return {
        # Where workers find our modules.
        "PYTHONPATH": str(ROOT),
        "RAY_USAGE_STATS_ENABLED": "0",
        # Ray's workers yield to everything else on the machine, as batch work should; ours are the service.
        "RAY_worker_niceness": "0",
        # Nobody runs code here without the token, and it stays out of the home folder.
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": str(auth_token_file),
        **SERVE,
        # Their defaults are one folder and fixed ports for the whole machine.
        "RAY_SERVE_HAPROXY_CONFIG_FILE_LOC": str(sockets / "haproxy.cfg"),
        "RAY_SERVE_HAPROXY_SOCKET_PATH": str(sockets / "admin.sock"),
        "RAY_SERVE_HAPROXY_SERVER_STATE_BASE": str(sockets),
        "RAY_SERVE_HAPROXY_SERVER_STATE_FILE": str(sockets / "state"),
        "RAY_SERVE_HAPROXY_METRICS_SOCKET_PATH": str(sockets / "metrics.sock"),
        "RAY_SERVE_HAPROXY_STATS_PORT": str(stats),
        "RAY_SERVE_HAPROXY_METRICS_PORT": str(metrics),
        # Where HAProxy turns while no replica is up: another run's would answer 200 for us and keep it.
        "RAY_SERVE_FALLBACK_PROXY_HTTP_PORT": str(fallback),
        "RAY_SERVE_FALLBACK_PROXY_GRPC_PORT": str(grpc_fallback),
        "RAY_SERVE_DIRECT_INGRESS_MIN_HTTP_PORT": str(replicas),
        "RAY_SERVE_DIRECT_INGRESS_MAX_HTTP_PORT": str(replicas + 100),
        "RAY_SERVE_DIRECT_INGRESS_MIN_GRPC_PORT": str(grpc_replicas),
        "RAY_SERVE_DIRECT_INGRESS_MAX_GRPC_PORT": str(grpc_replicas + 100),
        # A laptop has no load balancer in front that would have to notice first.
        "RAY_SERVE_DIRECT_INGRESS_MIN_DRAINING_PERIOD_S": "0",
        "RAY_SERVE_HAPROXY_HARD_STOP_AFTER_S": "1",
        # Three failures in a row make a dead HAProxy known. With the default of 10 s nobody gets in for 30 s.
        "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "1",
    }

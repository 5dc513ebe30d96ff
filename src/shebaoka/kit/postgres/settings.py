"""How the server is set. Durability is not negotiable here: `fsync` and `synchronous_commit` are on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from shebaoka.kit.postgres import processes
from shebaoka.kit.postgres.cluster import Place

SETTINGS: Final[Mapping[str, str]] = {
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    # A new city's tables grow from nothing in minutes: statements planned for small tables read all of a large one until
    # it is looked at again.
    "autovacuum_naptime": "10s",
    "timezone": "Asia/Shanghai",
    # A week of logs, one file per weekday; statements and row values stay out of them: they hold personal data.
    "log_timezone": "Asia/Shanghai",
    "log_filename": "%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def command_line(place: Place, sockets: Path, shared_buffers: str, settings: Mapping[str, str]) -> list[str]:
    """Give the server's arguments: ours, then the caller's, then those that place and processes depend on.

    This function will let `settings` override ours, and nothing override the last group.
    """
    fixed = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": '"' + str(sockets).replace('"', '""') + '"',
        "cluster_name": processes.cluster_name(place.cluster),
        "logging_collector": "on",
        "log_destination": "stderr",
        "log_directory": str(place.logs),
    }
    chosen = {**SETTINGS, "shared_buffers": shared_buffers, **settings, **fixed}
    return ["-D", str(place.cluster), *(word for item in chosen.items() for word in ("-c", "=".join(item)))]

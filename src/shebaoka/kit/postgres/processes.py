"""Which processes belong to a cluster, told from /proc.

A process id alone proves nothing: after a crash or in a new container it may name somebody else, or a dead child
nobody has waited for. Every process of ours carries the cluster's name on its command line, readable by all.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

PROC = Path("/proc")


def cluster_name(cluster: Path) -> str:
    """Give the name (PostgreSQL's `cluster_name`) the processes of this cluster carry: 23 ASCII characters."""
    return f"shebaoka-{hashlib.sha256(bytes(cluster.resolve())).hexdigest()[:14]}"


def _command_line(pid: int) -> list[str]:
    """Give the words of a process's command line: none for one that is dead, even if still to be waited for."""
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return []
    return words.split("\0") if words else []


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]


def postmasters(name: str) -> set[int]:
    """Give the ids of live postmasters: one, and for an instant a child that has not yet taken its title."""
    return {pid for pid in _pids() if f"cluster_name={name}" in _command_line(pid)}


def children(name: str) -> set[int]:
    """Give the ids of live server processes that are not the postmaster."""
    return {pid for pid in _pids() if "".join(_command_line(pid)).startswith(f"postgres: {name}: ")}

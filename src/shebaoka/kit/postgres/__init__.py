"""The embedded PostgreSQL: `start(data_dir)` gives a `Running` server, whatever state the directory was left in.

Reached by unix socket only, by the OS user who made it and root. Several processes share one server: the first
launches it, the last to leave stops it. Linux (it reads /proc).
"""

from shebaoka.kit.postgres.cluster import default_data_dir
from shebaoka.kit.postgres.errors import (
    DatabaseDidNotStart,
    DatabaseDidNotStop,
    DatabaseProblem,
    DataDirectoryBusy,
    DataDirectoryNotWritable,
    DataDirectoryOfAnotherUser,
    DataDirectoryOfAnotherVersion,
    DataDirectoryOutOfReach,
    DiskFull,
    PostgresMissing,
)
from shebaoka.kit.postgres.installations import (
    Installation,
    debian,
    installations,
    installed,
    wheel,
)
from shebaoka.kit.postgres.server import Running, start, start_installed, stop

__all__ = [
    "DataDirectoryBusy",
    "DataDirectoryNotWritable",
    "DataDirectoryOfAnotherUser",
    "DataDirectoryOfAnotherVersion",
    "DataDirectoryOutOfReach",
    "DatabaseDidNotStart",
    "DatabaseDidNotStop",
    "DatabaseProblem",
    "DiskFull",
    "Installation",
    "PostgresMissing",
    "Running",
    "debian",
    "default_data_dir",
    "installations",
    "installed",
    "start",
    "start_installed",
    "stop",
    "wheel",
]

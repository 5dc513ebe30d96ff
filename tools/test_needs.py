"""See to it that the tests find a second PostgreSQL, older than the wheel's: Debian's or Ubuntu's own.

Exit code 0: it is here. 1: it is not. Root gets it installed, without a cluster being made or a service started.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from shebaoka.kit.postgres import Installation, installations

NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/shebaoka-tests.conf")
MAJORS = range(15, 18)


def main() -> int:
    """Look, and install where we may."""
    if not system_postgres() and os.geteuid() == 0:
        install()
    return 0 if system_postgres() else 1


def system_postgres() -> list[Installation]:
    """Give the system's installations of a version that the wheel does not cover."""
    return [found for found in installations() if found.name != "wheel" and found.major in MAJORS]


def install() -> None:
    """Install the oldest supported version the system offers. What fails shows in what is missing afterwards."""
    run("apt-get", "update", "-qq")
    listed = run("apt-cache", "pkgnames", "postgresql-")
    offered = {int(name) for name in re.findall(r"^postgresql-(\d+)$", listed, re.MULTILINE)}
    wanted = sorted(offered.intersection(MAJORS))[:1]
    for major in wanted:
        print(f"安装测试所需的 postgresql-{major} · Installing postgresql-{major} for the tests", flush=True)
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n")
        try:
            run("apt-get", "install", "-y", "-qq", "--no-install-recommends", f"postgresql-{major}")
        finally:
            NO_CLUSTER.unlink()


def run(*command: str) -> str:
    """Run one of apt's programs and give what it said; its complaints go to the terminal."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

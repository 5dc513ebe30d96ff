"""See to it that the tests find what no package of Python brings, and print what is missing, a word a line.

`postgresql`: a second PostgreSQL, older than the wheel's: Debian's or Ubuntu's own. `browser`: Chromium and fonts for Chinese.
`softhsm`: a cryptographic module in software, for the store of card keys.
`reader`: the system's PC/SC service with a virtual reader, and the library that talks to it, built here.
Root gets them installed, without a cluster being made or a service started.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

from shebaoka.kit.postgres import Installation, installations

NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/shebaoka-tests.conf")
MAJORS = range(15, 18)
ROOT = Path(__file__).parents[1]
VIRTUAL_READER = Path("/etc/reader.conf.d/vpcd")
PYTHON_HEADERS = Path(sysconfig.get_path("include")) / "Python.h"
FONTS = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


def main() -> None:
    """Look, install where we may, and print what is missing all the same."""
    lacking = missing()
    if lacking and os.geteuid() == 0:
        run("apt-get", "update", "-qq")
        for name in lacking:
            INSTALL[name]()
    print("\n".join(missing()))


def missing() -> list[str]:
    """Name what is not here."""
    here = {
        "postgresql": bool(system_postgres()),
        "browser": bool(shutil.which("chromium")) and Path(FONTS).exists(),
        "softhsm": bool(shutil.which("softhsm2-util")) and Path(SOFTHSM).exists(),
        "reader": bool(shutil.which("pcscd")) and VIRTUAL_READER.exists() and library_for_readers(),
    }
    return [name for name, found in here.items() if not found]


def library_for_readers() -> bool:
    """Tell whether .venv has the library; it may have come a moment ago."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("smartcard") is not None


def system_postgres() -> list[Installation]:
    """Give the system's installations of a version that the wheel does not cover."""
    return [found for found in installations() if found.name != "wheel" and found.major in MAJORS]


def install_postgresql() -> None:
    """Install the oldest supported version the system offers. What fails shows in what is missing afterwards."""
    listed = run("apt-cache", "pkgnames", "postgresql-")
    offered = {int(name) for name in re.findall(r"^postgresql-(\d+)$", listed, re.MULTILINE)}
    for major in sorted(offered.intersection(MAJORS))[:1]:
        NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
        NO_CLUSTER.write_text("create_main_cluster = false\n")
        try:
            install(f"postgresql-{major}")
        finally:
            NO_CLUSTER.unlink()


def install_browser() -> None:
    """Install the system's browser, and letters for it to write Chinese with."""
    install("chromium", "fonts-noto-cjk")


def install_softhsm() -> None:
    """Install a module in software."""
    install("softhsm2")


def install_reader() -> None:
    """Install the PC/SC service, a virtual reader for it and what the library is built with; then build it."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}-dev"
    headers = [] if PYTHON_HEADERS.exists() else [python]
    install("pcscd", "vsmartcard-vpcd", "libpcsclite-dev", "swig", "build-essential", *headers)
    subprocess.run([sys.executable, ROOT / "tools" / "bootstrap.py", "--dev"], stdout=sys.stderr, check=False)


def install(*packages: str) -> None:
    """Install packages of the system."""
    told = " ".join(packages)
    print(f"安装测试所需的 {told} · Installing {told} for the tests", file=sys.stderr, flush=True)
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages)


def run(*command: str) -> str:
    """Run one of apt's programs and give what it said; its complaints go to the terminal."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout


INSTALL: Final = {
    "postgresql": install_postgresql,
    "browser": install_browser,
    "softhsm": install_softhsm,
    "reader": install_reader,
}

if __name__ == "__main__":
    main()

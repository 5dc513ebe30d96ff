"""Make .venv and put exactly what uv.lock names into it, on a machine that has Python and nothing else.

`python3 tools/bootstrap.py` installs what the system runs with; `--dev` adds what tests and checks need. Where the machine can build it,
the library for card readers comes too.
Neither pip, venv nor curl is needed: uv is fetched from the package index and must match a pinned SHA-256.
The file keeps to what Python 3.8 can read, to tell its user what is wrong there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

PYTHON_MIN = (3, 11)
NEWER_PYTHONS = ("python3.13", "python3.12", "python3.11", "python3.14")

UV_VERSION = "0.13.9"
# Wheel tags and SHA-256 from the index's own page for uv 0.13.9.
UV_WHEELS = {
    "x86_64-glibc": (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    "x86_64-musl": (
        "musllinux_1_1_x86_64",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    "aarch64-glibc": (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
    "aarch64-musl": (
        "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}
PUBLIC_INDEX = "https://pypi.org/simple"
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
FETCH_TIMEOUT_S = 120

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".shebaoka-stamp"
FETCHED_UV = ROOT / ".tools" / ("uv-" + UV_VERSION) / "uv"
RUN, DEV = "run", "dev"
READER = "reader"
PCSC_HEADERS = ("/usr/include/PCSC/winscard.h", "/usr/local/include/PCSC/winscard.h")


class CannotInstall(Exception):  # noqa: N818 - named for the fact
    """The installation cannot go on; the text says why and what to do."""


def main() -> None:
    """Install unless everything is there already."""
    if sys.version_info < PYTHON_MIN:
        hand_over_to_newer_python()
    digest = hashlib.sha256(
        (ROOT / "uv.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    ).hexdigest()
    group, root, stamped, had = read_stamp()
    dev = "--dev" in sys.argv[1:] or group == DEV
    reader = had == READER or can_build_reader()
    wanted = [DEV if dev else RUN, str(ROOT), digest, READER if reader else ""]
    if [group, root, stamped, had] == wanted and VENV_PYTHON.exists():
        return
    if VENV.exists() and (root not in ("", str(ROOT)) or not VENV_PYTHON.exists()):
        shutil.rmtree(VENV)  # half made, its Python gone, or moved here: its scripts name the old place
    if reader and not install_with_reader(dev):
        reader, wanted[-1] = False, ""
    if not reader:
        install(dev, [])
    STAMP.write_text("\n".join(wanted), encoding="utf-8")


def read_stamp() -> list[str]:
    """Give what the last installation left: its group, this folder's path, the digest of lock and project, readers or not."""
    try:
        parts = STAMP.read_text(encoding="utf-8").split("\n")
    except OSError:
        parts = []
    return parts if len(parts) == len(("group", "root", "digest", "reader")) else ["", "", "", ""]


def hand_over_to_newer_python() -> None:
    """Run this file again under a Python that is new enough, where the machine has one."""
    for name in NEWER_PYTHONS:
        newer = shutil.which(name)
        if newer:
            os.execv(newer, [newer, *sys.argv])
    found = ".".join(str(number) for number in sys.version_info[:3])
    raise CannotInstall(
        f"需要 Python 3.11 或更高版本，此处为 {found}。请安装 python3.11 以上版本后重试。\n"
        f"Python 3.11 or later is needed, this is {found}. Install python3.11 or later and try again."
    )


def can_build_reader() -> bool:
    """Tell whether this machine has what the library for card readers is built with."""
    import sysconfig  # noqa: PLC0415 - rarely asked

    headers = any(Path(name).exists() for name in PCSC_HEADERS)
    python = Path(sysconfig.get_path("include")) / "Python.h"
    return headers and bool(shutil.which("swig") and shutil.which("cc")) and python.exists()


def install_with_reader(dev: bool) -> bool:
    """Install with the library for card readers; where it cannot be built after all, say so: most machines have no reader."""
    try:
        install(dev, ["--extra", READER])
    except CannotInstall as failed:
        say(str(failed))
        say("未装读卡器支持，其余照常安装 · Without support for card readers; all else is installed as ever")
        return False
    return True


def install(dev: bool, extras: list[str]) -> None:
    """Let uv put into .venv what the lock names."""
    index = chosen_index()
    uv = find_uv(index)
    say("安装依赖到 .venv · Installing the locked packages into .venv (uv " + UV_VERSION + ")")
    # Without dev nothing is removed: a .venv made by hand may hold the tools of whoever made it.
    group = [*extras, *([] if dev else ["--no-dev", "--inexact"])]
    if index == PUBLIC_INDEX:
        run([uv, "sync", "--locked", "--python", python_for_venv(), *group])
    else:
        install_from_mirror(uv, index, dev, extras)
    compile_own()


def compile_own() -> None:
    """Compile the product's own modules too: it lies where its sources are, so uv does not."""
    import subprocess  # noqa: PLC0415 - not needed on the quick path

    subprocess.call([str(VENV_PYTHON), "-m", "compileall", "-q", str(ROOT / "src")])


def install_from_mirror(uv: str, index: str, dev: bool, extras: list[str]) -> None:
    """Install the same files, by the lock's hashes, from another index: `uv sync` insists on the lock's own."""
    names = VENV / "locked.txt"
    if not VENV_PYTHON.exists():
        run([uv, "venv", "--quiet", "--python", python_for_venv(), str(VENV)])
    what = ["--no-emit-project", *extras, *([] if dev else ["--no-dev"])]
    run([uv, "export", "--quiet", "--frozen", *what, "--output-file", str(names)])
    into = ["--python", str(VENV_PYTHON), "--default-index", index]
    run([uv, "pip", "sync", "--require-hashes", *into, str(names)])
    run([uv, "pip", "install", "--no-deps", *into, "--editable", str(ROOT)])


def run(command: list[str]) -> None:
    """Run uv in the project's folder, and say plainly when it fails."""
    import subprocess  # noqa: PLC0415 - not needed on the quick path

    unwanted = ("VIRTUAL_ENV", "UV_PYTHON", *INDEX_VARIABLES)
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    # Compiled now, once: where Python may not write beside its sources, every start would compile two thousand files again.
    environment.update(UV_PYTHON_DOWNLOADS="never", UV_PROJECT_ENVIRONMENT=str(VENV), UV_COMPILE_BYTECODE="1")
    if SYSTEM_CERTIFICATES.exists():
        # A city's network may look into TLS with an authority of its own, which only the system knows.
        environment.setdefault("UV_SYSTEM_CERTS", "true")
    if subprocess.call(command, cwd=str(ROOT), env=environment):
        raise CannotInstall(
            "依赖未能安装，原因见上方 uv 的输出。\n"
            "The packages were not installed; uv says why above.\n" + advice(chosen_index())
        )


def python_for_venv() -> str:
    """Keep the Python an existing .venv has; a new one gets the Python that runs this file."""
    return str(VENV_PYTHON) if VENV_PYTHON.exists() else sys.executable


def chosen_index() -> str:
    """Give the package index: the one the environment names, or the public one."""
    named = [os.environ[name] for name in INDEX_VARIABLES if os.environ.get(name)]
    return (named[0] if named else PUBLIC_INDEX).rstrip("/")


def find_uv(index: str) -> str:
    """Give a uv of the pinned version: fetched before, on PATH, or fetched now."""
    on_path = shutil.which("uv")
    for uv in (str(FETCHED_UV), on_path):
        if uv and Path(uv).exists() and uv_version(uv) == UV_VERSION:
            return uv
    try:
        fetch_uv(index)
    except OSError as error:
        raise CannotInstall(
            f"无法从软件包索引取得 uv：{error}\n"
            f"uv cannot be fetched from the package index: {error}\n{advice(index)}"
        ) from error
    return str(FETCHED_UV)


def uv_version(uv: str) -> str:
    """Ask a uv for its version."""
    import subprocess  # noqa: PLC0415 - not needed on the quick path

    said = subprocess.run([uv, "--version"], stdout=subprocess.PIPE, check=False).stdout.decode().split()
    return said[1] if len(said) > 1 else ""


def fetch_uv(index: str) -> None:
    """Fetch the pinned wheel, check it, and keep the one program in it."""
    import io  # noqa: PLC0415 - not needed on the quick path
    import zipfile  # noqa: PLC0415

    tag, sha256 = UV_WHEELS[machine()]
    name = f"uv-{UV_VERSION}-py3-none-{tag}.whl"
    say("取得 uv " + UV_VERSION + " · Fetching uv from " + without_password(index))
    wheel = fetch(address_in(index, name))
    if hashlib.sha256(wheel).hexdigest() != sha256:
        raise CannotInstall("校验和不符，已拒绝 · The checksum differs, refused: " + name)
    program = zipfile.ZipFile(io.BytesIO(wheel)).read("uv-" + UV_VERSION + ".data/scripts/uv")
    FETCHED_UV.parent.mkdir(parents=True, exist_ok=True)
    (FETCHED_UV.parent.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    making = FETCHED_UV.with_name(f"uv.{os.getpid()}")
    making.write_bytes(program)
    making.chmod(0o755)
    making.replace(FETCHED_UV)


def machine() -> str:
    """Name this machine as UV_WHEELS does."""
    import platform  # noqa: PLC0415 - not needed on the quick path

    name = platform.machine().replace("arm64", "aarch64")
    name += "-glibc" if platform.libc_ver()[0] == "glibc" else "-musl"
    if sys.platform != "linux" or name not in UV_WHEELS:
        raise CannotInstall(
            f"尚不支持此机型 · This machine is not supported yet: {sys.platform} {name}\n"
            f"可自行安装 uv {UV_VERSION} 后重试 · Install uv {UV_VERSION} yourself and try again"
        )
    return name


def address_in(index: str, name: str) -> str:
    """Find a file's address on the index's page for uv (PEP 503)."""
    import html  # noqa: PLC0415 - not needed on the quick path
    import re  # noqa: PLC0415
    from urllib.parse import urljoin  # noqa: PLC0415

    page = index + "/uv/"
    found = re.search('href="([^"]*' + re.escape(name) + '[^"]*)"', fetch(page).decode("utf-8", "replace"))
    if not found:
        raise CannotInstall("索引中没有 · The index lacks: " + name + "\n" + advice(index))
    return urljoin(page, html.unescape(found.group(1)))


def fetch(url: str) -> bytes:
    """Fetch over HTTP(S), with the name and password the address may carry."""
    import base64  # noqa: PLC0415 - not needed on the quick path
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415
    from urllib.request import Request, urlopen  # noqa: PLC0415

    parts = urlsplit(url)
    request = Request(without_password(url), headers={"Accept": "text/html, */*;q=0.1"})
    if parts.username:
        pair = unquote(parts.username) + ":" + unquote(parts.password or "")
        request.add_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    with urlopen(request, timeout=FETCH_TIMEOUT_S) as answer:
        content: bytes = answer.read()
    return content


def without_password(url: str) -> str:
    """Give the address without the name and password in it."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - not needed on the quick path

    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def advice(index: str) -> str:
    """Say what can be done when the index is out of reach."""
    return (
        f"索引 · index: {without_password(index)}\n"
        "请检查网络；可用 PIP_INDEX_URL 指定镜像，用 https_proxy 指定代理，用 SSL_CERT_FILE 指定证书"
        "（或安装 ca-certificates）。\n"
        "Check the network; name a mirror in PIP_INDEX_URL, a proxy in https_proxy, certificates in SSL_CERT_FILE "
        "(or install ca-certificates)."
    )


def say(line: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        main()
    except CannotInstall as refused:
        say(str(refused))
        sys.exit(1)

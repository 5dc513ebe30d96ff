"""The outside world for a demo: the sandbox, started as a process of its own and ended with us."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from msgspec.structs import replace

from shebaoka.kit.problems import Problem
from shebaoka.kit.settings import Settings
from shebaoka.kit.sm2_files import make_secret, write_public
from shebaoka.simulation.card_keys import with_store

END_SECONDS = 10


class OutsideWorldMissing(Problem):
    """The sandbox of the outside world did not start."""

    slug = "outside-world-missing"
    status = 500
    title_zh = "演示用的外部系统未能启动"
    title_en = "The sandbox of the outside world did not start"
    remedy_zh = "请查看数据目录下 demo/outside/sandbox.log 的最后几行"
    remedy_en = "See the last lines of demo/outside/sandbox.log in the data folder"


@dataclass(frozen=True, slots=True)
class Outside:
    """Where the outside world of a demo answers: settings that point at it."""

    url: str
    settings: Settings


@contextmanager
def outside_world(settings: Settings, city_folder: Path, state: Path, seed: int) -> Iterator[Outside]:
    """Run the sandbox for the city whose files are in `city_folder`; give settings that point at it.

    `state` is the sandbox's own folder. The exchange folder of the card bureau lies in it.
    """
    token, exchange = secrets.token_urlsafe(16), state / "bureau"
    keep_secret(state / "identity.secret", token)
    exchange.mkdir(parents=True, exist_ok=True)
    keys = state / "keys"
    bureau_key, city_key = keys / "bureau.key", keys / "production.pub"
    write_public(keys / "bureau.pub", make_secret(bureau_key).public)
    write_public(city_key, make_secret(keys / "production.key").public)
    make_secret(settings.status_list_key_path)
    arguments = {
        "--world": city_folder, "--state": state, "--exchange": exchange, "--bureau-key": bureau_key,
        "--city-key": city_key, "--port": 0, "--seed": seed,
    }  # fmt: skip
    command = [sys.executable, "-m", "shebaoka_sandbox.main", "--die-with-parent"]
    command += [str(part) for pair in arguments.items() for part in pair]
    log = state / "sandbox.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, start_new_session=True,
            env=os.environ | {"SHEBAOKA_SANDBOX_TOKEN": token},
        ) as process,
    ):  # fmt: skip
        try:
            url = _address(process, log)
            pointed = with_store(_pointed(settings, url, token, state), state / "keys")
            yield Outside(url, _with_wechat(pointed, url, state))
        finally:
            _end(process)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise OutsideWorldMissing(log.read_text("utf-8", "replace")[-2000:])
    return str(json.loads(line)["url"])


def keep_secret(file: Path, secret: str) -> None:
    """Write a secret where only its owner reads it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secret + "\n", encoding="utf-8")


def _pointed(settings: Settings, url: str, token: str, state: Path) -> Settings:
    return replace(
        settings,
        register_url=f"{url}/register",
        photos_url=f"{url}/photos",
        banks_url=f"{url}/banks",
        courier_url=f"{url}/courier",
        sms_url=f"{url}/sms",
        hub_url=f"{url}/hub",
        partner_token=token,
        oidc_issuer=f"{url}/identity",
        oidc_client_id="citizen-site",
        oidc_client_secret_file=str(state / "identity.secret"),
        platform_client_id="site-demo",
        platform_client_secret_file=str(state / "platform.secret"),
        bureau_dir=str(state / "bureau"),
        production_key_file=str(state / "keys" / "production.key"),
        bureau_public_key_file=str(state / "keys" / "bureau.pub"),
    )


def _with_wechat(settings: Settings, url: str, state: Path) -> Settings:
    """Enter the sandbox's WeChat account, as an account's owner does."""
    whose = {"authorization": f"Bearer {settings.partner_token}"}
    with httpx.Client(headers=whose, trust_env=False) as client:
        shown = client.get(f"{url}/_wechat/account").raise_for_status().json()
    files = {name: state / f"wechat.{name}" for name in ("token", "aes_key", "secret")}
    for name, file in files.items():
        keep_secret(file, shown[name])
    return replace(
        settings,
        wechat_app_id=shown["app_id"],
        wechat_token_file=str(files["token"]),
        wechat_aes_key_file=str(files["aes_key"]),
        wechat_secret_file=str(files["secret"]),
        wechat_api_url=f"{url}/wechat",
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()

"""`shebaoka-sandbox`: the outside world in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sqlite3
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

import uvicorn
import uvloop

from shebaoka.kit.sm2_files import SmTwoFileUnusable, read_public, read_secret
from shebaoka_sandbox import http, world
from shebaoka_sandbox.bank import Banks
from shebaoka_sandbox.bureau import Bureau
from shebaoka_sandbox.courier import Courier
from shebaoka_sandbox.desk import Desks
from shebaoka_sandbox.faults import Faults
from shebaoka_sandbox.hub import Hub
from shebaoka_sandbox.identity import IdentityProvider
from shebaoka_sandbox.photos import Photos
from shebaoka_sandbox.register import Register
from shebaoka_sandbox.sms import Gateway
from shebaoka_sandbox.store import Store
from shebaoka_sandbox.wechat import WeChat

HOST: Final = "127.0.0.1"
PARENT_SECONDS: Final = 0.2


def main() -> None:
    """Run the command line."""
    arguments = _arguments().parse_args()
    if not arguments.token:
        _stop("缺少口令：请给出 --token 或环境变量 SHEBAOKA_SANDBOX_TOKEN",
              "no token: give --token or set SHEBAOKA_SANDBOX_TOKEN")  # fmt: skip
    if not bool(arguments.exchange) == bool(arguments.bureau_key) == bool(arguments.city_key):
        _stop(
            "--exchange、--bureau-key 与 --city-key 须同时给出",
            "--exchange, --bureau-key and --city-key go together",
        )
    listener = _listener(arguments.port)
    try:
        uvloop.run(_run(arguments, listener))
    except SmTwoFileUnusable as error:
        _stop(f"{error.title_zh}：{error.detail}。{error.remedy_zh}", error.remedy_en)
    except (OSError, sqlite3.Error, world.WorldWrong) as error:
        _stop(
            f"{error}。请检查所给目录及其权限",
            "check the folders given and the rights to them, then start again",
        )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("shebaoka-sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=8100, help="端口，0 为任选 · port, 0 for any free one")
    parser.add_argument("--world", type=Path, required=True, help="world.csv 所在目录 · folder of world.csv")
    parser.add_argument(
        "--state", type=Path, required=True, help="状态目录 · folder for what must be remembered"
    )
    parser.add_argument("--seed", type=int, default=1, help="随机种子 · seed of every chance")
    parser.add_argument(
        "--token", default=os.environ.get("SHEBAOKA_SANDBOX_TOKEN", ""), help="口令 · bearer token"
    )
    parser.add_argument("--exchange", type=Path, help="制卡交换目录 · the card bureau's exchange folder")
    parser.add_argument(
        "--bureau-key",
        type=Path,
        help="卡商 SM2 私钥文件 · file with the bureau's SM2 secret key, 64 hex digits",
    )
    parser.add_argument(
        "--city-key",
        type=Path,
        help="本市 SM2 公钥文件 · file with the city's SM2 public key, 130 hex digits",
    )
    parser.add_argument(
        "--die-with-parent", action="store_true", help="父进程结束即退出 · end when the parent ends"
    )
    return parser


async def _run(arguments: argparse.Namespace, listener: socket.socket) -> None:
    parent = os.getppid()
    arguments.state.mkdir(parents=True, exist_ok=True)
    people = world.load(arguments.world)
    desks = Desks(Store(arguments.state / "sandbox.sqlite3"), Faults(arguments.seed))
    photos = Photos(desks, people, arguments.state / "faces")
    partners = http.Partners(
        desks, Register(desks, people), photos, Banks(desks), Courier(desks, people), Gateway(desks),
        IdentityProvider(desks, people, arguments.token), WeChat(desks, arguments.token), Hub(desks),
    )  # fmt: skip
    app = http.app(partners, arguments.token)
    server = _Server(uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1))
    works = (
        [
            Bureau(
                desks, arguments.exchange, read_secret(arguments.bureau_key), read_public(arguments.city_key)
            ).work()
        ]
        if arguments.exchange
        else []
    )
    works += [_watch(parent, server)] if arguments.die_with_parent else []
    await _serve(server, listener, works)
    desks.store.close()


async def _serve(server: _Server, listener: socket.socket, works: list[Coroutine[None, None, None]]) -> None:
    """Serve until told to stop. When a work beside it breaks, the whole breaks: half a world would mislead."""
    tasks = [asyncio.create_task(work) for work in works]
    for task in tasks:
        task.add_done_callback(lambda _: server.stop())
    await server.serve(sockets=[listener])
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _watch(parent: int, server: _Server) -> None:
    """Stop the server when this process has been handed to another parent: the first one is dead."""
    while True:
        await asyncio.sleep(PARENT_SECONDS)
        if os.getppid() != parent:
            server.stop()
            return


class _Server(uvicorn.Server):
    """Says when it is ready, in one line of JSON, and ends with status 0 when told to."""

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        sys.stdout.write(json.dumps({"ready": True, "url": f"http://{HOST}:{port}"}) + "\n")
        sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Uvicorn's own raises the signal once more after it has shut down, which is no clean end.
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        yield


def _listener(port: int) -> socket.socket:
    # With the protocol named asyncio switches Nagle's delay off: otherwise each answer waits 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        _stop(f"不能使用端口 {port}：{error}。请换用 --port 0 或其他端口",
              f"port {port} cannot be used: {error}; give --port 0 or another one")  # fmt: skip
    return listener


def _stop(zh: str, en: str) -> NoReturn:
    sys.stderr.write(f"{zh}\n{en}\n")
    raise SystemExit(2)


if __name__ == "__main__":
    main()

"""`shebaoka reader`: this machine's card reader for web pages and desktop software."""

from __future__ import annotations

from typing import Annotated, Final

import httpx
import typer
import uvloop

from shebaoka.cli.common import refusals, say
from shebaoka.cli.held_list import HeldList, ListFolder, ListKey
from shebaoka.cli.terminal_keys import KeysFile, PassphraseFile, proofs_of, rings_of
from shebaoka.faces import listening

PORT: Final = 8600
Origins = Annotated[
    list[str] | None,
    typer.Option(
        "--origin",
        help="可使用读卡器的网站，如 https://sbk.example.cn，可多次给出 · site whose pages may use the reader; may be given again",
    ),
]


def reader(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="端口，0 为任选 · port, 0 for any free one")
    ] = PORT,
    host: Annotated[
        str, typer.Option(help="回环地址，只能是本机 · loopback address; this machine only")
    ] = "127.0.0.1",
    origins: Origins = None,
    server: Annotated[
        str,
        typer.Option(
            help="本市服务地址，凭据（ticket）向它取认证数据 · the city's service, where tickets give proofs"
        ),
    ] = "",
    keys: KeysFile = None,
    passphrase_file: PassphraseFile = None,
    terminal_number: Annotated[
        str, typer.Option(help="icardbas 中的终端机编号 · number of the terminal, in icardbas")
    ] = "",
    device_number: Annotated[
        str, typer.Option(help="icardbas 中的终端设备号 · number of the device, in icardbas")
    ] = "",
    status_list: ListFolder = None,
    list_key: ListKey = None,
) -> None:
    """读卡器服务，只供本机网页与软件使用，直到 Ctrl-C · Let pages and programs of this machine use its reader, until Ctrl-C."""
    from shebaoka.faces.reader.app import serve  # noqa: PLC0415 - takes a second; `--help` must not wait for it
    from shebaoka.faces.reader.desk import Desk, Times  # noqa: PLC0415 - as above
    from shebaoka.faces.reader.guarding import loopback, origin  # noqa: PLC0415 - as above
    from shebaoka.faces.reader.routes import Service  # noqa: PLC0415 - as above

    with refusals() as settings, httpx.Client() as client:
        address = loopback(host)
        sites = [origin(one) for one in origins or ()]
        city = origin(server) if server else ""
        rings = rings_of(keys, passphrase_file)
        held = HeldList(settings, status_list, list_key) if status_list else None

        async def act() -> None:
            with listening.listen(address, port) as listener:
                say(
                    f"读卡器服务 · the reader answers on {listening.address(listener)}（Ctrl-C 停止 · Ctrl-C stops）"
                )
                here = Service(
                    Desk(Times()),
                    lambda of: proofs_of(rings, of),
                    city,
                    client,
                    terminal_number,
                    device_number,
                    held.says if held else None,
                )
                await serve(listener, here, sites)

        uvloop.run(act())

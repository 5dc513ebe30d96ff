"""`shebaoka serve`."""

from __future__ import annotations

from typing import Annotated

import typer

from shebaoka.cli.common import refusals, say, with_city
from shebaoka.faces import listening
from shebaoka.kit.city import City


def serve(
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="端口，缺省见配置 · port; default from the settings"),
    ] = None,
) -> None:
    """启动服务，直到 Ctrl-C 或 SIGTERM · Serve until Ctrl-C or SIGTERM, then finish what is under way."""
    from shebaoka.faces import serving  # noqa: PLC0415 - loads every room; `--help` must not wait for it

    with refusals() as settings:
        listener = listening.listen(settings.host, settings.port if port is None else port)

        async def act(city: City) -> None:
            say(f"服务地址 · serving on {listening.address(listener)}（Ctrl-C 停止 · Ctrl-C stops）")
            await serving.serve(city, listener)

        with_city(settings, act)

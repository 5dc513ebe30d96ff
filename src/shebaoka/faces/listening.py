"""Taking a port, before anything slow."""

from __future__ import annotations

import errno
import socket

from shebaoka.kit.problems import Problem


class PortTaken(Problem):
    """Another program listens on the port."""

    slug = "port-taken"
    status = 500
    title_zh = "端口已被占用"
    title_en = "The port is taken"
    remedy_zh = "请停止占用该端口的程序，或用 SHEBAOKA_PORT（读卡器服务用 --port）换一个端口（0 为自动选择）"
    remedy_en = "Stop the program that uses it, or choose another with SHEBAOKA_PORT (--port for the reader service; 0 picks a free one)"


class AddressRefused(Problem):
    """The service may not listen on this address."""

    slug = "address-refused"
    status = 500
    title_zh = "无法监听该地址"
    title_en = "The service cannot listen on this address"
    remedy_zh = "请检查 SHEBAOKA_HOST 与 SHEBAOKA_PORT；1024 以下端口需要特权"
    remedy_en = "Check SHEBAOKA_HOST and SHEBAOKA_PORT; ports below 1024 need privileges"


def listen(host: str, port: int) -> socket.socket:
    """Take the port, or refuse naming it. Done before anything slow, so that nobody waits to hear of it."""
    # asyncio sends small answers at once only on a socket that says it is TCP.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"{host}:{port}") from error
        raise AddressRefused(f"{host}:{port}: {error.strerror}") from error
    return listener


def address(listener: socket.socket) -> str:
    """Give the URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if listener.family == socket.AF_INET6 else f"http://{host}:{port}"

"""Watching the service: health, readiness, metrics, and one log line a request. All of it cheap enough for a hot path."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from os import urandom
from typing import Any, Final

import structlog
from litestar import Response, get
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from shebaoka.faces.api.rendering import problem_response
from shebaoka.kit.database import Database
from shebaoka.kit.problems import Problem

log = structlog.get_logger()
SLOW_SECONDS: Final = 1.0
SERVER_ERROR: Final = 500
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds."""
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
NOT_KEPT: Final = (b"cache-control", b"no-store")
"""Answers hold personal data and tokens: nothing between here and the caller keeps them, unless they say themselves how long."""


class Draining(Problem):
    """The service is about to stop and takes no new work."""

    slug = "draining"
    status = 503
    title_zh = "服务正在停机"
    title_en = "The service is about to stop"
    remedy_zh = "请求会由其他实例处理，请稍后重试"
    remedy_en = "Another instance takes over; try again shortly"


class Tally:
    """How often a route was answered with a status, and how long it took: plain numbers, for they are on the hot path."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one request."""
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.seconds += seconds


class Watch(Collector):
    """The figures of one running service; `draining` when it is about to stop."""

    def __init__(self) -> None:
        self.draining = False
        self.under_way = 0
        self.status_list: tuple[float, bool] | None = None
        """When the newest status list was made (seconds since 1970, 0: never), and whether the next is overdue; None: not looked yet."""
        self.tallies: dict[tuple[str, str, int], Tally] = {}
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        key = (route, method, status)
        tally = self.tallies.get(key)
        if tally is None:
            tally = self.tallies[key] = Tally()
        tally.add(seconds)

    def collect(self) -> Iterator[Metric]:
        """Give the figures to Prometheus's client, which asks when it is scraped."""
        labels = ("route", "method", "status")
        requests = HistogramMetricFamily(
            "shebaoka_request_seconds", "Time to answer a request", labels=labels
        )
        for (route, method, status), tally in sorted(self.tallies.items()):
            sums = accumulate(tally.buckets)
            bounds = [*map(str, BUCKETS), "+Inf"]
            requests.add_metric(
                (route, method, str(status)), list(zip(bounds, sums, strict=True)), tally.seconds
            )
        yield requests
        yield GaugeMetricFamily("shebaoka_requests_under_way", "Requests not yet answered", self.under_way)
        if self.status_list is not None:
            made_at, overdue = self.status_list
            yield GaugeMetricFamily(
                "shebaoka_status_list_made_at_seconds", "When the newest status list was made", made_at
            )
            yield GaugeMetricFamily(
                "shebaoka_status_list_overdue", "Whether the next status list is overdue", int(overdue)
            )


class Watching:
    """ASGI middleware: counts, times, names (X-Request-Id) and logs every request; never its body or query."""

    def __init__(self, app: ASGIApp, watch: Watch) -> None:
        self.app = app
        self.watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id = urandom(16).hex()
        scope["state"]["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                kept = any(name == NOT_KEPT[0] for name, _ in message["headers"])
                ours = [(b"x-request-id", request_id.encode()), *([] if kept else [NOT_KEPT])]
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        watch = self.watch
        watch.under_way += 1
        try:
            await self.app(scope, receive, answer)
        finally:
            watch.under_way -= 1
            seconds = time.perf_counter() - started
            route, method = scope.get("path_template") or "unknown", _method(str(scope["method"]))
            watch.note(route, method, status, seconds)
            if status >= SERVER_ERROR or seconds > SLOW_SECONDS:
                log.warning(
                    "request",
                    route=route,
                    method=method,
                    status=status,
                    ms=round(seconds * 1000),
                    request_id=request_id,
                )


def _method(method: str) -> str:
    """Give a method's name; strangers may send any word, and each would be a time series of its own."""
    return method if method in METHODS else "other"


@get("/healthz", opt={"public": "a supervisor asks whether the process lives"}, include_in_schema=False)
async def healthz() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "alive"}


@get("/readyz", opt={"public": "a load balancer asks whether to send requests"}, include_in_schema=False)
async def readyz(state: State) -> Response[Any]:
    """Say whether requests can be served: the database answers and the service is not about to stop."""
    watch: Watch = state.service.watch
    database: Database = state.service.city.database
    if watch.draining:
        return problem_response(Draining())
    async with database.connection() as connection:
        await connection.execute("SELECT 1")
    return Response({"status": "ready"})


@get("/metrics", opt={"public": "figures for Prometheus, none of them personal"}, include_in_schema=False)
async def metrics(state: State) -> Response[bytes]:
    """Give the figures in Prometheus's text format."""
    watch: Watch = state.service.watch
    return Response(generate_latest(watch.registry), media_type=CONTENT_TYPE_LATEST)

"""The JSON interface as one Litestar application."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from inspect import cleandoc
from typing import Any, Final

import msgspec
from litestar import Litestar, Response, Router
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, OpenAPIType, Parameter, Paths, Schema, SecurityScheme
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from shebaoka.faces.api import watching
from shebaoka.faces.api.access import Door
from shebaoka.faces.api.areas import (
    answers,
    applications,
    audit,
    away,
    batches,
    benefits,
    calls,
    captures,
    card_keys,
    cards,
    cases,
    chips,
    clearings,
    collections,
    dashboard,
    deciding,
    delivery,
    differences,
    drafts,
    ecards,
    family,
    figures,
    guests,
    history,
    holding,
    hub,
    identities,
    instant,
    instant_chips,
    institutions,
    keeping,
    lists,
    looks,
    losses,
    medical,
    messages,
    outlets,
    outreach,
    own,
    paying,
    payouts,
    payouts_worked_off,
    payroll,
    people,
    photos,
    post,
    production,
    programme,
    readiness,
    received,
    relying,
    replacing,
    sessions,
    settled,
    settling,
    staff,
    status_lists,
    stock,
    stock_custody,
    tokens,
    unopened,
    visits,
    wishes,
)
from shebaoka.faces.api.declaring import REQUEST_KEY_HEADER, tags
from shebaoka.faces.api.rendering import HANDLERS, Asked, problem_response
from shebaoka.faces.api.service import Service
from shebaoka.faces.api.watching import Watch, Watching
from shebaoka.kit.city import City
from shebaoka.kit.problems import NotFound
from shebaoka.kit.requests import KEY_LENGTHS

AREAS: Final = (
    sessions,
    own,
    programme,
    away,
    benefits,
    settling,
    differences,
    people,
    applications,
    deciding,
    photos,
    family,
    guests,
    history,
    holding,
    hub,
    replacing,
    looks,
    medical,
    received,
    wishes,
    drafts,
    lists,
    payroll,
    collections,
    cards,
    chips,
    clearings,
    ecards,
    losses,
    identities,
    relying,
    status_lists,
    paying,
    payouts,
    payouts_worked_off,
    stock,
    stock_custody,
    instant,
    instant_chips,
    delivery,
    post,
    production,
    outreach,
    outlets,
    captures,
    figures,
    dashboard,
    settled,
    unopened,
    visits,
    messages,
    answers,
    calls,
    cases,
    audit,
    batches,
    staff,
    keeping,
    institutions,
    readiness,
    card_keys,
)
NOT_FOUND: Final = NotFound.status
BODY_BYTES_MAX: Final = 2**20
"""What a body may have; routes that take files say more."""
DESCRIPTION: Final = """社保卡换发与服务系统的接口。 The interface of the system a city runs its social-security card on.

- 除健康检查和登录外，均须在 `Authorization: Bearer …` 中给出令牌。 All but health and log-in needs a token.
- 改变数据的请求须带 `Idempotency-Key`；原样重发得到同一应答（`Idempotent-Replayed: true`），编号相同而内容不同则拒绝。
  Whatever changes something carries a request key: sent again unchanged it is answered the same, with another content it is refused.
- 拒绝一律为 RFC 9457 文档（`application/problem+json`），含中英文标题和办法。 Every refusal is a problem document.
- 编号在 JSON 中为字符串。 Identifiers are strings in JSON.
- 个人信息不出现在地址中：按证件号码、卡号的查询都是 POST。 Nothing personal stands in an address.
"""


def create_app(city: City, watch: Watch) -> Litestar:
    """Give the application that serves one city. `watch` counts its requests and says when it is about to stop."""
    app = Litestar(
        route_handlers=[
            watching.healthz,
            watching.readyz,
            watching.metrics,
            *tokens.HANDLERS,
            Router("/api", route_handlers=[handler for area in AREAS for handler in area.HANDLERS]),
        ],
        middleware=[Door],
        request_class=Asked,
        exception_handlers=HANDLERS,
        state=State({"service": Service(city, watch)}),
        openapi_config=_openapi(),
        request_max_body_size=BODY_BYTES_MAX,
        logging_config=None,
    )
    _describe(app.openapi_schema.components)
    _require_keys(app.openapi_schema.paths or {})
    # Outside the router, so that requests for which there is no route are counted and named too.
    app.asgi_handler = Watching(app.asgi_handler, watch)
    return app


def _openapi() -> OpenAPIConfig:
    document = Router(
        "/schema",
        route_handlers=[],
        include_in_schema=False,
        opt={"public": "a program must read how to log in before it can"},
        after_request=_refused_as_everywhere,
    )
    return OpenAPIConfig(
        title="社保卡 shebaoka",
        version=version("shebaoka"),
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=tags(),
        components=Components(security_schemes={"token": SecurityScheme(type="http", scheme="bearer")}),
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
        render_plugins=[JsonRenderPlugin()],
        openapi_router=document,
    )


def _refused_as_everywhere(response: Response[Any]) -> Response[Any]:
    """Refuse what is not below /schema as elsewhere: Litestar has a page in HTML of its own."""
    return problem_response(NotFound()) if response.status_code == NOT_FOUND else response


def _operation_id(
    handler: HTTPRouteHandler, _method: Method, _path: list[str | PathParameterDefinition]
) -> str:
    """Name an operation by its area and its function: `cards.card_standing`."""
    return f"{(handler.tags or ('service',))[0]}.{handler.handler_name}"


def _describe(components: Components) -> None:
    """Put what is said of each value into the document: the first paragraphs of its class."""
    kinds = list(_kinds(msgspec.Struct))
    said = {kind.__name__: kind.__doc__ for kind in kinds}
    # Where two rooms have a word in common, the document names each with as much of its room as tells them apart.
    for kind in kinds:
        parts = [*kind.__module__.split("."), kind.__name__]
        said |= {"_".join(parts[first:]): kind.__doc__ for first in range(len(parts) - 1)}
    for name, schema in (components.schemas or {}).items():
        described = said.get(name) or said.get(name.partition("_")[0])
        if described and not schema.description:
            schema.description = cleandoc(described)


def _require_keys(paths: Paths) -> None:
    """Say that the request key is needed; to the framework it is not, so that its absence is refused by a name of its own."""
    operations = (one for path in paths.values() for one in (path.post, path.delete) if one)
    for parameter in (parameter for one in operations for parameter in one.parameters or []):
        if isinstance(parameter, Parameter) and parameter.name == REQUEST_KEY_HEADER:
            parameter.required = True
            parameter.schema = Schema(
                type=OpenAPIType.STRING, min_length=KEY_LENGTHS.start, max_length=KEY_LENGTHS.stop - 1
            )


def _kinds(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)

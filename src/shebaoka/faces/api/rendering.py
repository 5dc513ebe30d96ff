"""Refusals become RFC 9457 problem documents; whatever else escapes is a bug: logged, and answered without detail."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.types import ExceptionHandlersMap

from shebaoka.kit.problems import NotFound, Problem

NAMED: Final = re.compile(r"(?:missing required|unknown) field `([^`]*)`")
LACKING: Final = re.compile(r"^Missing required \w+ parameter '([^']*)'")
"""How Litestar says that the address lacks something."""
NO_BODY: Final = "'data'"
"""And that there is no body."""
NO_JSON: Final = "须为 UTF-8 编码的 JSON · must be JSON in UTF-8"
UNREADABLE: Final = "请求内容无法读取 · the body cannot be read"
UNAUTHORIZED: Final = 401
CLIENT_LEFT: Final = "client disconnected prematurely"
"""What Litestar says of a caller who hung up while sending: nobody hears the answer, and it is no fault of ours."""
PROBLEM_JSON = "application/problem+json"
log = structlog.get_logger()


class RequestMalformed(Problem):
    """The request's body, path or query does not have the form that the interface describes."""

    slug = "request-malformed"
    title_zh = "请求格式不正确"
    title_en = "The request does not have the expected form"
    remedy_zh = "请对照 /schema 中该接口的说明，修改 errors 中列出的字段"
    remedy_en = "Correct the fields listed under errors; /schema describes this interface"


class MethodNotAllowed(Problem):
    """This address exists, but not with this method."""

    slug = "method-not-allowed"
    status = 405
    title_zh = "该地址不支持此请求方法"
    title_en = "This address does not take this method"
    remedy_zh = "请对照 /schema 中列出的方法"
    remedy_en = "See /schema for the methods of this address"


class RequestTooLarge(Problem):
    """The body is larger than the interface takes."""

    slug = "request-too-large"
    status = 413
    title_zh = "请求内容过大"
    title_en = "The request is too large"
    remedy_zh = "请将文件拆分后分别上传"
    remedy_en = "Split the file and send the parts"


class InternalError(Problem):
    """Something went wrong that should not have; the log tells the operators more."""

    slug = "internal-error"
    status = 500
    title_zh = "系统内部错误"
    title_en = "Something went wrong on our side"
    remedy_zh = "请稍后用同一请求编号重试；如仍失败，请将 request_id 告知运维人员"
    remedy_en = (
        "Try again later with the same request key; if it fails again, give request_id to the operators"
    )


def fault(path: str, message: str) -> dict[str, str]:
    """Give what is wrong with a field; a field that is missing or unknown is named in the message only."""
    named = NAMED.search(message)
    return {"field": ".".join(filter(None, (path.strip("."), named[1] if named else ""))), "message": message}


def malformed(field: str, message: str) -> RequestMalformed:
    """Give the refusal of one field."""
    return RequestMalformed(errors=[fault(field, message)])


class Asked(Request[Any, Any, State]):
    """A request; a body that is no JSON is the caller's fault, where Litestar takes half of them for ours."""

    async def json(self) -> Any:
        """Give the body."""
        try:
            return await super().json()
        except (SerializationException, UnicodeDecodeError, RecursionError):
            raise malformed("", NO_JSON) from None


def problem_response(problem: Problem) -> Response[bytes]:
    """Give the answer that tells of a refusal."""
    headers = {"WWW-Authenticate": "Bearer"} if problem.status == UNAUTHORIZED else {}
    headers |= {str(k): str(v) for k, v in problem.members.get("headers", {}).items()}
    if "retry_after_seconds" in problem.members:
        headers["Retry-After"] = str(problem.members["retry_after_seconds"])
    document = {key: value for key, value in problem.document().items() if key != "headers"}
    return Response(
        msgspec.json.encode(document), status_code=problem.status, media_type=PROBLEM_JSON, headers=headers
    )


def _refusal(_request: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    return problem_response(problem)


def _malformed(_request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    if lacking := LACKING.match(error.detail):
        return problem_response(malformed(lacking[1], "缺少此项 · it is missing"))
    # Litestar's own messages name the field and the expected type; they repeat no value but a wrong code.
    fields = [
        fault(str(item.get("key", "")).removeprefix("data"), _plain(str(item.get("message", ""))))
        for item in (error.extra if isinstance(error.extra, list) else [])
        if isinstance(item, dict)
    ]
    return problem_response(RequestMalformed(errors=fields))


def _plain(message: str) -> str:
    return NO_JSON if message == NO_BODY else message


def _http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    match error.status_code:
        case 404:
            return problem_response(NotFound())
        case 405:
            return problem_response(MethodNotAllowed(headers=error.headers or {}))
        case 413:
            return problem_response(RequestTooLarge())
        case status if 400 <= status < 500 or error.detail == CLIENT_LEFT:  # noqa: PLR2004 - the client-error class of HTTP
            return problem_response(malformed("", UNREADABLE))
        case _:
            return _bug(request, error)


def _bug(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    request_id = str(request.scope.get("state", {}).get("request_id", ""))
    log.error("request.failed", path=request.scope.get("path"), request_id=request_id, exc_info=error)
    return problem_response(InternalError(request_id=request_id))


HANDLERS: ExceptionHandlersMap = {
    Problem: _refusal,
    ValidationException: _malformed,
    HTTPException: _http,
    Exception: _bug,
}

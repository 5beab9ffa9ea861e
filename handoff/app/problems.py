"""The edge: errors become HTTP problems and `rejected` frames here, and nothing inside leaks out."""

import structlog
from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from handoff.errors import HandoffError, RateLimited
from handoff.protocol import Rejected
from knowledge_base.wire import Problem

log = structlog.get_logger(__name__)


_REFUSED = {
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "This cannot be done here."),
}
"""What the framework refuses by itself, by status; anything else is a body that cannot be read."""


def add_problem_handlers(app: FastAPI) -> None:
    async def handler(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HandoffError):
            raise error
        return problem_of(error)

    async def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if not request.url.path.startswith("/api/"):
            return await http_exception_handler(request, error)
        code, message = _REFUSED.get(error.status_code, ("bad_request", "This request cannot be read."))
        problem = Problem(code=code, message=message, retryable=False)
        return JSONResponse(problem.model_dump(), status_code=error.status_code, headers=error.headers)

    app.add_exception_handler(HandoffError, handler)
    app.add_exception_handler(HTTPException, refused)


def problem_of(error: HandoffError) -> JSONResponse:
    """The answer to a request that met `error`."""
    headers = {"Retry-After": str(round(error.retry_after_seconds))} if isinstance(error, RateLimited) else {}
    problem = Problem(code=error.code, message=error.message, retryable=error.retryable)
    return JSONResponse(problem.model_dump(), status_code=error.status, headers=headers)


def unexpected_problem(path: str, error: Exception) -> JSONResponse:
    """The answer to a request that met a bug of ours."""
    log.error("request.failed", path=path, exc_info=error)
    problem = Problem(
        code="internal_error", message="Something went wrong on our side. Try again.", retryable=True
    )
    return JSONResponse(problem.model_dump(), status_code=500)


def rejected(error: Exception, cmid: str | None, conversation: str | None = None) -> Rejected:
    """The frame for an error that one frame met."""
    if isinstance(error, HandoffError):
        return Rejected(
            cmid=cmid,
            conversation=conversation,
            code=error.code,
            message=error.message,
            retryable=error.retryable,
            retry_after_seconds=error.retry_after_seconds if isinstance(error, RateLimited) else None,
        )
    if isinstance(error, ValidationError):
        return Rejected(
            cmid=cmid, conversation=conversation, code="bad_frame", message=_what(error), retryable=False
        )
    log.error("frame.failed", exc_info=error)
    message = "Something went wrong on our side. Try again."
    return Rejected(
        cmid=cmid, conversation=conversation, code="internal_error", message=message, retryable=True
    )


def _what(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return f"{where}: {first['msg']}." if where else f"{first['msg']}."

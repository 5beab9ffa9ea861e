"""The edge: errors become HTTP problems and `rejected` frames here, and nothing inside leaks out."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from handoff.errors import HandoffError, RateLimited
from handoff.protocol import Rejected
from knowledge_base.wire import Problem

log = structlog.get_logger(__name__)


def add_problem_handlers(app: FastAPI) -> None:
    async def handler(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HandoffError):
            raise error
        return problem_of(error)

    app.add_exception_handler(HandoffError, handler)


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

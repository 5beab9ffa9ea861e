"""Signing staff in: argon2 passwords, sessions in a cookie, one throttle.

A session is a random token in an HttpOnly cookie; the database holds its digest. Unsafe requests must come from our own
pages.
"""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from fastapi import APIRouter, Request, Response
from starlette.requests import HTTPConnection

from handoff.app.limits import Limiter
from handoff.app.origin import origin
from handoff.desk import hashed
from handoff.errors import NotAllowed, NotSignedIn, RateLimited
from handoff.ports import AgentRecord, Store
from handoff.protocol import Me, SignIn

COOKIE = "frontdesk_session"
ATTEMPTS_ON_ACCOUNT = 10
"""Sign-ins on one e-mail in a minute, wherever they come from."""
ATTEMPTS_OF_ADDRESS = 30
"""Sign-ins from one address in a minute, whatever the e-mail."""
MOST_WAITING = 20
"""Sign-ins that wait for their turn to be checked."""
Role = Literal["agent", "editor"]
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Checked for unknown e-mails, so that they take as long as known ones."""


def hash_password(password: str) -> str:
    return _hasher.hash(password)


class Sessions:
    def __init__(
        self, store: Store, lifetime: timedelta, allowed_origins: frozenset[str], secure: bool
    ) -> None:
        self._store = store
        self._lifetime = lifetime
        self._allowed = allowed_origins
        self._secure = secure
        self._hashing = asyncio.Semaphore(2)  # each hash costs 64 MiB for a moment
        self._waiting = 0

    async def sign_in(self, email: str, password: str) -> tuple[AgentRecord, str]:
        """The agent and a new session token. Raises NotSignedIn, the same for a wrong e-mail as for a wrong password."""
        agent = await self._store.read(lambda tx: tx.agent_by_email(email))
        if self._waiting >= MOST_WAITING:
            raise RateLimited("Many people sign in right now. Try again in a moment.", 2.0)
        self._waiting += 1
        try:
            right = await self._check(agent.password_hash if agent else _NOBODY, password)
        finally:
            self._waiting -= 1
        if agent is None or not right:
            raise NotSignedIn("This e-mail and password do not match.")
        token = secrets.token_urlsafe(32)
        until = datetime.now(UTC) + self._lifetime
        await self._store.write(lambda tx: tx.add_session(hashed(token), agent.id, until))
        return agent, token

    async def _check(self, password_hash: str, password: str) -> bool:
        async with self._hashing:
            return await asyncio.to_thread(_verify, password_hash, password)

    async def require(self, connection: HTTPConnection, role: Role | None = None) -> AgentRecord:
        """Who is signed in. Raises NotSignedIn, or NotAllowed without `role`."""
        token = connection.cookies.get(COOKIE)
        agent = await self._store.read(lambda tx: tx.session_agent(hashed(token))) if token else None
        if agent is None:
            raise NotSignedIn("Sign in first.")
        if role and role not in agent.roles:
            raise NotAllowed(f"Your account is not one of an {role}.")
        return agent

    def own_origin(self, connection: HTTPConnection, *, missing_is_fine: bool) -> bool:
        """Whether the page behind this request is our own, by its raw Origin header. Staff come from nowhere else."""
        origin = connection.headers.get("origin")
        if origin is None:
            return missing_is_fine
        host = connection.headers.get("host", "")
        return origin in (f"http://{host}", f"https://{host}")

    def may_embed(self, connection: HTTPConnection) -> bool:
        """Whether the page behind this request may show the widget."""
        allowed = connection.headers.get("origin") in self._allowed
        return allowed or self.own_origin(connection, missing_is_fine=True)

    def router(self, limiter: Limiter) -> APIRouter:
        router = APIRouter(prefix="/api", tags=["staff"])

        @router.post("/signin")
        async def signin(form: SignIn, request: Request, response: Response) -> Me:
            """Opens a session for an agent or editor."""
            await limiter.check(f"signin:{origin(request.scope)}", ATTEMPTS_OF_ADDRESS, 60)
            await limiter.check(f"signin:{form.email.casefold()}", ATTEMPTS_ON_ACCOUNT, 60)
            agent, token = await self.sign_in(form.email, form.password)
            response.set_cookie(
                COOKIE, token, max_age=round(self._lifetime.total_seconds()), httponly=True, samesite="lax",
                secure=self._secure, path="/",
            )  # fmt: skip
            return me(agent)

        @router.post("/signout", status_code=204)
        async def signout(request: Request, response: Response) -> None:
            """Ends the session."""
            token = request.cookies.get(COOKIE)
            if token:
                await self._store.write(lambda tx: tx.end_session(hashed(token)))
            response.delete_cookie(COOKIE, path="/")

        @router.get("/me")
        async def whoami(request: Request) -> Me:
            """Who is signed in."""
            return me(await self.require(request))

        return router


def me(agent: AgentRecord) -> Me:
    return Me.model_validate(
        {
            "id": agent.id,
            "name": agent.name,
            "email": agent.email,
            "about": agent.about,
            "roles": list(agent.roles),
        }
    )


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False

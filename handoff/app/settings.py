"""All settings, from `FRONTDESK_…` variables or a `.env` file. Built once, frozen, and passed down as plain values.

An empty environment is enough to start the demo. A name that is not listed here is an error, not a surprise; outside the
demo the built-in secret is refused.
"""

import os
import secrets
from pathlib import Path
from typing import Literal, Self

from dotenv import dotenv_values
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from handoff.adapters.engines import database_of
from handoff.pii import ORDER_NUMBER, PHONE_REGIONS, Recogniser

PREFIX = "FRONTDESK_"
OTHERS = frozenset(
    {
        "RASA_PORT",
        "ACTIONS_PORT",
        "ACTION_URL",
        "GATEWAY_URL",
        "EVAL_DIR",
        "PYTHON310",
        "CHROMIUM",
    }
)
"""Names that the launcher, the bot, the actions and the tests read."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", frozen=True, extra="ignore")

    demo: bool = Field(default=True, description="A demo may run without a secret of its own.")
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65_535, description="Port of the gateway; 0: any free one.")
    database_url: str = Field(
        default="sqlite:///var/frontdesk.db", description="sqlite:///… or postgresql+asyncpg://…"
    )
    encoder_dir: Path = Field(default=Path("var/encoder"), description="The exported encoder.")
    dist_dir: Path = Field(default=Path("web_widget/dist"), description="The built pages.")
    redis_url: str = Field(
        default="", description="Redis for several gateways; none: one gateway rings alone."
    )
    rasa_url: str = Field(
        default="http://127.0.0.1:5005", description="Where Rasa listens; several addresses with commas."
    )
    service_secret: SecretStr = Field(default=SecretStr(""), description="Shared with Rasa and the actions.")
    allowed_origins: list[str] = Field(default=[], description="Other sites that may embed the widget.")
    secure_cookies: bool | None = Field(default=None, description="Cookies over HTTPS only; not in the demo.")
    vector_index: Literal["exact", "pgvector"] = Field(
        default="exact", description="Search articles in memory, or in Postgres when they are very many."
    )
    site_id: str = Field(default="default", description="The one site of this installation.")
    phone_regions: str = Field(
        default=PHONE_REGIONS, description="Countries whose customers write telephone numbers without +."
    )
    order_number: str = Field(default=ORDER_NUMBER, description="Regular expression of an order number.")
    session_hours: float = Field(default=12, gt=0, description="How long a sign-in lasts.")
    turn_seconds: float = Field(default=20, gt=0, description="Time-out of one bot turn.")
    turn_notice_seconds: float = Field(
        default=10, gt=0, description="After this a customer is told that the bot is still at it."
    )
    turn_total_seconds: float = Field(default=25, gt=0, description="After this a person is offered.")
    turns_in_line: int = Field(
        default=200,
        ge=0,
        description="Questions waiting for the bot beyond which a person is offered at once.",
    )
    agent_away_seconds: float = Field(
        default=60, gt=0, description="An absent agent is shown as away after this."
    )
    agent_gone_seconds: float = Field(
        default=120, gt=0, description="An absent agent's chats go back after this."
    )
    routing: Literal["pick", "offer"] = Field(
        default="pick", description="Agents pick, or each conversation is offered to one after the other."
    )
    offer_seconds: float = Field(default=30, gt=0, description="Time to take what is offered or passed on.")
    long_wait_seconds: float = Field(
        default=600, gt=0, description="Expected waits beyond this offer an e-mail or a call back."
    )
    chat_seconds: float = Field(
        default=300, gt=0, description="How long a conversation takes an agent, until some were served."
    )
    drain_seconds: float = Field(
        default=10, ge=0, description="Over how long a stopping gateway lets go of its sockets."
    )
    smtp_url: str = Field(
        default="", description="smtp://user:password@host:port for letters to customers; none: none go out."
    )
    mail_from: str = Field(default="", description="Sender of those letters.")
    site_url: str = Field(default="", description="Where such a letter says that the conversation goes on.")
    connections_per_address: int = Field(default=10_000, gt=0, description="Open sockets from one address.")
    keep_answers_days: float = Field(
        default=90, ge=0, description="How long answered questions are logged, masked; 0 keeps none."
    )
    frames_per_10_seconds: int = Field(default=60, gt=0, description="Frames of one socket.")
    messages_per_minute: int = Field(default=100, gt=0, description="Messages of one customer.")
    conversations_per_hour: int = Field(default=600, gt=0, description="New customers from one address.")
    handshakes_per_minute: int = Field(
        default=1_200,
        gt=0,
        description="Sockets that one address opens: an office, or a proxy, has one for all.",
    )
    most_connections: int = Field(default=20_000, gt=0, description="Open sockets of this process.")

    @field_validator("database_url")
    @classmethod
    def _database_is_one_of_ours(cls, url: str) -> str:
        database_of(url)
        return url

    @model_validator(mode="after")
    def _personal_data_is_recognised(self) -> Self:
        self.recogniser()
        return self

    def recogniser(self) -> Recogniser:
        """What finds personal data here; ValueError names the setting that is no good."""
        return Recogniser(self.phone_regions, self.order_number)

    @model_validator(mode="after")
    def _letters_can_be_sent(self) -> Self:
        if self.smtp_url:
            from handoff.adapters.mail_smtp import SmtpPost

            SmtpPost(self.smtp_url, self.mail_from)
        return self

    @model_validator(mode="after")
    def _redis_has_an_address(self) -> Self:
        if self.redis_url and not self.redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("FRONTDESK_REDIS_URL is named as redis://host:6379/0, and this is not.")
        return self

    @model_validator(mode="after")
    def _secret_outside_demo(self) -> Self:
        if not self.demo and len(self.service_secret.get_secret_value()) < 16:
            raise ValueError(
                "Set FRONTDESK_SERVICE_SECRET to at least 16 random characters, or FRONTDESK_DEMO=true."
            )
        return self


def load_settings(**overrides: object) -> Settings:
    """The settings of this process. Raises ValueError for an unknown `FRONTDESK_…` name, in `.env` too."""
    listed = {name.upper() for name in Settings.model_fields} | OTHERS
    given = {*os.environ, *(key.upper() for key in dotenv_values(".env"))}
    unknown = sorted(
        key for key in given if key.startswith(PREFIX) and key.removeprefix(PREFIX) not in listed
    )
    if unknown:
        raise ValueError(
            f"Unknown setting {unknown[0]}. Known ones: {', '.join(PREFIX + n for n in sorted(listed))}."
        )
    settings = Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic
    update: dict[str, object] = {}
    if not settings.service_secret.get_secret_value():
        update["service_secret"] = SecretStr(secrets.token_urlsafe(32))
    if settings.secure_cookies is None:
        update["secure_cookies"] = not settings.demo
    return settings.model_copy(update=update)

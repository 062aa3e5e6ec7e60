"""What the environment decides. A merchant's behaviour is a row, never a variable here."""

import os
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ENV_FILE = "ENV_FILE"


def env_file() -> Path:
    """Beside the code; where a copy of the code runs, the environment says beside which."""
    return Path(os.environ.get(ENV_FILE) or Path(__file__).resolve().parent / ".env")


class Settings(BaseSettings):
    """Every field is an environment variable of the same name in capitals; `.env` is read too."""

    # The file beside the code: actors run in folders of their own.
    model_config = SettingsConfigDict(env_file=env_file(), extra="ignore", env_ignore_empty=True)

    # Where it runs
    database_url: str | None = None  # unset: the embedded PostgreSQL under data_dir
    data_dir: Path = Path("var")
    uploads_url: str | None = None  # any address fsspec knows; unset: a folder under data_dir
    port: int = Field(8000, ge=1, le=65535)
    app_url: str | None = None  # how the outside reaches us; unset: http://localhost:PORT
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "json"
    otel_exporter_otlp_endpoint: str | None = None  # unset: nobody keeps traces

    # Secrets; the first two are made once under data_dir when unset
    admin_token: SecretStr | None = None
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()  # first encrypts, all decrypt

    # Models
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-4.1-mini"
    openai_embedding_model: str = "text-embedding-3-small"
    embedder: Literal["local", "openai"] = "local"

    # Instagram
    instagram_app_id: str | None = None  # unset: accounts are connected by hand only
    instagram_app_secret: Annotated[tuple[SecretStr, ...], NoDecode] = ()  # any may have signed
    instagram_webhook_verify_token: SecretStr | None = None
    instagram_graph_url: str = "https://graph.instagram.com"
    instagram_api_url: str = "https://api.instagram.com"
    instagram_login_url: str = "https://www.instagram.com"
    instagram_api_version: str = "v25.0"
    comment_poll_seconds: float = Field(600, ge=1)

    # Shopify
    shopify_api_key: str | None = None  # unset: stores are connected by hand only
    shopify_api_secret: Annotated[tuple[SecretStr, ...], NoDecode] = ()  # any may have signed
    shopify_api_version: str = "2026-07"
    shopify_admin_url: str = "https://{shop}"

    # How often in a minute; 0 is without limit. Counted in each process by itself
    requests_per_address: int = Field(30_000, ge=0)
    requests_per_token: int = Field(30_000, ge=0)
    messages_per_customer: int = Field(600, ge=0)

    # Shards and pace. Counts are kept in the database: changing one needs a restart
    conversation_shards: int = Field(2, ge=1, le=256)
    delivery_shards: int = Field(1, ge=1, le=256)
    catalog_actors: int = Field(1, ge=1, le=256)
    nodes: int = Field(1, ge=1)  # that the cluster begins with
    front_replicas: int = Field(1, ge=1, le=256)
    agent_replicas: int = Field(1, ge=1, le=256)
    agent_replicas_max: int | None = Field(None, le=256)  # unset: always as many as agent_replicas
    agent_cpus: float = Field(0, ge=0)  # what each agent replica has to itself
    catalog_loaded_products: int = Field(1_500_000, ge=1)
    dedicated_products: int = Field(20_000, ge=1)
    burst_quiet_seconds: float = Field(1.5, ge=0, le=4)
    pause_hours: float = Field(12, gt=0)

    @field_validator("shopify_admin_url")
    @classmethod
    def _names_the_shop(cls, value: str) -> str:
        if "{shop}" not in value:
            raise ValueError("should contain {shop}, in whose place the store's name is put")
        return value

    @field_validator("encryption_keys", "instagram_app_secret", "shopify_api_secret", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("agent_replicas_max")
    @classmethod
    def _not_fewer(cls, value: int | None, others: ValidationInfo) -> int | None:
        fewest = others.data.get("agent_replicas", 1)
        if value is not None and value < fewest:
            raise ValueError(f"should be at least AGENT_REPLICAS, which is {fewest}")
        return value

    @property
    def public_url(self) -> str:
        return (self.app_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def uploads_location(self) -> str:
        return (self.uploads_url or str(self.data_dir.resolve() / "uploads")).rstrip("/")

    @property
    def reachable(self) -> bool:
        """Whether a customer's phone gets to `public_url`: not if it names this machine or its network."""
        host = urlsplit(self.public_url).hostname or ""
        try:
            return ip_address(host).is_global
        except ValueError:
            return "." in host and not host.endswith((".localhost", ".local", ".internal"))

    @property
    def instagram_secrets(self) -> list[str]:
        """The first is the Instagram app's own: accounts are connected with it."""
        return [secret.get_secret_value() for secret in self.instagram_app_secret]

    @property
    def shopify_secrets(self) -> list[str]:
        """The first is the app's of today: stores are connected with it."""
        return [secret.get_secret_value() for secret in self.shopify_api_secret]

    @property
    def require_admin_token(self) -> str:
        """The launcher sets it, too, unless the environment does."""
        if self.admin_token is None:
            raise RuntimeError("ADMIN_TOKEN is not set. `make run` makes one; anything else needs it set.")
        return self.admin_token.get_secret_value()

    @property
    def require_database_url(self) -> str:
        """The launcher sets it before any process of ours starts."""
        if self.database_url is None:
            raise RuntimeError(
                "DATABASE_URL is not set. `make run` starts an embedded PostgreSQL and sets it; "
                "anything else needs the address of a PostgreSQL."
            )
        return self.database_url


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read once a process."""
    return Settings()

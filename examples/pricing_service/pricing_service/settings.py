"""What may differ from one deployment to the next, read from the environment."""

from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Each field is the environment variable of its name, in capitals."""

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    max_lines: int = Field(default=200, ge=1)
    strict: bool = False

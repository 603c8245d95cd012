"""Start the service where the environment says."""

import sys

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from .app import create_app
from .settings import Settings


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    LOGGING_CONFIG["handlers"]["default"]["stream"] = sys.stdout
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
    )


if __name__ == "__main__":
    main()

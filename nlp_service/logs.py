"""Structured logs, one JSON object a line on stderr; no texts, no ids, no words of exceptions."""

import logging
import sys
import traceback

import structlog

_FRAMES = 5


def configure(level: str) -> None:
    """Send the service's log to stderr from `level` on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def log_bug(error: Exception) -> None:
    """Log where a bug struck; not its words, which may repeat what a caller sent."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = [f"{frame.name}:{frame.lineno}" for frame in frames]
    structlog.get_logger().error("bug", kind=type(error).__name__, where=where)

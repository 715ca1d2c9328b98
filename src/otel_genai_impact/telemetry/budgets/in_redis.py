"""How a Redis is reached, how an account is named there, and what is asked of it."""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, urlsplit

from otel_genai_impact._contain import log_once
from otel_genai_impact.telemetry.budgets.amounts import NOTHING

PATIENCE_S: Final = 0.25
"""How long an answer may take."""
_LONGEST_KEY: Final = 100

# In one step, so that no other process comes in between: add each amount, begin the window with the first of them, and
# give the sums and how long (ms) the window lasts. Without amounts, only the latter. Redis keeps the end of a window as a
# time of day: where its clock was set back, what is left is more than the whole window, and is made that.
SCRIPT: Final = """
for column = 2, #ARGV do redis.call('HINCRBYFLOAT', KEYS[1], column - 2, ARGV[column]) end
local left = redis.call('PTTL', KEYS[1])
local window = tonumber(redis.call('HGET', KEYS[1], 'window') or left)
if left == -1 then
  redis.call('HSET', KEYS[1], 'window', ARGV[1])
  window = tonumber(ARGV[1])
end
if left == -1 or left > window then
  redis.call('PEXPIRE', KEYS[1], window)
  left = window
end
local sums = {left}
for column = 0, COLUMNS - 1 do sums[column + 2] = redis.call('HGET', KEYS[1], column) or '0' end
return sums
""".replace("COLUMNS", str(len(NOTHING)))


def client_of(url: str) -> Any:
    """What talks to the Redis at a URL; None where that cannot be had, which is a line in the log."""
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        _check(url)
        return Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
            url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=Retry(NoBackoff(), 0)
        )
    except ImportError:
        line = "budgets in Redis need the package redis: pip install 'otel-genai-impact[redis]'; each process counts by itself"
        log_once(logging.WARNING, line)
    except Exception as error:  # noqa: BLE001 -- a URL that is none
        # Neither the URL nor what the error says of it, which may be half of a password.
        line = (
            f"budgets: Redis cannot be used ({type(error).__name__}); allowed are URLs like redis://user:password@host:6379/0, "
            "rediss:// and unix://, with what is special in a password as %2F, %23 and so on; each process counts by itself"
        )
        log_once(logging.WARNING, line, about="budgets")
    return None


def _check(url: str) -> None:
    """Refuse a URL with part of a password where host, port or path are looked for: later errors would say it."""
    parts = urlsplit(url)
    if parts.scheme != "unix" and "@" in parts.path + parts.fragment:
        raise ValueError("a password that is not encoded")


def name_in_redis(name: str, key: str) -> str:
    """Of a bounded length, with nothing in it that means something to anybody."""
    short = quote(key, safe="")
    if len(short) > _LONGEST_KEY:
        short = sha256(key.encode("utf-8", "replace")).hexdigest()
    return f"genai-impact:budget:{quote(name, safe='')}:{short}"

"""The application of `site.py`, which starts the instrumentation itself: where gunicorn's workers of greenlets load it, all is patched."""

from __future__ import annotations

import platform

# The OpenAI SDK asks for it, and Python starts a program to answer: once, before greenlets could each start one.
platform.processor()

from opentelemetry.instrumentation.auto_instrumentation import initialize  # noqa: E402

initialize()

from tests.servers.site import application  # noqa: E402

__all__ = ["application"]

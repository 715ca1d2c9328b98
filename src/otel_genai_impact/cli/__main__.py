"""`python -m otel_genai_impact.cli`: the command line where the script `genai-impact` is not on the path."""

from __future__ import annotations

import sys

from otel_genai_impact.cli import main

if __name__ == "__main__":
    sys.exit(main())

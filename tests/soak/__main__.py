"""`python -m tests.soak 5000000 1000000`: so many spans of a fleet, and of an attacker. Exits with 1 if a promise breaks."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

from tests.soak.soak import soak


def main(arguments: list[str]) -> int:
    """Run each kind in a process of its own, whose memory is its own, too."""
    if arguments[0] in {"fleet", "attacker"}:
        return _one(arguments)
    print(f"Python {sys.version.split()[0]}, opentelemetry-sdk {version('opentelemetry-sdk')}", flush=True)
    runs = [
        subprocess.run([sys.executable, "-m", "tests.soak", kind, spans], check=False)
        for kind, spans in zip(("fleet", "attacker"), arguments, strict=True)
    ]
    return max(run.returncode for run in runs)


def _one(arguments: list[str]) -> int:
    kind = "fleet" if arguments[0] == "fleet" else "attacker"
    result = soak(kind, *map(int, arguments[1:]), tell=_say)
    print(f"{result.kind}: {result.spans:,} spans in {result.took_s:,.0f} s")
    print(
        f"  requests          {result.requests:,} made, {result.counted:,} counted, in {result.series:,} series; {result.log_lines} lines in the log"
    )
    print(f"  resident memory   {', '.join(f'{mib:.2f}' for mib in result.rss_mib)} MiB: +{result.growth_mib:.2f}")
    print(
        f"  a span costs      {result.first.ratio:.3f} bare ones at first, {result.last.ratio:.3f} at the end; "
        f"control +-{result.first.noise:.1%}, +-{result.last.noise:.1%}"
    )
    print(f"  {'; '.join(result.broken) or 'as promised'}", flush=True)
    return 1 if result.broken else 0


def _say(spans: int, rss_mib: float) -> None:
    """It takes long: a line now and then."""
    print(f"{spans:,} spans, {rss_mib:.2f} MiB", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

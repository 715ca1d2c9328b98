"""A certificate and a token for the Collector's production file, made for one test."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "a-token-for-tests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the Collector is told, and what an application is told."""

    certificate: Path
    settings: dict[str, str]

    def application(self, grpc_endpoint: str) -> dict[str, str]:
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"https://{grpc_endpoint}",
            "OTEL_EXPORTER_OTLP_CERTIFICATE": str(self.certificate),
            "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{TOKEN}",
        }


def make_credentials(folder: Path) -> Credentials:
    """Writes them into the folder; the queue on disk is there, too."""
    certificate, key, token = folder / "server.crt", folder / "server.key", folder / "token"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run(["openssl", "req", *kind, *name, *files], check=True, capture_output=True)
    token.write_text(f"{TOKEN}\n")
    settings = {
        "OTELCOL_CERT_FILE": str(certificate),
        "OTELCOL_KEY_FILE": str(key),
        "OTELCOL_TOKEN_FILE": str(token),
        "OTELCOL_STORAGE_DIRECTORY": str(folder / "queue"),
    }
    return Credentials(certificate=certificate, settings=settings)

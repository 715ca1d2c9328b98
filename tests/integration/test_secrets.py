"""What nobody may read in telemetry: prompts, answers, keys, and credentials in URLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv
from tests.kit.answers import Answer
from tests.kit.app import run_app
from tests.kit.otlp_json import CHAT, RECORDED, line, span
from tests.kit.telemetry import Telemetry

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kit.otlp_sink import OtlpSink
    from tests.kit.provider_server import ProviderServer

PROMPT: Final = "s3cret-prompt"
ANSWER: Final = "s3cret-answer"
KEY: Final = "sk-s3cret-key"
PASSWORD: Final = "s3cret-password"
SECRETS: Final = (PROMPT, ANSWER, KEY, PASSWORD)

_APP: Final = """
import openai
client = openai.OpenAI(max_retries=0)
for model in ("gpt-4o", "nobody-knows-it", "fails"):
    try:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "s3cret-prompt"}])
    except openai.APIStatusError:
        pass
"""


def _secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_nothing_of_a_call_is_told(sink: OtlpSink, provider: ProviderServer) -> None:
    """Attributes, metrics, the log and the summary of real calls have no prompt, answer, key, or password of a URL."""
    provider.default = Answer(text=ANSWER)
    provider.answer_to("fails", Answer(error_status=500))
    ran = run_app(
        _APP,
        sink=sink,
        protocol="http/protobuf",
        environment={
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": f"{provider.url.replace('http://', f'http://user:{PASSWORD}@')}/v1",
            "GENAI_IMPACT_SUMMARY": "true",
            "GENAI_IMPACT_DETAIL": "full",
        },
    ).checked()
    assert "Environmental impacts" in ran.stderr
    assert [] == _secrets_in(ran.stdout + ran.stderr)
    assert 3 == sink.sum_of("genai_impact.requests")
    assert [] == _secrets_in(repr(sink.spans))
    assert [] == _secrets_in(repr(sink.points))


def test_what_other_instrumentations_record_goes_no_further() -> None:
    """Prompts and URLs with credentials that stand on a span already are in nothing of ours: no attribute, no metric."""
    telemetry = Telemetry({"detail": "full"})
    address = f"https://user:{PASSWORD}@example.openai.azure.com/v1?api-key={KEY}"
    theirs = {
        "gen_ai.input.messages": PROMPT,
        "gen_ai.prompt.0.content": PROMPT,
        "input.value": PROMPT,
        "output.value": ANSWER,
        "gen_ai.openai.api_base": address,
        semconv.SERVER_ADDRESS: address,
    }
    written = telemetry.request(theirs)
    ours = {key: value for key, value in written.items() if key.startswith("genai_impact.")}
    assert semconv.ENERGY in ours
    assert [] == _secrets_in(repr(ours))
    assert [] == _secrets_in(repr(telemetry.points()))


def test_a_report_shows_no_content(tmp_path: Path) -> None:
    """Stored traces with prompts in them become a page and a table without."""
    said = {
        **CHAT,
        **RECORDED,
        "gen_ai.input.messages": PROMPT,
        "output.value": ANSWER,
        "http.url": f"//u:{PASSWORD}@h/",
    }
    traces, page = tmp_path / "traces.jsonl", tmp_path / "report.html"
    traces.write_text(line(span(1, said)) + "\n", encoding="utf-8")
    made = "from otel_genai_impact.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
    run_app(made, "report", str(traces), "-o", str(page), launcher=()).checked()
    table = run_app(made, "report", str(traces), "--csv", "-", launcher=()).checked().stdout
    assert "gpt-4o" in table
    assert [] == _secrets_in(page.read_text(encoding="utf-8") + table)

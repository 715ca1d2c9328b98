"""Roll-ups: a local root, an agent, a workflow and a tool say what the requests below them came to."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, set_span_in_context

from otel_genai_impact.telemetry import memory
from tests.kit.telemetry import CHAT, USAGE, Telemetry

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import Span

PREFIX = "genai_impact.rollup."
AGENT = {"gen_ai.operation.name": "invoke_agent"}
TOOL = {"gen_ai.operation.name": "execute_tool"}


def _rollup(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix(PREFIX): value for name, value in attributes.items() if name.startswith(PREFIX)}


def _sum(requests: list[dict[str, Any]]) -> Any:
    """What the roll-up of these requests, all estimated, must be."""
    sums = {name: sum(request[f"genai_impact.{name}"] for request in requests) for name in ("energy", "gwp", "wcf")}
    return pytest.approx({**sums, "requests": len(requests), "not_estimated": 0}, rel=1e-12)


def _tokens(output: int) -> dict[str, int]:
    return {"gen_ai.usage.output_tokens": output}


def test_the_local_root_sums_what_is_below_it(telemetry: Telemetry) -> None:
    """However deep; energy, greenhouse gases, water and the number of requests."""
    root = telemetry.start({}, name="POST /answer")
    middle = telemetry.start({}, name="middle", parent=root)
    deep = telemetry.start({}, name="deep", parent=middle)
    made = [telemetry.request(_tokens(100), parent=root), telemetry.request(_tokens(200), parent=deep)]
    telemetry.end(deep)
    telemetry.end(middle)
    assert _rollup(telemetry.end(root)) == _sum(made)


def test_a_parent_that_is_called_remote_and_is_here(telemetry: Telemetry) -> None:
    """Logfire hands the context on to threads as if to another process: the requests there are below the root as well."""
    root = telemetry.start({}, name="POST /answer")
    here = root.get_span_context()
    handed_on = SpanContext(here.trace_id, here.span_id, is_remote=True, trace_flags=here.trace_flags)
    context = set_span_in_context(NonRecordingSpan(handed_on))
    made = [telemetry.request(context=context), telemetry.request(context=context)]
    in_thread = telemetry.start({}, name="in a thread", context=context)
    made.append(telemetry.request(parent=in_thread))
    assert _rollup(telemetry.end(in_thread)) == _sum(made[2:])
    assert _rollup(telemetry.end(root)) == _sum(made)


def test_a_span_in_between_passes_on_and_says_nothing(telemetry: Telemetry) -> None:
    """A plain span that is neither the local root nor an agent, a workflow or a tool has no roll-up."""
    root = telemetry.start({}, name="POST /answer")
    middle = telemetry.start({}, name="middle", parent=root)
    made = [telemetry.request(parent=middle), telemetry.request(parent=middle)]
    assert _rollup(telemetry.end(middle)) == {}
    assert _rollup(telemetry.end(root)) == _sum(made)


@pytest.mark.parametrize(
    "marks",
    [
        AGENT,
        TOOL,
        {"gen_ai.operation.name": "invoke_workflow"},
        {"openinference.span.kind": "AGENT"},
        {"traceloop.span.kind": "workflow"},
        {"langfuse.observation.type": "tool"},
    ],
)
def test_agents_workflows_and_tools_sum_their_own(telemetry: Telemetry, marks: dict[str, str]) -> None:
    """Each what is below it, in the conventions and in the spellings of others."""
    root = telemetry.start({}, name="root")
    span = telemetry.start(marks, name="of a framework", parent=root)
    inner, outer = telemetry.request(_tokens(10), parent=span), telemetry.request(_tokens(20), parent=root)
    assert _rollup(telemetry.end(span)) == _sum([inner])
    assert _rollup(telemetry.end(root)) == _sum([inner, outer])


def test_an_agent_with_three_tools_and_seven_calls_in_parallel_tasks(telemetry: Telemetry) -> None:
    """The root's roll-up equals the sum of the seven, each tool's that of its own."""
    tracer = telemetry.tracers.get_tracer("agent")
    tools: dict[str, tuple[Any, list[Any]]] = {}

    async def call(tokens: int) -> dict[str, Any]:
        span = tracer.start_span("chat gpt-4o", attributes=CHAT)
        await asyncio.sleep(0)
        span.set_attributes({**USAGE, **_tokens(tokens)})
        await asyncio.sleep(0.001)
        span.end()
        return dict(getattr(span, "attributes", None) or {})

    async def tool(name: str, calls: int) -> list[dict[str, Any]]:
        with tracer.start_as_current_span(f"execute_tool {name}", attributes=TOOL) as span:
            made = await asyncio.gather(*(call(10 * number + calls) for number in range(1, calls + 1)))
        tools[name] = (span, list(made))
        return list(made)

    async def run() -> list[dict[str, Any]]:
        with tracer.start_as_current_span("invoke_agent", attributes=AGENT):
            made, *by_tools = await asyncio.gather(call(5), tool("a", 1), tool("b", 2), tool("c", 3))
        return [made, *(each for by_tool in by_tools for each in by_tool)]

    made = asyncio.run(run())
    assert len(made) == 7
    assert _rollup(dict(telemetry.spans[-1].attributes or {})) == _sum(made)
    for span, its in tools.values():
        assert _rollup(dict(span.attributes)) == _sum(its)


def test_nested_agents(telemetry: Telemetry) -> None:
    """The inner one has its own, the outer one both."""
    outer = telemetry.start(AGENT, name="outer")
    inner = telemetry.start(AGENT, name="inner", parent=outer)
    first, second = telemetry.request(_tokens(10), parent=inner), telemetry.request(_tokens(20), parent=outer)
    assert _rollup(telemetry.end(inner)) == _sum([first])
    assert _rollup(telemetry.end(outer)) == _sum([first, second])


def test_threads(telemetry: Telemetry) -> None:
    """Eight threads add to one span at once, and nothing is lost."""
    root = telemetry.start({}, name="root")
    with ThreadPoolExecutor(8) as pool:
        for tokens in range(1, 2001):
            pool.submit(telemetry.request, _tokens(tokens), parent=root)
    spans = [dict(span.attributes or {}) for span in telemetry.spans]
    assert len(spans) == 2000
    assert _rollup(telemetry.end(root)) == _sum(spans)


def test_requests_without_an_estimate_are_said(telemetry: Telemetry) -> None:
    """They count as requests; and where none has an estimate, there are no figures: unknown is not 0."""
    root = telemetry.start({}, name="root")
    tool = telemetry.start(TOOL, name="tool", parent=root)
    telemetry.request({"gen_ai.request.model": "nobody-knows-it"}, parent=tool)
    assert _rollup(telemetry.end(tool)) == {"requests": 1, "not_estimated": 1}
    known = telemetry.request(parent=root)
    assert _rollup(telemetry.end(root)) == {
        "energy": known["genai_impact.energy"],
        "gwp": known["genai_impact.gwp"],
        "wcf": known["genai_impact.wcf"],
        "requests": 2,
        "not_estimated": 1,
    }


def test_a_duplicate_adds_nothing(telemetry: Telemetry) -> None:
    """A framework's span above the provider's reports the same request: it is in the sum once."""
    root = telemetry.start({}, name="root")
    framework = telemetry.start(CHAT, scope="framework", parent=root)
    made = telemetry.request(scope="sdk", parent=framework)
    assert _rollup(telemetry.end(framework, USAGE)) == {}
    assert _rollup(telemetry.end(root)) == _sum([made])


def test_a_request_says_nothing_of_itself(telemetry: Telemetry) -> None:
    """Neither as the local root, nor with others below it; these are in the sum above."""
    assert _rollup(telemetry.request()) == {}
    root = telemetry.start({}, name="root")
    outer = telemetry.start(CHAT, parent=root)
    telemetry.request({"gen_ai.operation.name": "embeddings"}, parent=outer)
    chat = telemetry.end(outer, USAGE)
    assert _rollup(chat) == {}
    assert _rollup(telemetry.end(root)) == {
        **{name: chat[f"genai_impact.{name}"] for name in ("energy", "gwp", "wcf")},
        "requests": 2,
        "not_estimated": 1,
    }


def test_a_span_below_another_process_is_a_local_root(telemetry: Telemetry) -> None:
    """What it sums is what this process made."""
    caller = SpanContext(trace_id=1, span_id=2, is_remote=True, trace_flags=trace.TraceFlags(1))
    root = telemetry.start({}, name="POST", context=set_span_in_context(NonRecordingSpan(caller)))
    made = telemetry.request(parent=root)
    assert _rollup(telemetry.end(root)) == _sum([made])


def _late(telemetry: Telemetry, *, begins: float) -> tuple[Span, Span, Span]:
    """A root, a tool below it that has ended after two seconds, and a request below the tool that begins then."""
    root = telemetry.start({}, name="root", start_time=0)
    tool = telemetry.start(TOOL, name="tool", parent=root, start_time=0)
    late = telemetry.start(CHAT, parent=tool, start_time=int(begins * 1e9))
    telemetry.end(tool, seconds=2)
    return root, tool, late


def test_a_request_that_outlives_its_parent(telemetry: Telemetry) -> None:
    """It goes to the nearest ancestor that is still open; its parent has spoken already."""
    root, tool, late = _late(telemetry, begins=1)
    made = telemetry.end(late, USAGE, seconds=3)
    assert _rollup(dict(tool.attributes or {})) == {}
    assert _rollup(telemetry.end(root, seconds=9)) == _sum([made])


def test_a_request_that_outlives_every_span_in_between(telemetry: Telemetry) -> None:
    """A stream that is read after the spans around its call have ended, though nothing was below them until then."""
    root = telemetry.start({}, name="root", start_time=0)
    middle = telemetry.start({}, name="middle", parent=root, start_time=0)
    inner = telemetry.start(CHAT, name="chat", scope="framework", parent=middle, start_time=0)
    stream = telemetry.start({**CHAT, "gen_ai.operation.name": "embeddings"}, parent=inner, start_time=0)
    telemetry.end(middle, seconds=1)
    made = telemetry.end(inner, USAGE, seconds=2)
    telemetry.end(stream, seconds=3)
    expected = {name: made[f"genai_impact.{name}"] for name in ("energy", "gwp", "wcf")}
    assert _rollup(telemetry.end(root, seconds=9)) == {**expected, "requests": 2, "not_estimated": 1}


@pytest.mark.parametrize(("kind", "requests"), [(SpanKind.INTERNAL, 1), (SpanKind.CLIENT, 0)])
@pytest.mark.parametrize("waits", [False, True])
def test_a_request_that_outlives_a_call_to_elsewhere(
    telemetry: Telemetry, kind: SpanKind, requests: int, *, waits: bool
) -> None:
    """Of the calls of clients, most spans of all, none is remembered, whether something waits meanwhile or not; the sums are right."""
    root = telemetry.start({}, name="root", start_time=0)
    call = telemetry.start({}, name="GET", parent=root, start_time=0, kind=kind)
    late = telemetry.start(CHAT, parent=call, start_time=0)
    other = telemetry.start({}, name="root", start_time=0)
    if waits:
        telemetry.request(parent=other)
    telemetry.end(call, seconds=1)
    telemetry.end(late, USAGE, seconds=2)
    assert requests == _rollup(telemetry.end(root, seconds=3)).get("requests", 0)
    assert 1 + waits == telemetry.total("genai_impact.requests")


def test_a_request_that_begins_after_its_parent_ended(telemetry: Telemetry) -> None:
    """It belongs to nobody: the context was left attached by mistake, or the ids are made again."""
    root, _, late = _late(telemetry, begins=5)
    telemetry.end(late, USAGE, seconds=3)
    assert _rollup(telemetry.end(root, seconds=9)) == {}


def test_a_thousand_requests_below_one_span(telemetry: Telemetry) -> None:
    """More than are kept apart."""
    root = telemetry.start({}, name="root")
    made = [telemetry.request(_tokens(number), parent=root) for number in range(1, 1001)]
    assert max(len(added) for added in telemetry.processor._below.values()) < 300
    assert _rollup(telemetry.end(root)) == _sum(made)


def test_what_is_remembered_is_bounded(telemetry: Telemetry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans that never end take no memory for ever."""
    monkeypatch.setattr(memory, "GENERATION", 10)
    for _ in range(50):
        telemetry.request(parent=telemetry.start({}, name="unended"))
        telemetry.end(telemetry.start(TOOL, name="tool"))
        rollups = telemetry.processor._rollups
        assert max(len(rollups.waiting), len(rollups._gone)) <= 2 * 10


def test_a_full_span_keeps_what_is_its_own(telemetry: Telemetry) -> None:
    """What does not fit is left out; nothing of the application's is evicted."""
    own = {f"app.{number}": number for number in range(126)}
    root = telemetry.start(own, name="root")
    telemetry.request(parent=root)
    written = telemetry.end(root)
    assert own.items() <= written.items()
    assert len(_rollup(written)) == 128 - 126

"""An application that uses OpenAI's SDK through Langfuse, which makes spans of its own."""

from __future__ import annotations

import os
from typing import Any

from calls import Asked, call, in_tasks, package, run_all

# Langfuse sends the spans to its server, too: here one that does not know them.
os.environ |= {
    "LANGFUSE_BASE_URL": os.environ["PROVIDER_URL"],
    "LANGFUSE_PUBLIC_KEY": "pk-1",
    "LANGFUSE_SECRET_KEY": "sk-1",
}
observe: Any = package("langfuse").observe
openai: Any = package("langfuse.openai")


def _asked(asked: Asked, prompt: str | None = None, **more: Any) -> dict[str, Any]:
    return {"model": asked.model, "messages": [{"role": "user", "content": prompt or asked.prompt}], **more}


def _client() -> Any:
    return openai.OpenAI(max_retries=0)


@call("chat")
def chat(asked: Asked) -> None:
    assert _client().chat.completions.create(**_asked(asked)).choices[0].message.content


@call("streamed")
def streamed(asked: Asked) -> None:
    stream = _client().chat.completions.create(**_asked(asked, stream=True, stream_options={"include_usage": True}))
    assert [chunk.choices for chunk in stream]


@call("async")
async def asynchronous(asked: Asked) -> None:
    async with openai.AsyncOpenAI(max_retries=0) as own:
        assert (await own.chat.completions.create(**_asked(asked))).choices[0].message.content


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
def agent_with_a_tool(asked: Asked) -> None:
    @observe(as_type="tool")
    def weather() -> str:
        return _client().chat.completions.create(**_asked(asked, "Is it sunny?")).choices[0].message.content

    @observe(as_type="agent")
    def planner() -> str:
        assert _client().chat.completions.create(**_asked(asked)).choices[0].message.tool_calls
        return _client().chat.completions.create(**_asked(asked, weather())).choices[0].message.content

    assert "It is sunny in Paris." == planner()


if __name__ == "__main__":
    run_all()

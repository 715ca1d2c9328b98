"""An application that uses LlamaIndex."""

from __future__ import annotations

import os
from typing import Any

from calls import Asked, call, in_tasks, package, run_all

FunctionAgent: Any = package("llama_index.core.agent.workflow").FunctionAgent
OpenAI: Any = package("llama_index.llms.openai").OpenAI

_USAGE = {"stream_options": {"include_usage": True}}


def _model(asked: Asked, **more: Any) -> Any:
    return OpenAI(model=asked.model, api_base=os.environ["OPENAI_BASE_URL"], max_retries=0, **more)


@call("chat")
def chat(asked: Asked) -> None:
    assert _model(asked).complete(asked.prompt).text


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [chunk.delta for chunk in _model(asked, additional_kwargs=_USAGE).stream_complete(asked.prompt)]


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _model(asked).acomplete(asked.prompt)).text


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
async def agent_with_a_tool(asked: Asked) -> None:
    async def weather(city: str) -> str:
        """Tells the weather."""
        return (await _model(asked).acomplete(f"Is it sunny in {city}?")).text

    agent = FunctionAgent(name="planner", tools=[weather], llm=_model(asked), streaming=False)
    assert "It is sunny in Paris." == str(await agent.run(asked.prompt))


if __name__ == "__main__":
    run_all()

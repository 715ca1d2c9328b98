"""An application that uses Microsoft's Agent Framework."""

from __future__ import annotations

from typing import Any

from calls import Asked, call, in_tasks, package, run_all

Agent: Any = package("agent_framework").Agent
OpenAIChatCompletionClient: Any = package("agent_framework.openai").OpenAIChatCompletionClient
package("agent_framework.observability").enable_instrumentation()


def _agent(asked: Asked, name: str = "assistant", **more: Any) -> Any:
    return Agent(client=OpenAIChatCompletionClient(model=asked.model), name=name, **more)


@call("streamed")
async def streamed(asked: Asked) -> None:
    assert [update.text async for update in _agent(asked).run(asked.prompt, stream=True)]


@call("chat")
@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _agent(asked).run(asked.prompt)).text


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
async def agent_with_a_tool(asked: Asked) -> None:
    async def weather(city: str) -> str:
        """Tells the weather."""
        return (await _agent(asked, "observer").run(f"Is it sunny in {city}?")).text

    assert "It is sunny in Paris." == (await _agent(asked, "planner", tools=[weather]).run(asked.prompt)).text


if __name__ == "__main__":
    run_all()

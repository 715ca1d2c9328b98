"""An application that uses Pydantic AI, which makes spans of its own where it is told to."""

from __future__ import annotations

from typing import Any

from calls import Asked, call, in_tasks, package, run_all

Agent: Any = package("pydantic_ai").Agent
Agent.instrument_all()


def _agent(asked: Asked, **more: Any) -> Any:
    return Agent(f"openai-chat:{asked.model}", **more)


@call("chat")
def chat(asked: Asked) -> None:
    assert _agent(asked).run_sync(asked.prompt).output


@call("streamed")
async def streamed(asked: Asked) -> None:
    async with _agent(asked).run_stream(asked.prompt) as stream:
        assert await stream.get_output()


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _agent(asked).run(asked.prompt)).output


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
async def agent_with_a_tool(asked: Asked) -> None:
    async def weather(city: str) -> str:
        return (await _agent(asked, name="observer").run(f"Is it sunny in {city}?")).output

    agent = _agent(asked, name="planner", tools=[weather])
    assert "It is sunny in Paris." == (await agent.run(asked.prompt)).output


if __name__ == "__main__":
    run_all()

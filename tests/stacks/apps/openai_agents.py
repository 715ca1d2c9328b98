"""An application that uses OpenAI's Agents SDK."""

from __future__ import annotations

from typing import Any

from calls import Asked, call, in_tasks, package, run_all
from openai import AsyncOpenAI

agents: Any = package("agents")
Agent: Any = agents.Agent
Runner: Any = agents.Runner


def _agent(asked: Asked, **more: Any) -> Any:
    return Agent(name="assistant", model=asked.model, **more)


@call("chat")
def chat(asked: Asked) -> None:
    assert Runner.run_sync(_agent(asked), asked.prompt).final_output


@call("streamed")
async def streamed(asked: Asked) -> None:
    stream: Any = Runner.run_streamed(_agent(asked), asked.prompt)
    assert [event.type async for event in stream.stream_events()]


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await Runner.run(_agent(asked), asked.prompt)).final_output


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
async def agent_with_a_tool(asked: Asked) -> None:
    model: Any = agents.OpenAIChatCompletionsModel(asked.model, AsyncOpenAI(max_retries=0))

    @agents.function_tool
    async def weather(city: str) -> str:
        """Tells the weather."""
        asking: Any = Agent(name="observer", model=model)
        return (await Runner.run(asking, f"Is it sunny in {city}?")).final_output

    agent: Any = Agent(name="planner", model=model, tools=[weather])
    assert "It is sunny in Paris." == (await Runner.run(agent, asked.prompt)).final_output


if __name__ == "__main__":
    run_all()

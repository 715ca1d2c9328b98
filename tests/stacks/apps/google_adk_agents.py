"""An application that uses Google's Agent Development Kit."""

from __future__ import annotations

import os
from typing import Any

from calls import Asked, call, in_tasks, package, run_all

os.environ |= {"GOOGLE_GEMINI_BASE_URL": f"{os.environ['PROVIDER_URL']}/gemini", "GOOGLE_API_KEY": "not-a-key"}
agents: Any = package("google.adk.agents")
StreamingMode: Any = package("google.adk.agents.run_config").StreamingMode
InMemoryRunner: Any = package("google.adk.runners").InMemoryRunner
types: Any = package("google.genai.types")


async def _run(asked: Asked, name: str = "assistant", **more: Any) -> str:
    tools, mode = more.pop("tools", []), more.pop("mode", StreamingMode.NONE)
    runner: Any = InMemoryRunner(agent=agents.Agent(name=name, model=asked.model, tools=tools), app_name="app")
    session = await runner.session_service.create_session(app_name="app", user_id="user")
    said = types.Content(role="user", parts=[types.Part(text=more.get("prompt", asked.prompt))])
    events = runner.run_async(
        user_id="user", session_id=session.id, new_message=said, run_config=agents.RunConfig(streaming_mode=mode)
    )
    return [event.content.parts[0].text async for event in events if event.content][-1]


@call("chat")
@call("async")
async def asynchronous(asked: Asked) -> None:
    assert await _run(asked)


@call("streamed")
async def streamed(asked: Asked) -> None:
    assert await _run(asked, mode=StreamingMode.SSE)


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
async def agent_with_a_tool(asked: Asked) -> None:
    async def weather(city: str) -> str:
        """Tells the weather."""
        return await _run(asked, "observer", prompt=f"Is it sunny in {city}?")

    assert "It is sunny in Paris." == await _run(asked, "planner", tools=[weather])


if __name__ == "__main__":
    run_all()

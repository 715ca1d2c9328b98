"""An application that uses Strands."""

from __future__ import annotations

import os
from typing import Any

from calls import Asked, call, in_tasks, package, run_all

Agent: Any = package("strands").Agent
tool: Any = package("strands").tool
OpenAIModel: Any = package("strands.models.openai").OpenAIModel


def _agent(asked: Asked, **more: Any) -> Any:
    client = {"api_key": "not-a-key", "base_url": os.environ["OPENAI_BASE_URL"], "max_retries": 0}
    return Agent(model=OpenAIModel(client_args=client, model_id=asked.model), callback_handler=None, **more)


@call("chat")
def chat(asked: Asked) -> None:
    assert str(_agent(asked)(asked.prompt))


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert str(await _agent(asked).invoke_async(asked.prompt))


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
def agent_with_a_tool(asked: Asked) -> None:
    @tool
    def weather(city: str) -> str:
        """Tells the weather."""
        return str(_agent(asked, name="observer")(f"Is it sunny in {city}?"))

    assert "It is sunny in Paris." == str(_agent(asked, name="planner", tools=[weather])(asked.prompt)).strip()


if __name__ == "__main__":
    run_all()

"""An application that uses Semantic Kernel."""

from __future__ import annotations

from typing import Any

from calls import Asked, call, in_tasks, package, run_all

ChatCompletionAgent: Any = package("semantic_kernel.agents").ChatCompletionAgent
OpenAIChatCompletion: Any = package("semantic_kernel.connectors.ai.open_ai").OpenAIChatCompletion
kernel_function: Any = package("semantic_kernel.functions").kernel_function


def _agent(asked: Asked, name: str = "assistant", **more: Any) -> Any:
    return ChatCompletionAgent(service=OpenAIChatCompletion(ai_model_id=asked.model), name=name, **more)


@call("chat")
@call("async")
async def asynchronous(asked: Asked) -> None:
    assert str(await _agent(asked).get_response(asked.prompt))


@call("streamed")
async def streamed(asked: Asked) -> None:
    assert [str(chunk) async for chunk in _agent(asked).invoke_stream(asked.prompt)]


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
async def agent_with_a_tool(asked: Asked) -> None:
    class Observatory:
        @kernel_function
        async def weather(self, city: str) -> str:
            """Tells the weather."""
            return str(await _agent(asked, "observer").get_response(f"Is it sunny in {city}?"))

    agent = _agent(asked, "planner", plugins=[Observatory()])
    assert "It is sunny in Paris." == str(await agent.get_response(asked.prompt))


if __name__ == "__main__":
    run_all()

"""An application that uses LangChain."""

from __future__ import annotations

from typing import Any

from calls import Asked, call, in_tasks, package, run_all

create_agent: Any = package("langchain.agents").create_agent
tool: Any = package("langchain.tools").tool
ChatOpenAI: Any = package("langchain_openai").ChatOpenAI


def _model(asked: Asked) -> Any:
    # It leaves the usage of streams out where the server is not OpenAI's own, unless it is asked for.
    return ChatOpenAI(model=asked.model, max_retries=0, stream_usage=True)


@call("chat")
def chat(asked: Asked) -> None:
    assert _model(asked).invoke(asked.prompt).content


@call("streamed")
def streamed(asked: Asked) -> None:
    assert [chunk.content for chunk in _model(asked).stream(asked.prompt)]


@call("async")
async def asynchronous(asked: Asked) -> None:
    assert (await _model(asked).ainvoke(asked.prompt)).content


@call("ten at once")
async def ten_at_once(asked: Asked) -> None:
    await in_tasks(asynchronous, asked)


@call("agent with a tool")
def agent_with_a_tool(asked: Asked) -> None:
    @tool
    def weather(city: str) -> str:
        """Tells the weather."""
        return _model(asked).invoke(f"Is it sunny in {city}?").content

    agent: Any = create_agent(_model(asked), tools=[weather], name="planner")
    answer = agent.invoke({"messages": [("user", asked.prompt)]})
    assert "It is sunny in Paris." == answer["messages"][-1].content


if __name__ == "__main__":
    run_all()

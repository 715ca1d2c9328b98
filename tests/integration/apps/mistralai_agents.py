"""An application that asks Mistral's agents, which know their model themselves, and for responses; started by test_mistralai.py."""

from __future__ import annotations

from typing import Any

from calls import Seen, call, run_all
from mistralai_calls import client, own_client


def _agent(seen: Seen) -> dict[str, Any]:
    return {"agent_id": "ag-1", "messages": [{"role": "user", "content": seen.prompt}]}


def _words(stream: Any) -> str:
    return "".join(getattr(event.data, "content", "") for event in stream)


@call("agent")
def agent(seen: Seen) -> None:
    seen.answer = client.agents.complete(**_agent(seen)).choices[0].message.content


@call("agent streamed")
def agent_streamed(seen: Seen) -> None:
    seen.answer = [event.data.choices[0].delta.content for event in client.agents.stream(**_agent(seen))]


@call("async agent")
async def async_agent(seen: Seen) -> None:
    async with own_client() as own:
        seen.answer = (await own.agents.complete_async(**_agent(seen))).choices[0].message.content


@call("conversation")
def conversation(seen: Seen) -> None:
    answer = seen.result(client.beta.conversations.start(agent_id="ag-1", inputs=seen.prompt))
    seen.answer = answer.outputs[-1].content


@call("conversation continued")
def conversation_continued(seen: Seen) -> None:
    answer = client.beta.conversations.append(conversation_id="conv_1", inputs=seen.prompt)
    seen.answer = answer.outputs[-1].content


@call("conversation streamed")
def conversation_streamed(seen: Seen) -> None:
    stream = seen.result(client.beta.conversations.start_stream(model=seen.model, inputs=seen.prompt))
    seen.answer = _words(stream)


@call("conversation continued streamed")
def conversation_continued_streamed(seen: Seen) -> None:
    with client.beta.conversations.append_stream(conversation_id="conv_1", inputs=seen.prompt) as stream:
        seen.answer = _words(stream)


@call("conversation restarted")
def conversation_restarted(seen: Seen) -> None:
    answer = client.beta.conversations.restart(conversation_id="conv_1", inputs=seen.prompt, from_entry_id="msg_1")
    seen.answer = answer.outputs[-1].content


@call("async conversation streamed")
async def async_conversation_streamed(seen: Seen) -> None:
    async with own_client() as own:
        stream = seen.result(await own.beta.conversations.start_stream_async(agent_id="ag-1", inputs=seen.prompt))
        seen.answer = "".join([getattr(event.data, "content", "") async for event in stream])


@call("response")
def response(seen: Seen) -> None:
    seen.answer = seen.result(client.responses.create(model=seen.model, input=seen.prompt)).output[0].content[0].text


@call("response streamed")
def response_streamed(seen: Seen) -> None:
    with client.responses.create(model=seen.model, input=seen.prompt, stream=True) as stream:
        seen.answer = "".join(getattr(seen.result(event).data, "delta", "") for event in stream)


@call("async response streamed")
async def async_response_streamed(seen: Seen) -> None:
    async with own_client() as own:
        stream = await own.responses.create_async(model=seen.model, input=seen.prompt, stream=True)
        seen.answer = "".join([getattr(event.data, "delta", "") async for event in stream])


if __name__ == "__main__":
    run_all()

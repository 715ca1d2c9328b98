"""An application that uses Google's SDK in every way; started by test_instrumentations.py, it knows nothing of us."""

from __future__ import annotations

import asyncio
import gc
import os
import ssl
from contextlib import closing, suppress
from typing import Any

from calls import Seen, call, run_all
from google import genai
from google.genai import types
from pydantic import BaseModel

_SERVER = os.environ["PROVIDER_URL"]
_TLS = ssl.create_default_context()  # it takes long, and each client would make three
_WEATHER = {"name": "weather", "description": "of a city", "parameters": {"type": "OBJECT"}}
_IMAGE = types.Image(image_bytes=b"an image", mime_type="image/png")


class Greeting(BaseModel):
    """What the SDK shall make of the answer."""

    text: str


class OwnClient(genai.Client):
    """A client of the application's own."""


def _http(base_url: str, **options: Any) -> Any:
    return {"base_url": base_url, "client_args": {"verify": _TLS}, "async_client_args": {"verify": _TLS}, **options}


def _client(kind: type[genai.Client] = genai.Client, server: str = _SERVER, **options: Any) -> Any:
    return kind(api_key="not-a-key", http_options=_http(f"{server}/gemini", **options))


def _patient() -> Any:
    return _client(retry_options={"attempts": 2, "initial_delay": 0.01, "max_delay": 0.01, "jitter": 0})


def _vertex() -> Any:
    return genai.Client(vertexai=True, api_key="not-a-key", http_options=_http(f"{_SERVER}/vertex"))


# A client closes its connections when nobody holds it any more.
client = _client()
own_client = _client(OwnClient)
patient = _patient()
vertex = _vertex()


def _asked(seen: Seen, **config: Any) -> dict[str, Any]:
    return {"model": seen.model, "contents": seen.prompt, "config": {"temperature": 0.5, **config}}


def _input(seen: Seen, **more: Any) -> dict[str, Any]:
    return {"model": seen.model, "input": seen.prompt, "generation_config": {"temperature": 0.5}, **more}


def _source(seen: Seen) -> dict[str, Any]:
    return {"model": seen.model, "source": types.GenerateVideosSource(prompt=seen.prompt)}


def _reference() -> list[Any]:
    return [types.RawReferenceImage(reference_id=1, reference_image=_IMAGE)]


def _words(event: Any) -> str:
    return getattr(getattr(event, "delta", None), "text", "")


def _size(response: Any) -> int:
    return len(response.generated_images[0].image.image_bytes)


def chat(seen: Seen) -> None:
    seen.answer = seen.result(client.models.generate_content(**_asked(seen))).text


for name in ("chat", "error", "unknown model", "invalid usage", "usage left out"):
    call(name)(chat)


@call("streamed")
def streamed(seen: Seen) -> None:
    stream = seen.result(client.models.generate_content_stream(**_asked(seen)))
    seen.answer = "".join(seen.result(chunk).text for chunk in stream)


call("error of a stream")(streamed)


@call("stream in a with statement")
def stream_in_with(seen: Seen) -> None:
    with closing(client.models.generate_content_stream(**_asked(seen))) as stream:
        seen.answer = "".join(seen.result(chunk).text for chunk in seen.result(stream))


@call("stream closed early")
def stream_closed_early(seen: Seen) -> None:
    stream = client.models.generate_content_stream(**_asked(seen))
    seen.result(next(stream))
    stream.close()


@call("stream abandoned")
def stream_abandoned(seen: Seen) -> None:
    stream = client.models.generate_content_stream(**_asked(seen))
    seen.result(next(stream))
    del stream
    gc.collect()


@call("stream broken")
def stream_broken(seen: Seen) -> None:
    try:
        seen.answer = [chunk.text for chunk in client.models.generate_content_stream(**_asked(seen))]
    except Exception as error:  # noqa: BLE001 -- which one it is, is what is compared
        seen.answer = repr(error)


@call("raw response")
def raw_response(seen: Seen) -> None:
    config = types.GenerateContentConfig(should_return_http_response=True)
    raw = seen.result(client.models.generate_content(model=seen.model, contents=seen.prompt, config=config))
    seen.answer = "test server" in raw.sdk_http_response.body


@call("raw stream")
def raw_stream(seen: Seen) -> None:
    raw = seen.result(client.interactions.with_raw_response.create(**_input(seen, stream=True)))
    seen.answer = "".join(_words(seen.result(event)) for event in seen.result(raw.parse()))


@call("streaming response")
def streaming_response(seen: Seen) -> None:
    with client.interactions.with_streaming_response.create(**_input(seen)) as raw:
        seen.answer = seen.result(seen.result(raw).parse()).steps[0].content[0].text


@call("streaming response unread")
def streaming_response_unread(seen: Seen) -> None:
    with client.interactions.with_streaming_response.create(**_input(seen)) as raw:
        seen.answer = seen.result(raw).http_response.status_code


@call("tool calls")
def tool_calls(seen: Seen) -> None:
    tools = [{"function_declarations": [_WEATHER]}]
    response = seen.result(client.models.generate_content(**_asked(seen, tools=tools)))
    seen.answer = [found.name for found in response.function_calls]


@call("tool calls streamed")
def tool_calls_streamed(seen: Seen) -> None:
    tools = [types.Tool.model_validate({"function_declarations": [_WEATHER]})]
    stream = client.models.generate_content_stream(**_asked(seen, tools=tools))
    seen.answer = [found.name for chunk in stream for found in seen.result(chunk).function_calls or ()]


@call("parsed")
def parsed(seen: Seen) -> None:
    config = {"response_mime_type": "application/json", "response_schema": Greeting}
    seen.answer = seen.result(client.models.generate_content(**_asked(seen, **config))).parsed.text


@call("retried")
def retried(seen: Seen) -> None:
    seen.answer = seen.result(patient.models.generate_content(**_asked(seen))).text


@call("client subclass")
def client_subclass(seen: Seen) -> None:
    seen.answer = seen.result(own_client.models.generate_content(**_asked(seen))).text


@call("another server")
def another_server(seen: Seen) -> None:
    with _client(server=_SERVER.replace("127.0.0.1", "localhost")) as other:
        seen.answer = seen.result(other.models.generate_content(**_asked(seen))).text


@call("server of one call")
def server_of_one_call(seen: Seen) -> None:
    elsewhere: Any = genai.Client(api_key="not-a-key")
    asked = _asked(seen, http_options={"base_url": f"{_SERVER}/gemini"})
    seen.answer = seen.result(elsewhere.models.generate_content(**asked)).text


@call("embeddings")
def embeddings(seen: Seen) -> None:
    answer = seen.result(client.models.embed_content(model=seen.model, contents=seen.prompt))
    seen.answer = answer.embeddings[0].values


@call("conversation")
def conversation(seen: Seen) -> None:
    talk = seen.result(client.chats.create(model=seen.model, config={"temperature": 0.5}))
    seen.answer = [seen.result(talk.send_message(seen.prompt)).text, len(talk.get_history())]


@call("conversation streamed")
def conversation_streamed(seen: Seen) -> None:
    talk = client.chats.create(model=seen.model)
    words = [seen.result(chunk).text for chunk in seen.result(talk.send_message_stream(seen.prompt))]
    seen.answer = ["".join(words), len(talk.get_history())]


@call("image")
def image(seen: Seen) -> None:
    seen.answer = _size(seen.result(vertex.models.generate_images(model=seen.model, prompt=seen.prompt)))


@call("image edited")
def image_edited(seen: Seen) -> None:
    asked = {"model": seen.model, "prompt": seen.prompt, "reference_images": _reference()}
    seen.answer = _size(seen.result(vertex.models.edit_image(**asked)))


@call("image upscaled")
def image_upscaled(seen: Seen) -> None:
    asked = {"model": seen.model, "image": _IMAGE, "upscale_factor": "x2"}
    seen.answer = _size(seen.result(vertex.models.upscale_image(**asked)))


@call("image in another context")
def image_in_another_context(seen: Seen) -> None:
    product = types.ProductImage(product_image=_IMAGE)
    source = types.RecontextImageSource(prompt=seen.prompt, product_images=[product])
    seen.answer = _size(seen.result(vertex.models.recontext_image(model=seen.model, source=source)))


@call("video")
def video(seen: Seen) -> None:
    seen.answer = seen.result(vertex.models.generate_videos(**_source(seen))).done


@call("Vertex AI")
def vertex_ai(seen: Seen) -> None:
    seen.answer = seen.result(vertex.models.generate_content(**_asked(seen))).text


@call("Vertex AI streamed")
def vertex_ai_streamed(seen: Seen) -> None:
    stream = seen.result(vertex.models.generate_content_stream(**_asked(seen)))
    seen.answer = "".join(seen.result(chunk).text for chunk in stream)


@call("Vertex AI embeddings")
def vertex_ai_embeddings(seen: Seen) -> None:
    answer = seen.result(vertex.models.embed_content(model=seen.model, contents=[seen.prompt]))
    seen.answer = answer.embeddings[0].statistics.token_count


@call("interaction")
def interaction(seen: Seen) -> None:
    seen.answer = seen.result(client.interactions.create(**_input(seen))).steps[0].content[0].text


call("interaction error")(interaction)


@call("interaction streamed")
def interaction_streamed(seen: Seen) -> None:
    with seen.result(client.interactions.create(**_input(seen, stream=True))) as stream:
        seen.answer = "".join(_words(seen.result(event)) for event in stream)


@call("interaction stream closed early")
def interaction_stream_closed_early(seen: Seen) -> None:
    with client.interactions.create(**_input(seen, stream=True)) as stream:
        for event in stream:
            seen.result(event)
            break


@call("interaction tool calls")
def interaction_tool_calls(seen: Seen) -> None:
    answer = seen.result(client.interactions.create(**_input(seen)))
    seen.answer = answer.steps[0].name


@call("async")
async def asynchronous(seen: Seen) -> None:
    async with _client().aio as own:
        seen.answer = seen.result(await own.models.generate_content(**_asked(seen))).text


call("async error")(asynchronous)


@call("async streamed")
async def async_streamed(seen: Seen) -> None:
    async with _client().aio as own:
        stream = seen.result(await own.models.generate_content_stream(**_asked(seen)))
        seen.answer = "".join([seen.result(chunk).text async for chunk in stream])


@call("async stream closed early")
async def async_stream_closed_early(seen: Seen) -> None:
    async with _client().aio as own:
        stream = await own.models.generate_content_stream(**_asked(seen))
        async for chunk in stream:
            seen.result(chunk)
            break
        await stream.aclose()


@call("async cancelled")
async def async_cancelled(seen: Seen) -> None:
    async with _client().aio as own:
        asked: asyncio.Future[object] = asyncio.ensure_future(own.models.generate_content(**_asked(seen)))
        await asyncio.sleep(0.05)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        seen.answer = asked.cancelled()


@call("async tool calls")
async def async_tool_calls(seen: Seen) -> None:
    async with _client().aio as own:
        tools = [{"function_declarations": [_WEATHER]}]
        response = seen.result(await own.models.generate_content(**_asked(seen, tools=tools)))
        seen.answer = [found.name for found in response.function_calls]


@call("async retried")
async def async_retried(seen: Seen) -> None:
    async with _patient().aio as own:
        seen.answer = seen.result(await own.models.generate_content(**_asked(seen))).text


@call("async raw response")
async def async_raw_response(seen: Seen) -> None:
    async with _client().aio as own:
        raw = seen.result(await own.interactions.with_raw_response.create(**_input(seen)))
        seen.answer = seen.result(await raw.parse()).steps[0].content[0].text


@call("async raw stream")
async def async_raw_stream(seen: Seen) -> None:
    async with _client().aio as own:
        raw = seen.result(await own.interactions.with_raw_response.create(**_input(seen, stream=True)))
        seen.answer = "".join([_words(seen.result(event)) async for event in seen.result(await raw.parse())])


@call("async embeddings")
async def async_embeddings(seen: Seen) -> None:
    async with _client().aio as own:
        answer = seen.result(await own.models.embed_content(model=seen.model, contents=seen.prompt))
        seen.answer = answer.embeddings[0].values


@call("async conversation")
async def async_conversation(seen: Seen) -> None:
    async with _client().aio as own:
        talk = own.chats.create(model=seen.model)
        seen.answer = [seen.result(await talk.send_message(seen.prompt)).text, len(talk.get_history())]


@call("async conversation streamed")
async def async_conversation_streamed(seen: Seen) -> None:
    async with _client().aio as own:
        talk = own.chats.create(model=seen.model)
        stream = seen.result(await talk.send_message_stream(seen.prompt))
        seen.answer = "".join([seen.result(chunk).text async for chunk in stream])


@call("async image")
async def async_image(seen: Seen) -> None:
    async with _vertex().aio as own:
        seen.answer = _size(seen.result(await own.models.generate_images(model=seen.model, prompt=seen.prompt)))


@call("async video")
async def async_video(seen: Seen) -> None:
    async with _vertex().aio as own:
        seen.answer = seen.result(await own.models.generate_videos(**_source(seen))).done


@call("async Vertex AI")
async def async_vertex_ai(seen: Seen) -> None:
    async with _vertex().aio as own:
        seen.answer = seen.result(await own.models.generate_content(**_asked(seen))).text


@call("async interaction")
async def async_interaction(seen: Seen) -> None:
    async with _client().aio as own:
        seen.answer = seen.result(await own.interactions.create(**_input(seen))).steps[0].content[0].text


call("async interaction error")(async_interaction)


@call("async interaction streamed")
async def async_interaction_streamed(seen: Seen) -> None:
    async with _client().aio as own:
        stream = seen.result(await own.interactions.create(**_input(seen, stream=True)))
        seen.answer = "".join([_words(seen.result(event)) async for event in stream])


if __name__ == "__main__":
    with client, vertex:
        run_all()

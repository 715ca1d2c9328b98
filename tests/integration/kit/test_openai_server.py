"""The local server against the real OpenAI SDK."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import openai
import pytest
from openai.types.chat import ChatCompletion

from tests.kit.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.answers import Json
    from tests.kit.provider_server import ProviderServer


@pytest.fixture
def client(provider: ProviderServer) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{provider.url}/v1", api_key="not-a-key", max_retries=0) as client:
        yield client


def test_chat_says_what_was_chosen(provider: ProviderServer, client: openai.OpenAI) -> None:
    """Text, model and every token count of the answer are the chosen ones."""
    provider.default = Answer(
        text="Good day.", model="gpt-x", input_tokens=11, output_tokens=22, cached_tokens=3, reasoning_tokens=4
    )
    completion = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "say it"}])
    usage = completion.usage
    assert usage is not None
    assert usage.prompt_tokens_details is not None
    assert usage.completion_tokens_details is not None
    assert ("Good day.", "gpt-x") == (completion.choices[0].message.content, completion.model)
    assert (11, 22, 11 + 22) == (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens)
    assert 3 == usage.prompt_tokens_details.cached_tokens
    assert 4 == usage.completion_tokens_details.reasoning_tokens


@pytest.mark.parametrize("asked", [True, False])
def test_a_chat_stream_carries_usage_only_if_asked(client: openai.OpenAI, asked: bool) -> None:
    """The last chunk carries the usage if `include_usage` was set; the words are streamed one by one."""
    chunks = list(
        client.chat.completions.create(
            model="gpt-4o",
            messages=[{"role": "user", "content": "say it"}],
            stream=True,
            stream_options={"include_usage": asked},
        )
    )
    words = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    assert ["Hello ", "from ", "the ", "local ", "test ", "server."] == words
    assert [20] * asked == [chunk.usage.completion_tokens for chunk in chunks if chunk.usage]


def test_the_stream_helper_works(client: openai.OpenAI) -> None:
    """`.stream()` accumulates the chunks into the whole completion."""
    with client.chat.completions.stream(
        model="gpt-4o",
        messages=[{"role": "user", "content": "say it"}],
        stream_options={"include_usage": True},
    ) as stream:
        completion = stream.get_final_completion()
    assert completion.usage is not None
    assert (Answer().text, 20) == (completion.choices[0].message.content, completion.usage.completion_tokens)


def test_responses_are_answered_and_streamed(client: openai.OpenAI) -> None:
    """A response is the same whole and streamed."""
    whole = client.responses.create(model="gpt-4o", input="say it")
    with client.responses.stream(model="gpt-4o", input="say it") as stream:
        streamed = stream.get_final_response()
    assert whole.usage is not None
    assert streamed.usage is not None
    assert (Answer().text, 20) == (whole.output_text, whole.usage.output_tokens)
    assert (Answer().text, 20) == (streamed.output_text, streamed.usage.output_tokens)
    assert whole.id != streamed.id


def test_the_async_client_and_raw_responses_work(provider: ProviderServer, client: openai.OpenAI) -> None:
    """The asynchronous client streams, and a raw response can be parsed."""

    async def streamed() -> list[str]:
        async with openai.AsyncOpenAI(base_url=f"{provider.url}/v1", api_key="not-a-key") as asynchronous:
            stream = await asynchronous.chat.completions.create(
                model="gpt-4o", messages=[{"role": "user", "content": "say it"}], stream=True
            )
            return [chunk.choices[0].delta.content or "" async for chunk in stream]

    raw = client.chat.completions.with_raw_response.create(
        model="gpt-4o", messages=[{"role": "user", "content": "say it"}]
    )
    parsed = raw.parse()
    assert isinstance(parsed, ChatCompletion)
    assert Answer().text == "".join(asyncio.run(streamed())) == parsed.choices[0].message.content


def test_embeddings_have_one_vector_an_input(client: openai.OpenAI) -> None:
    """Each input gets a vector of four ones."""
    embeddings = client.embeddings.create(model="text-embedding-3-small", input=["one", "two"])
    assert [row.embedding for row in embeddings.data] == [[1.0] * 4] * 2


@pytest.mark.parametrize(("sent", "seen"), [(-5, -5), (12.5, 12.5), (None, None), (10**30, 10**30)])
def test_odd_usage_reaches_the_client(
    provider: ProviderServer, client: openai.OpenAI, sent: Json, seen: object
) -> None:
    """The server does not tidy up what the test chose."""
    provider.answer_next(Answer(output_tokens=sent))
    completion = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "say it"}])
    assert completion.usage is not None
    assert seen == completion.usage.completion_tokens


def test_an_error_has_the_chosen_status(provider: ProviderServer, client: openai.OpenAI) -> None:
    """The SDK raises the error that belongs to the status."""
    provider.answer_to("gpt-error", Answer(error_status=429))
    with pytest.raises(openai.RateLimitError, match="chosen by the test: 429"):
        client.responses.create(model="gpt-error", input="say it")


def test_a_stream_can_break(provider: ProviderServer, client: openai.OpenAI) -> None:
    """The connection ends after the chosen number of words, and the SDK notices."""
    provider.answer_next(Answer(words_until_break=2))
    words: list[str] = []
    stream = client.chat.completions.create(
        model="gpt-4o", messages=[{"role": "user", "content": "say it"}], stream=True
    )
    with pytest.raises(Exception, match=r"peer closed connection|Connection error") as broken:
        words.extend(chunk.choices[0].delta.content or "" for chunk in stream)
    # Older SDKs let the error of their HTTP client through.
    assert type(broken.value).__module__.partition(".")[0] in {"openai", "httpx"}
    assert ["", "Hello ", "from "] == words


def test_the_queue_wins_over_prompt_model_and_default(provider: ProviderServer, client: openai.OpenAI) -> None:
    """Answers are taken from the queue, then by prompt, then by model, then the default; all requests are recorded."""
    provider.answer_to("gpt-model", Answer(text="by model"))
    provider.answer_to("by the prompt", Answer(text="by prompt"))
    provider.answer_next(Answer(text="queued"))
    asked = [("gpt-model", "by the prompt"), ("gpt-model", "by the prompt"), ("gpt-model", "else"), ("gpt-4o", "else")]
    texts = [client.responses.create(model=model, input=prompt).output_text for model, prompt in asked]
    assert ["queued", "by prompt", "by model", Answer().text] == texts
    assert asked == [(request.model, request.prompt) for request in provider.requests]

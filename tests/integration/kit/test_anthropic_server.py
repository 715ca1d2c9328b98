"""The local server against the real Anthropic SDK."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import anthropic
import pytest
from anthropic.types import TextBlock

from tests.kit.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.kit.provider_server import ProviderServer


@pytest.fixture
def client(provider: ProviderServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=provider.url, api_key="not-a-key", max_retries=0) as client:
        yield client


def test_a_message_says_what_was_chosen(provider: ProviderServer, client: anthropic.Anthropic) -> None:
    """Text, model and every token count of the answer are the chosen ones."""
    provider.default = Answer(
        text="Good day.", model="claude-x", input_tokens=11, output_tokens=22, cached_tokens=3, cache_write_tokens=4
    )
    message = client.messages.create(
        model="claude-opus-4-5", max_tokens=99, messages=[{"role": "user", "content": "say it"}]
    )
    block = message.content[0]
    assert isinstance(block, TextBlock)
    assert ("Good day.", "claude-x") == (block.text, message.model)
    assert (11, 22) == (message.usage.input_tokens, message.usage.output_tokens)
    assert (3, 4) == (message.usage.cache_read_input_tokens, message.usage.cache_creation_input_tokens)


def test_a_stream_has_the_events_of_the_api(client: anthropic.Anthropic) -> None:
    """A streamed message starts, has its text word by word, reports its usage and stops."""
    events = list(
        client.messages.create(
            model="claude-opus-4-5", max_tokens=99, messages=[{"role": "user", "content": "say it"}], stream=True
        )
    )
    words = ["content_block_delta"] * len(Answer().text.split())
    expected = ["message_start", "content_block_start", *words, "content_block_stop", "message_delta", "message_stop"]
    assert expected == [event.type for event in events]
    assert [20] == [event.usage.output_tokens for event in events if event.type == "message_delta"]


def test_the_stream_helper_gives_text_and_the_final_message(client: anthropic.Anthropic) -> None:
    """`messages.stream` accumulates the events into the whole message."""
    with client.messages.stream(
        model="claude-opus-4-5", max_tokens=99, messages=[{"role": "user", "content": "say it"}]
    ) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert (Answer().text, 20) == (text, final.usage.output_tokens)


def test_the_async_client_streams(provider: ProviderServer) -> None:
    """The asynchronous client gets the same text."""

    async def text() -> str:
        async with (
            anthropic.AsyncAnthropic(base_url=provider.url, api_key="not-a-key") as client,
            client.messages.stream(
                model="claude-opus-4-5", max_tokens=99, messages=[{"role": "user", "content": "say it"}]
            ) as stream,
        ):
            return "".join([word async for word in stream.text_stream])

    assert Answer().text == asyncio.run(text())


def test_an_error_has_the_chosen_status(provider: ProviderServer, client: anthropic.Anthropic) -> None:
    """The SDK raises the error that belongs to the status."""
    provider.answer_next(Answer(error_status=500))
    with pytest.raises(anthropic.InternalServerError, match="chosen by the test: 500"):
        client.messages.create(model="claude-opus-4-5", max_tokens=99, messages=[{"role": "user", "content": "say it"}])
    assert ["claude-opus-4-5"] == [request.model for request in provider.requests]

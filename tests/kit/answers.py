"""What the local provider server answers, as a test chooses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

# What the last message, or the input, is called in the requests of different providers.
_PROMPTS: Final = ("input", "inputs", "messages", "prompt", "message", "texts", "text")

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. Token counts go onto the wire as they are, so they may also be negative, text, null or huge.

    Attributes:
        text: what the model says; streamed word by word.
        model: the model name in the answer; None echoes the one asked for.
        input_tokens: OpenAI counts cached tokens within them, Anthropic beside them.
        output_tokens: reasoning tokens are counted within them.
        cached_tokens: input tokens read from the cache.
        cache_write_tokens: input tokens written to the cache; Anthropic only.
        reasoning_tokens: OpenAI only.
        usage_reported: False leaves the usage out of the answer altogether.
        delay_s: wait before the answer starts.
        word_delay_s: wait before each word of a stream.
        words_until_break: a stream's connection breaks after this many words; None: it does not.
        error_status: HTTP status of an error answer; None: no error.
        failures: so many times the server fails first, to a request with this answer.
        failure_status: HTTP status of these.
        calls_a_tool: the answer is a call of the tool `weather` in Paris instead of the text.
    """

    text: str = "Hello from the local test server."
    model: str | None = None
    input_tokens: Json = 7
    output_tokens: Json = 20
    cached_tokens: Json = 0
    cache_write_tokens: Json = 0
    reasoning_tokens: Json = 0
    usage_reported: bool = True
    delay_s: float = 0.0
    word_delay_s: float = 0.0
    words_until_break: int | None = None
    error_status: int | None = None
    failures: int = 0
    failure_status: int = 503
    calls_a_tool: bool = False

    def words(self) -> list[str]:
        """The text in the pieces in which it is streamed; joined, they are the text."""
        return [word + " " for word in self.text.split(" ")[:-1]] + self.text.split(" ")[-1:]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """A request that the server received.

    Attributes:
        body: empty where it was no JSON: then it is in `raw`.
        parts: what the placeholders in the endpoint's path stand for.
    """

    path: str
    headers: dict[str, str]
    body: dict[str, Json]
    raw: bytes = b""
    parts: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def model(self) -> str:
        """The model asked for, in the path or in the body."""
        return self.parts.get("model") or str(self.body.get("model"))

    @property
    def streamed(self) -> bool:
        """Whether the client asked for a stream."""
        return self.body.get("stream") is True

    @property
    def prompt(self) -> str:
        """Text of the last message, or of the input."""
        last = next((self.body[name] for name in _PROMPTS if name in self.body), None)
        while isinstance(last, list) and last:
            last = last[-1]
            if isinstance(last, dict):
                last = last.get("content", last.get("text"))
        return last if isinstance(last, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The body of a successful answer: one JSON document, or the events of a stream, or bytes.

    Attributes:
        content: sent as it is, if not None.
        content_type: of `content` and of `events`.
        framed: an event as it goes onto the wire; None: as a server-sent event.
    """

    document: Json = None
    events: list[StreamEvent] | None = None
    content: bytes | None = None
    content_type: str | None = None
    framed: Callable[[StreamEvent], bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """One event of a stream: server-sent, unless the reply frames it otherwise.

    Attributes:
        data: JSON, or a bare string that is sent as it is.
        name: the `event:` line; None: the provider sends none.
        is_word: whether it carries a word of the answer.
    """

    data: Json
    name: str | None = None
    is_word: bool = False

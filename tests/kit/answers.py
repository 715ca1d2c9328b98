"""What the local provider server answers, as a test chooses it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

# What the last message, or the input, is called in the requests of different providers.
_PROMPTS: Final = (
    "input",
    "inputs",
    "messages",
    "prompt",
    "message",
    "texts",
    "text",
    "contents",
    "requests",
    "instances",
)

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
        beside: what the provider says of chat completions beside what OpenAI's API has.
        comment: a comment in a stream of theirs, before its end.
        headers: of its response.
        is_cut: the answer is as long as answers may be, and the client is to ask for the rest; Google only.
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
    is_cut: bool = False
    beside: dict[str, Json] = field(default_factory=dict[str, "Json"])
    comment: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])

    def words(self) -> list[str]:
        """The text in the pieces in which it is streamed; joined, they are the text."""
        return [word + " " for word in self.text.split(" ")[:-1]] + self.text.split(" ")[-1:]


def _first_of(document: dict[str, Json], *names: str) -> Json:
    return next((document[name] for name in names if name in document), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """A request that the server received.

    Attributes:
        body: of a form, its fields; empty where it was neither JSON nor a form: then it is in `raw`.
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
        last = _first_of(self.body, *_PROMPTS)
        while isinstance(last, list | dict) and last:
            last = last[-1] if isinstance(last, list) else _first_of(last, "content", "text", "parts", "prompt")
        return last if isinstance(last, str) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The body of a successful answer: one JSON document, or the events of a stream, or bytes.

    Attributes:
        content: sent as it is, if not None.
        content_type: of `content` and of `events`.
        framed: an event as it goes onto the wire; None: as a server-sent event.
        headers: more of them.
    """

    document: Json = None
    events: list[StreamEvent] | None = None
    content: bytes | None = None
    content_type: str | None = None
    framed: Callable[[StreamEvent], bytes] | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamEvent:
    """One event of a stream: server-sent, unless the reply frames it otherwise.

    Attributes:
        data: JSON, or a bare string that is sent as it is.
        name: the `event:` line; None: the provider sends none.
        is_word: whether it carries a word of the answer.
        comment: a line before it that clients are to ignore.
    """

    data: Json
    name: str | None = None
    is_word: bool = False
    comment: str | None = None

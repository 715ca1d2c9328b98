"""A local HTTP server that speaks the APIs of several providers and answers what the test chooses."""

from __future__ import annotations

import itertools
import json
import pkgutil
import re
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple, cast
from urllib.parse import unquote

import tests.kit
from tests.kit import openai_wire
from tests.kit.answers import Answer, RecordedRequest

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

    from tests.kit.answers import Json, Reply, StreamEvent

_WIRES: Final = tuple(
    import_module(f"tests.kit.{module.name}")
    for module in pkgutil.iter_modules(tests.kit.__path__)
    if module.name.endswith("_wire")
)


class _Endpoint(NamedTuple):
    """A path, in which `{model}` stands for anything, what answers there, and what an error looks like."""

    path: re.Pattern[str]
    answering: Callable[[RecordedRequest, Answer, int], Reply]
    error_document: Callable[[int], Json]


_ENDPOINTS: Final = [
    _Endpoint(
        re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(path))),
        answering,
        getattr(wire, "error_document", openai_wire.error_document),
    )
    for wire in _WIRES
    for path, answering in wire.ENDPOINTS.items()
]


def _endpoint(path: str) -> tuple[_Endpoint, dict[str, str]] | None:
    """What answers there, and what the placeholders in its path stand for."""
    for endpoint in _ENDPOINTS:
        found = endpoint.path.fullmatch(path)
        if found is not None:
            return endpoint, found.groupdict()
    return None


class ProviderServer:
    """Serves while it is entered as a context.

    An answer is taken from the queue if there is one, else by the prompt, else by the model asked for, else the default.

    Attributes:
        default: the answer where nothing else is chosen.
        requests: everything that was asked, in order of arrival.
    """

    def __init__(self, default: Answer | None = None) -> None:
        self.default = default or Answer()
        self.requests: list[RecordedRequest] = []
        self._queue: deque[Answer] = deque()
        self._answers_by_key: dict[str, deque[Answer]] = {}
        self._choosing = threading.Lock()
        self._failures: Counter[int] = Counter()
        self._numbers = itertools.count(1)
        self._http = _HttpServer(("127.0.0.1", 0), _Handler)
        self._http.provider = self
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def url(self) -> str:
        """Where it listens, without a path: what the anthropic SDK wants; openai wants it with `/v1`."""
        return f"http://127.0.0.1:{self._http.server_port}"

    def answer_next(self, *answers: Answer) -> None:
        """Answers the next requests with these, in this order, whatever they ask."""
        self._queue.extend(answers)

    def answer_to(self, key: str, *answers: Answer) -> None:
        """Answers requests whose prompt or model is this key, in this order; the last answer goes to all further ones."""
        self._answers_by_key[key] = deque(answers)

    def chosen_answer(self, request: RecordedRequest) -> Answer:
        """The answer for this request; one from the queue is used up."""
        self.requests.append(request)
        with self._choosing:
            if self._queue:
                return self._queue.popleft()
            chosen = self._answers_by_key.get(request.prompt) or self._answers_by_key.get(request.model)
            if not chosen:
                return self.default
            return chosen.popleft() if len(chosen) > 1 else chosen[0]

    def fails_first(self, answer: Answer) -> bool:
        """Whether the answer is still kept back, for the client to try again."""
        given = self._failures[id(answer)]
        self._failures[id(answer)] += 1
        return given % (answer.failures + 1) < answer.failures

    def next_number(self) -> int:
        """What makes an answer's ids unique."""
        return next(self._numbers)


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    provider: ProviderServer

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """A client that closes a stream early is part of the tests, not an error to print."""


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer  # pyright: ignore[reportIncompatibleVariableOverride] -- the only server that uses this handler
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the name in the base class
        """Says nothing: a test's output is its own."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The same for all answers: some SDKs' errors tell the headers, and those of two runs are compared."""
        return super().date_time_string(0)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        path = unquote(self.path.split("?")[0])
        found = _endpoint(path)
        if found is None:
            self._send_document(404, {"error": {"message": f"no endpoint {path}", "type": "not_found_error"}})
            return
        endpoint, parts = found
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = RecordedRequest(path=path, headers=headers, body=_json(raw) or _form(raw), raw=raw, parts=parts)
        answer = self.server.provider.chosen_answer(request)
        time.sleep(answer.delay_s)
        status = answer.failure_status if self.server.provider.fails_first(answer) else answer.error_status
        if status is not None:
            self._send_document(status, endpoint.error_document(status))
            return
        self._send_reply(endpoint.answering(request, answer, self.server.provider.next_number()), answer)

    def do_GET(self) -> None:
        self.do_POST()

    def _send_reply(self, reply: Reply, answer: Answer) -> None:
        if reply.content is not None:
            self._send(200, reply.content, reply.content_type or "application/octet-stream")
        elif reply.events is None:
            self._send(200, json.dumps(reply.document).encode(), "application/json", reply.headers)
        else:
            self._send_stream(reply, reply.events, answer)

    def _send_document(self, status: int, document: Json) -> None:
        self._send(status, json.dumps(document).encode(), "application/json")

    def _send(
        self, status: int, body: bytes, content_type: str, headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_stream(self, reply: Reply, events: list[StreamEvent], answer: Answer) -> None:
        framed = reply.framed or _sse
        self.send_response(200)
        self.send_header("content-type", reply.content_type or "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        word_count = 0
        for event in events:
            if event.is_word:
                if word_count == answer.words_until_break:
                    self.close_connection = True
                    return
                word_count += 1
                time.sleep(answer.word_delay_s)
            self._send_chunk(framed(event))
        self._send_chunk(b"")

    def _send_chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))


def _json(raw: bytes) -> dict[str, Json]:
    try:
        document = json.loads(raw)
    except ValueError:
        return {}
    return cast("dict[str, Json]", document) if isinstance(document, dict) else {}


def _form(raw: bytes) -> dict[str, Json]:
    """The fields of a form that are no files, if it is one."""
    fields = re.findall(rb'name="(\w+)"(?:\r\nContent-Type: [^\r]*)?\r\n\r\n(.*?)\r\n--', raw, re.DOTALL)
    return {name.decode(): {b"true": True}.get(value, value.decode(errors="replace")) for name, value in fields}


def _sse(event: StreamEvent) -> bytes:
    name = f"event: {event.name}\n" if event.name else ""
    data = event.data if isinstance(event.data, str) else json.dumps(event.data)
    comment = f": {event.comment}\n" if event.comment else ""
    return f"{comment}{name}data: {data}\n\n".encode()

"""Random inputs: those of the corpus, with changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from tests.fuzz.targets import inputs

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MOST_CHANGES: Final = 6
_WORDS: Final = (
    b"", b"0", b"-1", b"1e400", b"9" * 400, b"NaN", b"Infinity", b"true", b"null", b'""', b"[]", b"{}", b"[[", b"]]", b"=", b"\n",
    b"/", b":", b"@", b".", b"-", b" ", b"\xff", b"\0", "\u0130".encode(), b"\\ud800", b"gen_ai.", b"chat", b"openai", b"2026-01-01",
)  # fmt: skip


@st.composite
def _change(draw: st.DrawFn, content: bytes, others: tuple[bytes, ...]) -> bytes:
    """A piece of it is replaced: by bytes, by a word that parsers dislike, or by a piece of another input."""
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 40)))
    other = draw(st.sampled_from(others))
    cut = draw(st.integers(0, len(other)))
    piece = draw(st.one_of(st.sampled_from(_WORDS), st.binary(max_size=8), st.just(other[cut : cut + 60])))
    return content[:start] + piece + content[end:]


@st.composite
def changed(draw: st.DrawFn, target: str) -> bytes:
    """An input of a target's corpus, with some changes."""
    corpus = tuple(inputs(target).values())
    content = draw(st.sampled_from(corpus))
    for _ in range(draw(st.integers(1, MOST_CHANGES))):
        content = draw(_change(content, corpus))
    return content


def any_input(target: str) -> SearchStrategy[bytes]:
    """What a target is tried with: nearly always something like what it is made for."""
    return st.one_of(changed(target), changed(target), changed(target), st.binary(max_size=300))

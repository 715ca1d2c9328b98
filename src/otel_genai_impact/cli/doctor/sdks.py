"""Which SDKs make GenAI requests, by what names instrumentations know them, and what they tell of themselves.

This is the one place to add an SDK to. Nothing here is imported: what is installed is read from its metadata.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from opentelemetry.instrumentation.dependencies import get_dependency_conflicts

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["provider", "general", "framework"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Native:
    """Spans that an SDK makes without any instrumentation.

    Attributes:
        requirement: the releases that can.
        variable: the environment variable that decides it.
        values: what the variable says, in lower case, to change the default.
        default: whether there are spans if the variable says none of these.
    """

    requirement: str
    variable: str
    values: frozenset[str]
    default: bool

    @property
    def changed(self) -> str:
        """What to set to change the default."""
        return f"{self.variable}={min(self.values)}"

    def is_on(self, environ: Mapping[str, str]) -> bool:
        """Whether the installed release makes spans in this environment."""
        changed = environ.get(self.variable, "").strip().lower() in self.values
        return changed != self.default and get_dependency_conflicts((self.requirement,)) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """An SDK.

    Attributes:
        distribution: its name on the package index, normalised.
        kind: `provider`: whatever it does is GenAI; `general`: GenAI is some of what it does; `framework`: it makes its
            requests through other SDKs, so that it is enough if those are instrumented.
        names: other names of it, in entry points and requirements of instrumentations.
        native: the spans of its own.
        of_general: what of it is GenAI.
    """

    distribution: str
    kind: Kind = "provider"
    names: tuple[str, ...] = ()
    native: Native | None = None
    of_general: str = ""

    def is_named(self, name: str) -> bool:
        """Whether an instrumentation that says this name means this SDK."""
        return normalised(name) in {self.distribution, *self.names}


def normalised(name: str) -> str:
    """A name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


SDKS: Final = (
    # Each makes requests of its own.
    Sdk(distribution="ai21"),
    Sdk(distribution="aleph-alpha-client", names=("alephalpha",)),
    Sdk(
        distribution="anthropic",
        native=Native(
            requirement="anthropic >= 1.14",
            variable="ANTHROPIC_OPEN_TELEMETRY",
            values=frozenset({"false"}),
            default=True,
        ),
    ),
    Sdk(distribution="azure-ai-inference"),
    Sdk(distribution="cerebras-cloud-sdk", names=("cerebras",)),
    Sdk(distribution="cohere"),
    Sdk(distribution="dashscope"),
    Sdk(distribution="fireworks-ai", names=("fireworks",)),
    Sdk(distribution="google-genai"),
    Sdk(distribution="google-generativeai"),
    Sdk(distribution="groq"),
    Sdk(distribution="ibm-watsonx-ai", names=("watsonx",)),
    Sdk(distribution="litellm"),
    Sdk(
        distribution="mistralai",
        native=Native(
            requirement="mistralai >= 3.0",
            variable="MISTRAL_SDK_TELEMETRY",
            values=frozenset({"global"}),
            default=False,
        ),
    ),
    Sdk(distribution="ollama"),
    Sdk(distribution="openai"),
    Sdk(distribution="openrouter"),
    Sdk(distribution="perplexityai"),
    Sdk(distribution="replicate"),
    Sdk(distribution="sambanova"),
    Sdk(distribution="together"),
    Sdk(distribution="voyageai", names=("voyage",)),
    Sdk(distribution="writer-sdk", names=("writer",)),
    Sdk(
        distribution="xai-sdk",
        names=("xai",),
        native=Native(
            requirement="xai-sdk >= 1.1",
            variable="XAI_SDK_DISABLE_TRACING",
            values=frozenset({"1", "true"}),
            default=True,
        ),
    ),
    Sdk(distribution="zai-sdk"),
    Sdk(distribution="zhipuai"),
    # Each may make some.
    Sdk(distribution="boto3", kind="general", names=("botocore", "bedrock", "aiobotocore"), of_general="Bedrock"),
    Sdk(
        distribution="google-cloud-aiplatform", kind="general", names=("vertexai",), of_general="its generative models"
    ),
    Sdk(distribution="huggingface-hub", kind="general", of_general="InferenceClient"),
    # Each makes its requests through the SDKs above.
    *(
        Sdk(distribution=distribution, kind="framework", names=names)
        for distribution, names in (
            ("agno", ()),
            ("autogen-agentchat", ("autogen",)),
            ("crewai", ()),
            ("dspy", ()),
            ("google-adk", ()),
            ("haystack-ai", ("haystack",)),
            ("instructor", ()),
            ("langchain", ("langchain-core",)),
            ("llama-index-core", ("llama-index", "llamaindex")),
            ("openai-agents", ()),
            ("pydantic-ai-slim", ("pydantic-ai",)),
            ("semantic-kernel", ()),
            ("smolagents", ()),
            ("strands-agents", ("strands",)),
        )
    ),
)

NAMESAKES: Final = ("opentelemetry.instrumentation.boto3sqs",)
"""Instrumentations that name an SDK above, and see none of its GenAI requests."""

COMPLEMENTS: Final = ("openai-more",)
"""Instrumentations by their entry points that see only what the main one of an SDK leaves out: they cannot stand in for it."""

IN_CODE: Final = ("braintrust", "langfuse", "logfire", "openlit", "opik", "traceloop-sdk", "weave")
"""What instruments SDKs by a call in the application, which nobody can see from outside."""

"""Reads the measurement tables of ML.ENERGY v3. What the tables do not say, and we had to choose, is named here."""

from __future__ import annotations

import csv
import dataclasses
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Names = NDArray[np.str_]

DATA: Final = Path(__file__).parent / "data"

# The tasks that the fit reads: text in, text out, and prompts short beside the output. Code completion (long prompts,
# short output) and chat about images and videos are kept out; code completion is a test that the fit never sees.
FITTED_TASKS: Final = ("lm-arena-chat", "gpqa")
CODE_TASK: Final = "sourcegraph-fim"

# The tables round some counts to whole billions, from the model's name. Here as the makers' cards say them.
PARAMETERS_B: Final[Mapping[str, tuple[float, float]]] = {
    "GPT OSS 120B": (116.8, 5.1),  # https://huggingface.co/openai/gpt-oss-120b
    "GPT OSS 20B": (20.9, 3.6),  # https://huggingface.co/openai/gpt-oss-20b
    "Qwen 3 30B": (30.5, 3.3),  # https://huggingface.co/Qwen/Qwen3-30B-A3B
    "Qwen 3 8B": (8.2, 8.2),  # https://huggingface.co/Qwen/Qwen3-8B
    "Qwen 3 14B": (14.8, 14.8),  # https://huggingface.co/Qwen/Qwen3-14B
    "Qwen 3 32B": (32.8, 32.8),  # https://huggingface.co/Qwen/Qwen3-32B
}

# Bytes of one weight. mxfp4 holds 4 bits and one shared 8-bit scale for 32 weights: 4.25 bits.
BYTES_PER_WEIGHT: Final[Mapping[str, float]] = {"bfloat16": 2.0, "fp8": 1.0, "mxfp4": 0.53}

# Tokens of a prompt: unpublished, so assumed. Chat: prompts of people are short, but the benchmark sends a conversation's
# earlier turns too (https://github.com/ml-energy/benchmark, mlenergy/llm/datasets.py). GPQA: question and four choices are
# 650 characters on average (https://huggingface.co/datasets/Idavidrein/gpqa), and a sentence and a chat template come on top.
# Code: a file's beginning and end; 2,000 is a guess, and only the test on code completion leans on it.
PROMPT_TOKENS: Final[Mapping[str, float]] = {"lm-arena-chat": 150.0, "gpqa": 200.0, CODE_TASK: 2000.0}

# Models that share an architecture and differ in training or number format are one family, and are held out together.
_VARIANT: Final = re.compile(r" (FP8|Instruct|Thinking)\b")
_STRICT: Final = re.compile(r"^(Qwen 3|DeepSeek|Llama 3|Llama 4|GPT OSS|Gemma 3|NVIDIA Nemotron)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRuns:
    """Runs of language models: one entry of each column is one run at a steady load."""

    task: Names
    family: Names
    maker_line: Names
    gpu: Names
    precision: Names
    experts: Flags
    total_b: Floats
    active_b: Floats
    bytes_per_weight: Floats
    batch: Floats
    prompt_tokens: Floats
    output_tokens: Floats
    gpu_count: Floats
    gpu_power_w: Floats
    energy_per_token_j: Floats

    def __len__(self) -> int:
        return len(self.batch)

    def where(self, chosen: Flags) -> TextRuns:
        """The chosen runs alone."""
        return dataclasses.replace(self, **{f.name: getattr(self, f.name)[chosen] for f in dataclasses.fields(self)})

    def with_prompts(self, tokens_by_task: Mapping[str, float]) -> TextRuns:
        """The same runs under another assumption about their prompts."""
        return dataclasses.replace(self, prompt_tokens=np.array([tokens_by_task[str(task)] for task in self.task]))


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of one table, as written."""
    with (DATA / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def family_of(nickname: str) -> str:
    """The family of a model: its name without number format and kind of training."""
    return _VARIANT.sub("", nickname)


def load_text(tasks: Iterable[str] = FITTED_TASKS) -> TextRuns:
    """The runs of the tasks, with parameters as the makers say them and the assumed prompts."""
    wanted = set(tasks)
    rows = [row for row in read_rows("mlenergy_v3_llm.csv") if row["task"] in wanted]

    def numbers(column: str) -> Floats:
        return np.array([float(row[column]) for row in rows])

    parameters = np.array([_parameters_b(row) for row in rows])
    families = [family_of(row["nickname"]) for row in rows]
    return TextRuns(
        task=np.array([row["task"] for row in rows]),
        family=np.array(families),
        maker_line=np.array([found[1] if (found := _STRICT.match(family)) else family for family in families]),
        gpu=np.array([row["gpu_model"] for row in rows]),
        precision=np.array([row["weight_precision"] for row in rows]),
        experts=np.array([row["architecture"] == "MoE" for row in rows]),
        total_b=parameters[:, 0],
        active_b=parameters[:, 1],
        bytes_per_weight=np.array([BYTES_PER_WEIGHT[row["weight_precision"]] for row in rows]),
        batch=numbers("avg_batch_size"),
        prompt_tokens=np.array([PROMPT_TOKENS[row["task"]] for row in rows]),
        output_tokens=numbers("avg_output_len"),
        gpu_count=numbers("num_gpus"),
        gpu_power_w=numbers("avg_power_watts") / numbers("num_gpus"),
        energy_per_token_j=numbers("energy_per_token_joules"),
    )


def _parameters_b(row: Mapping[str, str]) -> tuple[float, float]:
    for name, parameters_b in PARAMETERS_B.items():
        if row["nickname"].startswith(name):
            return parameters_b
    return float(row["total_params_billions"]), float(row["activated_params_billions"])

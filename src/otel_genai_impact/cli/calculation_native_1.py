"""The whole calculation of one request by the method `native-1`, by its very functions. docs/native-1.md has the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from otel_genai_impact.cli import provenance
from otel_genai_impact.cli.calculation import Factor, Step, of_place
from otel_genai_impact.cli.provenance import Origin
from otel_genai_impact.impacts import native_1_constants as fitted
from otel_genai_impact.impacts import native_1_energy as energy
from otel_genai_impact.impacts import native_1_facility as facility
from otel_genai_impact.impacts import native_1_serving as state
from otel_genai_impact.impacts.electricity import OWN_ELECTRICITY
from otel_genai_impact.impacts.interval import Interval
from otel_genai_impact.impacts.native_1 import gpu_energy_of, tokens_of, uncertainties
from otel_genai_impact.inventory.electricity import inventory_with

if TYPE_CHECKING:
    from otel_genai_impact.impacts.native_1_energy import Load
    from otel_genai_impact.impacts.native_1_facility import Uncertainties
    from otel_genai_impact.impacts.product_system import FunctionalUnit
    from otel_genai_impact.impacts.serving import Serving
    from otel_genai_impact.impacts.uncertainty import Uncertain
    from otel_genai_impact.inventory.resolved import Served

FIT: Final = Origin(("https://huggingface.co/datasets/ml-energy/benchmark-v3",), None, "fit on ML.ENERGY v3")
RULE: Final = Origin(("docs/native-1.md",), None, "a choice of the method, with its reason there")
_NOT_SAID: Final = Origin(("not said: counted as none",))
_FLEET: Final = Origin(("https://arxiv.org/abs/2508.15734",), None, "Google's fleet, 2025")
_MAKING: Final = Origin(("https://pypi.org/project/ecologits/0.11.3/",), "2026-11-22", "EcoLogits 0.11.3")


def factors(unit: FunctionalUnit, served: Served, serving: Serving, archive: str | None = None) -> list[Factor]:
    """Every number that goes in: of the request, the model, how and where it is served, and the method."""
    model, origin = served.entry.model, provenance.of_model(served, archive)
    load = state.load_of(model, serving)
    output, read, cached = tokens_of(unit)
    batch = _of_serving(serving.batch_size, served.serving.batch_size)
    gpu = _of_serving(serving.gpu, served.serving.gpu)
    of_input = _NOT_SAID if unit.input_tokens is None else provenance.YOURS
    of_cache = _NOT_SAID if unit.cached_tokens is None else provenance.YOURS
    return [
        exactly("n", "output tokens, reasoning included", output, "1", provenance.YOURS),
        exactly("i", "input tokens, cached ones included", read, "1", of_input),
        exactly("c", "input tokens from a cache", cached, "1", of_cache),
        Factor("P", "active parameters", with_median(model.active_parameters_b), "1e9", origin),
        Factor("T", "total parameters", with_median(model.total_parameters_b), "1e9", origin),
        exactly("b", "bytes of a weight", load.weight_bytes, "B", _of_precision(served, archive)),
        exactly("B", "requests at a time", load.batch_size, "1", batch),
        exactly("memory", "memory of one GPU", load.gpu.memory_gb, "GB", gpu),
        exactly("power", "power of one GPU that generates", load.gpu.power_w, "W", FIT),
        exactly("f", "energy of this kind of GPU, over an H100", load.gpu.energy_factor, "1", FIT),
        *of_native_place(served, archive),
        *_of_method(),
    ]


def _of_serving(value: object, of_deployment: object) -> Origin:
    """Who says a batch or a GPU: data of the user's own, the command line, or nobody."""
    if value is None:
        return RULE
    return provenance.OWN_DATA if value == of_deployment else provenance.YOURS


def _of_precision(served: Served, archive: str | None) -> Origin:
    """Who says how the weights are stored: their card, data of the user's own, or nobody."""
    weight_bytes = served.entry.model.weight_bytes
    if weight_bytes is None:
        return RULE
    about, entry = provenance.about_model(served.entry, archive), served.entry
    shipped = inventory_with(OWN_ELECTRICITY, archive).model(entry.provider, entry.name)
    if about is None or shipped is None or shipped.model.weight_bytes != weight_bytes:
        return provenance.OWN_DATA
    return about.origin if about.precision is None else about.precision[1]


def of_native_place(served: Served, archive: str | None) -> list[Factor]:
    """Every number of where it runs, as the method takes it."""
    return [
        factor._replace(value=with_median(factor.value)) if factor.symbol == "PUE" else factor
        for factor in of_place(served, OWN_ELECTRICITY, archive)
    ]


def with_median(size: Interval) -> Interval:
    """A range as the method takes it: 90 % of a distribution whose median is not in the middle."""
    return Interval(size.low, size.high, state.median(size))


def exactly(symbol: str, name: str, value: float, unit: str, origin: Origin) -> Factor:
    """A factor without an interval of its own."""
    return Factor(symbol, name, Interval.exactly(value), unit, origin)


def _of_method() -> list[Factor]:
    return [
        exactly("c0", "a step, each GPU", fitted.DECODE_STEP_J_PER_GPU, "J", FIT),
        exactly("c1", "a step, each 1e9 bytes of weights", fitted.DECODE_WEIGHTS_J_PER_GB, "J", FIT),
        exactly("k", "how well a batch shares steps", fitted.DECODE_BATCH_EXPONENT, "1", FIT),
        exactly("c2", "computing a token, 1e9 parameters", fitted.DECODE_COMPUTE_J_PER_B_PARAMETERS, "J", FIT),
        exactly("c3", "1,000 tokens of context", fitted.DECODE_CONTEXT_J_PER_KTOKEN, "J", FIT),
        exactly("c4", "experts in fp8", fitted.DECODE_FP8_EXPERTS_J, "J", FIT),
        exactly("r", "reading a token, 1e9 parameters", fitted.PREFILL_J_PER_B_PARAMETERS, "J", RULE),
        exactly("rc", "a token from a cache, over a new one", energy.CACHE_READ_SHARE, "1", RULE),
        *of_facility(),
    ]


def of_facility() -> list[Factor]:
    """What the method says of data centres and hardware, whatever GPUs work on."""
    gpu, server = facility.GPU_MADE, facility.SERVER_MADE
    return [
        exactly("host", "servers without GPUs", facility.HOST_FACTOR, "1", _FLEET),
        exactly("idle", "machines in reserve", facility.IDLE_FACTOR, "1", _FLEET),
        exactly("L", "lifetime of the hardware", facility.LIFETIME_S, "s", RULE),
        exactly("u", "part of it that a GPU works", facility.UTILISATION, "1", RULE),
        exactly("gpu_gwp", "making one GPU", gpu.gwp_kgco2eq, "kgCO2eq", _MAKING),
        exactly("server_gwp", "making one server without GPUs", server.gwp_kgco2eq, "kgCO2eq", _MAKING),
        exactly("gpu_adpe", "making one GPU", gpu.adpe_kgsbeq, "kgSbeq", _MAKING),
        exactly("server_adpe", "making one server without GPUs", server.adpe_kgsbeq, "kgSbeq", _MAKING),
        exactly("gpu_pe", "making one GPU", gpu.pe_mj, "MJ", _MAKING),
        exactly("server_pe", "making one server without GPUs", server.pe_mj, "MJ", _MAKING),
    ]


def steps(unit: FunctionalUnit, served: Served, serving: Serving) -> list[Step]:
    """Every formula with its result."""
    model = served.entry.model
    load = state.load_of(model, serving)
    gpu = gpu_energy_of(unit, model, serving)
    center, mix = served.data_center.data_center, served.zone.electricity_mix
    found = uncertainties(unit, model, center, mix, serving)
    return [
        *_of_load(load),
        Step("E_out", "GPUs, output", "n * e", gpu.tokens.interval, "J"),
        Step("E_ctx", "GPUs, looking back on the context", "n * (i + n / 2) * x", gpu.context.interval, "J"),
        Step("E_in", "GPUs, input", "p * ((i-c) * (1 + A * (c + (i-c) / 2)) + rc * c)", gpu.prefill.interval, "J"),
        Step("E_GPU", "GPUs in all", "E_out + E_ctx + E_in", gpu.in_all.interval, "J"),
        *impact_steps(found, facility.it_energy_j(gpu.in_all)),
    ]


def impact_steps(found: Uncertainties, it_j: Uncertain) -> list[Step]:
    """From the energy of the GPUs to all impacts: the same for whatever they work on."""
    making = "E_GPU / power / (L * u) * (gpu_{0} + server_{0} / 8)"
    return [
        Step("E_IT", "all IT equipment", "E_GPU * host * idle", it_j.interval, "J"),
        Step("E", "the data centre", "E_IT * PUE", found.energy_j.interval, "J"),
        Step(
            "gwp_usage",
            "greenhouse gases of running",
            "E / 3.6e6 * mix_gwp",
            found.usage_gwp_kgco2eq.interval,
            "kgCO2eq",
        ),
        Step("gwp_embodied", "of making", making.format("gwp"), found.embodied_gwp_kgco2eq.interval, "kgCO2eq"),
        Step("gwp", "greenhouse gases", "gwp_usage + gwp_embodied", found.gwp_kgco2eq.interval, "kgCO2eq"),
        Step("adpe_usage", "metals of running", "E / 3.6e6 * mix_adpe", found.usage_adpe_kgsbeq.interval, "kgSbeq"),
        Step("adpe_embodied", "of making", making.format("adpe"), found.embodied_adpe_kgsbeq.interval, "kgSbeq"),
        Step("adpe", "metals and minerals", "adpe_usage + adpe_embodied", found.adpe_kgsbeq.interval, "kgSbeq"),
        Step("pe_usage", "primary energy of running", "E / 3.6e6 * mix_pe", found.usage_pe_mj.interval, "MJ"),
        Step("pe_embodied", "of making", making.format("pe"), found.embodied_pe_mj.interval, "MJ"),
        Step("pe", "primary energy", "pe_usage + pe_embodied", found.pe_mj.interval, "MJ"),
        Step("wcf_site", "water on site", "E_IT / 3.6e6 * WUE", found.site_water_l.interval, "L"),
        Step("wcf_grid", "water of electricity", "E / 3.6e6 * mix_wue", found.grid_water_l.interval, "L"),
        Step("wcf", "water", "wcf_site + wcf_grid", found.wcf_l.interval, "L"),
    ]


def _of_load(load: Load) -> list[Step]:
    exactly = Interval.exactly
    shared = "(c0 * g + c1 * W * b) / B**k + c2 * P"
    decode = f"f * ({shared} + c4 * sqrt(P) / B)" if energy.has_fp8_experts(load) else f"f * ({shared})"
    context, read = energy.context_j_per_token_and_token(load), energy.prefill_j_per_token(load)
    return [
        Step("W", "parameters that a step touches", "P + (T-P) * (1 - (1 - P/T)**B)", exactly(energy.touched_parameters_b(load)), "1e9"),
        Step("g", "GPUs of the model", "1.2 * T * b / memory, up to a power of two", exactly(energy.gpu_count(load)), "1"),
        Step("e", "one token of output", decode, exactly(energy.decode_j_per_token(load)), "J"),
        Step("x", "for each token of its context", "f * c3 / 1000 * sqrt(P)", exactly(context), "J"),
        Step("p", "one token of input", "f * r * P", exactly(read), "J"),
        Step("A", "attention to a token, over the rest", "0.148 * (1e9 * sqrt(P*T))**(-1/3) * sqrt(T/P)", exactly(energy.attention_share(load)), "1"),
    ]  # fmt: skip


def error_sources(unit: FunctionalUnit, served: Served, serving: Serving) -> list[dict[str, Any]]:
    """Where the uncertainty of the energy comes from, the largest part first: what to find out next."""
    center, mix = served.data_center.data_center, served.zone.electricity_mix
    return shares(uncertainties(unit, served.entry.model, center, mix, serving).energy_j)


def shares(energy_j: Uncertain) -> list[dict[str, Any]]:
    """Each error of an energy, its part of the whole, and what would make it smaller."""
    return [
        {"source": kind, "log_sd": energy_j.errors[kind], "share": share, "what_helps": WHAT_HELPS[kind]}
        for kind, share in energy_j.shares().items()
    ]


WHAT_HELPS: Final = {
    "fit": "measure this model on its own servers",
    "state": "measure the servers in the state in which they work",
    "context": "measure with contexts as long as yours",
    "prefill": "measure what reading an input takes",
    "batch": "learn how many requests are served at a time, and give --batch-size",
    "precision": "learn the precision of the weights",
    "parameters": "learn the size of the model, or choose one whose size is published",
    "active share": "learn how many parameters are active for a token",
    "host": "measure whole servers, not GPUs alone",
    "utilisation": "measure requests of as many texts as yours",
    "steps": "learn the steps of the denoiser, and give --steps",
    "size": "learn the size of the pictures, and give --size",
    "count": "learn how many pictures there were, and give --count",
    "duration": "learn how long the video is, and give --seconds",
    "pue": "learn the PUE of the data centre, and give it in data of your own",
}

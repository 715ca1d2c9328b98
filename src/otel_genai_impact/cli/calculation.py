"""The whole calculation of one request, step by step, by the very functions of the method `ecologits-0.11`.

Each formula stands beside its result as docs/methodology.md has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_genai_impact.cli import provenance
from otel_genai_impact.impacts import ecologits_0_11 as method
from otel_genai_impact.impacts import usage
from otel_genai_impact.impacts.electricity import REFERENCE_ELECTRICITY
from otel_genai_impact.impacts.interval import Interval

if TYPE_CHECKING:
    from otel_genai_impact.cli.provenance import Origin
    from otel_genai_impact.impacts.assessment import Impacts
    from otel_genai_impact.impacts.product_system import FunctionalUnit
    from otel_genai_impact.inventory.resolved import Served


class Factor(NamedTuple):
    """A number that goes in."""

    symbol: str
    name: str
    value: Interval
    unit: str
    origin: Origin


class Step(NamedTuple):
    """A number that comes out of others, and how."""

    symbol: str
    name: str
    formula: str
    value: Interval
    unit: str


def factors(unit: FunctionalUnit, served: Served, archive: str | None = None) -> list[Factor]:
    """Every number that goes in: of the request, the model, the data centre, the electricity, and the method.

    `archive`: the version of the data whose sources they are; None for today's.
    """
    found = [Factor("n", "output tokens", Interval.exactly(unit.output_tokens), "1", provenance.YOURS)]
    if unit.latency_s is not None:
        found.append(Factor("w", "latency", Interval.exactly(unit.latency_s), "s", provenance.YOURS))
    return [*found, *_of_model(served, archive), *of_place(served, REFERENCE_ELECTRICITY, archive), *_of_method()]


def _of_model(served: Served, archive: str | None) -> list[Factor]:
    model, origin = served.entry.model, provenance.of_model(served, archive)
    found = [
        Factor("P", "active parameters", model.active_parameters_b, "1e9", origin),
        Factor("T", "total parameters", model.total_parameters_b, "1e9", origin),
    ]
    if model.output_tokens_per_s is not None:
        found.append(Factor("tps", "speed", Interval.exactly(model.output_tokens_per_s), "1/s", origin))
    if model.time_to_first_token_s is not None:
        first = Interval.exactly(model.time_to_first_token_s)
        found.append(Factor("ttft", "time to first token", first, "s", origin))
    return found


def of_place(served: Served, electricity: str, archive: str | None = None) -> list[Factor]:
    """Every number of where it runs, with the origins of this set of electricity data."""
    center, mix = served.data_center.data_center, served.zone.electricity_mix
    of_center, code = provenance.of_data_center(served.data_center, archive), served.zone.code

    def of_zone(factor: str) -> Origin:
        return provenance.of_zone(code, factor, electricity, archive)

    return [
        Factor("PUE", "power usage effectiveness", center.pue, "1", of_center),
        Factor("WUE", "water on site, per kWh of IT energy", center.onsite_wue_l_per_kwh, "L/kWh", of_center),
        Factor(
            "mix_gwp",
            "greenhouse gases",
            Interval.exactly(mix.gwp_kgco2eq_per_kwh),
            "kgCO2eq/kWh",
            of_zone("gwp_kgco2eq_per_kwh"),
        ),
        Factor(
            "mix_adpe",
            "metals and minerals",
            Interval.exactly(mix.adpe_kgsbeq_per_kwh),
            "kgSbeq/kWh",
            of_zone("adpe_kgsbeq_per_kwh"),
        ),
        Factor("mix_pe", "primary energy", Interval.exactly(mix.pe_mj_per_kwh), "MJ/kWh", of_zone("pe_mj_per_kwh")),
        Factor(
            "mix_wue", "water of power stations", Interval.exactly(mix.wue_l_per_kwh), "L/kWh", of_zone("wue_l_per_kwh")
        ),
    ]


def _of_method() -> list[Factor]:
    server = method.SERVER
    constants = (
        ("alpha_e", "energy by parameters", method.GPU_ENERGY_ALPHA_WH_PER_B_PARAMETERS, "Wh/1e9"),
        ("gamma_e", "energy of any token", method.GPU_ENERGY_GAMMA_WH, "Wh"),
        ("alpha_t", "time by parameters", method.TOKEN_TIME_ALPHA_S_PER_B_PARAMETERS, "s/1e9"),
        ("beta_t", "time by batch", method.TOKEN_TIME_BETA_S_PER_REQUEST, "s"),
        ("gamma_t", "time of any token", method.TOKEN_TIME_GAMMA_S, "s"),
        ("B", "requests at a time", server.batch_size, "1"),
        ("bits", "precision of a weight", method.WEIGHT_BITS, "bit"),
        ("room", "memory, over that of the weights", method.MEMORY_OVERHEAD, "1"),
        ("memory", "memory of one GPU", server.gpu_memory_gb, "GB"),
        ("GPUs", "GPUs in a server", server.gpu_count, "1"),
        ("W_server", "power of a server without GPUs", server.power_without_gpus_kw, "kW"),
        ("L", "lifetime of the hardware", server.lifetime_s, "s"),
        ("gpu_gwp", "making one GPU", server.gpu_embodied_gwp_kgco2eq, "kgCO2eq"),
        ("server_gwp", "making one server without GPUs", server.chassis_embodied_gwp_kgco2eq, "kgCO2eq"),
        ("gpu_adpe", "making one GPU", server.gpu_embodied_adpe_kgsbeq, "kgSbeq"),
        ("server_adpe", "making one server without GPUs", server.chassis_embodied_adpe_kgsbeq, "kgSbeq"),
        ("gpu_pe", "making one GPU", server.gpu_embodied_pe_mj, "MJ"),
        ("server_pe", "making one server without GPUs", server.chassis_embodied_pe_mj, "MJ"),
    )
    energy_by_batch = Factor(
        # An exponent is negative, which no interval of physical quantities is: it stands in the words.
        "scale",
        f"exp(beta_e * B), what a batch does to the energy; beta_e = {method.GPU_ENERGY_BETA_PER_REQUEST:.6g}",
        Interval.exactly(_energy_scale()),
        "1",
        provenance.METHOD,
    )
    return [
        energy_by_batch,
        *(Factor(key, name, Interval.exactly(value), unit, provenance.METHOD) for key, name, value, unit in constants),
    ]


def _energy_scale() -> float:
    from math import exp

    return exp(method.GPU_ENERGY_BETA_PER_REQUEST * method.SERVER.batch_size)


def steps(unit: FunctionalUnit, served: Served, impacts: Impacts) -> list[Step]:
    """Every formula with its result; the last ones are the impacts themselves, which `impacts` has."""
    model, server, center = served.entry.model, method.SERVER, served.data_center.data_center
    per_token_kwh = method.gpu_energy_per_token_kwh(model.active_parameters_b, server.batch_size)
    token_s = method.time_per_token_s(model, server.batch_size)
    time_s = method.generation_time_s(unit, model, server.batch_size)
    gpus = method.gpu_count(model.total_parameters_b, server.gpu_memory_gb)
    share = gpus * (1 / server.gpu_count)
    server_kwh = usage.server_energy_kwh(time_s, server.power_without_gpus_kw, share, server.batch_size)
    it_kwh = usage.it_energy_kwh(server_kwh, gpus, per_token_kwh * unit.output_tokens)
    token_formula = "1 / tps" if model.output_tokens_per_s is not None else "alpha_t * P + beta_t * B + gamma_t"
    time_formula = "n * t + ttft" if model.time_to_first_token_s is not None else "n * t"
    if unit.latency_s is not None:
        time_formula = f"min(w, {time_formula})"
    return [
        Step("e", "one GPU, one token", "(alpha_e * scale * P + gamma_e) / 1000", per_token_kwh, "kWh"),
        Step("t", "time for one token", token_formula, token_s, "s"),
        Step("h", "generation time", time_formula, time_s, "s"),
        Step("g", "GPUs of the model", "T * room * bits / 8 / memory, up to a power of two", gpus, "1"),
        Step("s", "share of the server", "g / GPUs", share, "1"),
        Step("E_server", "energy of the server without GPUs", "h / 3600 * W_server * s / B", server_kwh, "kWh"),
        Step("E_IT", "energy of all IT equipment", "E_server + g * n * e", it_kwh, "kWh"),
        Step("E", "energy of the data centre", "PUE * E_IT", usage.facility_energy_kwh(it_kwh, center.pue), "kWh"),
        *_impacts(impacts),
    ]


def _impacts(impacts: Impacts) -> list[Step]:
    use, made = impacts.usage, impacts.embodied
    making = "h / (L * B) * (g * gpu_{0} + s * server_{0})"
    return [
        Step("gwp_usage", "greenhouse gases of running", "E * mix_gwp", use.gwp_kgco2eq, "kgCO2eq"),
        Step("gwp_embodied", "greenhouse gases of making", making.format("gwp"), made.gwp_kgco2eq, "kgCO2eq"),
        Step("gwp", "greenhouse gases", "gwp_usage + gwp_embodied", impacts.gwp_kgco2eq, "kgCO2eq"),
        Step("adpe_usage", "metals of running", "E * mix_adpe", use.adpe_kgsbeq, "kgSbeq"),
        Step("adpe_embodied", "metals of making", making.format("adpe"), made.adpe_kgsbeq, "kgSbeq"),
        Step("adpe", "metals and minerals", "adpe_usage + adpe_embodied", impacts.adpe_kgsbeq, "kgSbeq"),
        Step("pe_usage", "primary energy of running", "E * mix_pe", use.pe_mj, "MJ"),
        Step("pe_embodied", "primary energy of making", making.format("pe"), made.pe_mj, "MJ"),
        Step("pe", "primary energy", "pe_usage + pe_embodied", impacts.pe_mj, "MJ"),
        Step("wcf", "water", "E_IT * WUE + E * mix_wue", impacts.wcf_l, "L"),
    ]

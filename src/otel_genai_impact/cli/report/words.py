"""What the codes of the telemetry mean, in a sentence for people who see them for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from otel_genai_impact import semconv

if TYPE_CHECKING:
    from otel_genai_impact.cli.report.totals import Sums

REASONS: Final = {
    semconv.UNSUPPORTED_OPERATION: "Embeddings, images, audio and the like: no method covers them yet.",
    semconv.ERROR: "The request failed and generated nothing.",
    semconv.INVALID_USAGE: "What was reported as a count of tokens is none.",
    semconv.NO_USAGE: "No count of output tokens was reported. For streams of OpenAI, ask for it: "
    "stream_options={'include_usage': True}.",
    semconv.UNKNOWN_MODEL: "The inventory has no model of this name.",
    semconv.UNKNOWN_ZONE: "The inventory has no electricity zone of this name.",
    semconv.NOT_MEASURED: "GENAI_IMPACT_STRICT was set, and nobody measured it.",
}

ASSUMPTIONS: Final = {
    semconv.MODEL_PARAMETERS_UNDISCLOSED: "The maker does not say how large the model is; a range stands for it.",
    semconv.MODEL_MULTIMODAL: "The model takes or makes images or sound, too; only text is counted.",
    semconv.MODEL_FROM_REQUEST: "The model that answered is not known; the one that was asked for is.",
    semconv.MODEL_NORMALIZED: "The inventory has the model without what stands around its name.",
    semconv.MODEL_ALIAS: "The name is another name of the model.",
    semconv.MODEL_FALLBACK: "The model is a new member of a known family, and has the family's wide range.",
    semconv.PROVIDER_HOST: "The span names the maker of the SDK; the host says who answered, and that one's data are used.",
    semconv.DATA_CENTER_CLOUD: "The region is known; PUE and WUE are those of all the cloud's data centres together.",
    semconv.DATA_CENTER_DEFAULT: "Nothing is known of the provider's data centres; a usual one stands for them.",
    semconv.ZONE_PROVIDER_DEFAULT: "Where the request ran is not known; the provider's usual country stands for it.",
    semconv.ZONE_WORLD: "Where the request ran is not known; the world's electricity stands for it.",
    semconv.LATENCY_UNKNOWN: "How long the request took is not known; the method's own duration stands for it.",
    semconv.MEDIA_COUNT: "How many images or videos there were is not known; one is counted.",
    semconv.MEDIA_DURATION: "How long the video is is not known; it is taken to be as long as the model makes it.",
    semconv.MEDIA_SIZE: "The size of the picture is not known; it is taken to be as large as the model makes it.",
    semconv.MEDIA_STEPS: "The steps of the denoiser are not known; as many as are usual for the model are taken.",
    semconv.INPUT_UNKNOWN: "How many tokens the model read is not known; nothing is counted for them.",
    semconv.MODEL_PRECISION: "The precision of the model's weights is not known; the usual one stands for it.",
    semconv.GRID_ADPE_WORLD: "Metals and minerals of the zone's electricity are not known; the world's stand for them.",
    semconv.GRID_PE_WORLD: "Primary energy of the zone's electricity is not known; the world's stands for it.",
    semconv.GRID_WUE_WORLD: "Water of the zone's electricity is not known; the world's stands for it.",
    semconv.ENERGY_BOUNDARY_ASSUMED: "The provider does not say whether its energy includes cooling; its PUE was added.",
    semconv.ENERGY_ATTRIBUTED: "The provider divided the energy of machines that served several requests in a way of its own.",
    semconv.ENERGY_REPORTED_INVALID: "The energy that was reported cannot be; it was modelled instead.",
    semconv.PUE_ONE: "Nothing was said of cooling and losses around the machine that was measured; none were added.",
    semconv.EMBODIED_MODELLED: "Making the hardware is the method's figure, not that of the machine that was metered.",
    semconv.EMBODIED_UNKNOWN: "What making the hardware cost is not known, and is in no figure.",
}

UNEXPLAINED: Final = "See docs/methodology.md of otel-genai-impact."


def by_source(sums: Sums) -> str:
    """Where the energy of requests is from, in a sentence: what was metered is not called modelled."""
    metered = ((sums.measured, "measured on the machine"), (sums.provider_reported, "reported by the provider"))
    said = ", ".join(f"of {count:,} {word}" for count, word in metered if count)
    if not said:
        return "Modelled, not measured."
    rest = f"that of the other {sums.modelled:,} is modelled" if sums.modelled else "that of no request is modelled"
    return f"The energy {said}; {rest}."

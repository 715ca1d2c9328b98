"""What a request costs, beside its impacts: by genai-prices, which the extra `prices` installs. Only `--cost` imports it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

INSTALL: Final = "--cost needs genai-prices: pip install 'otel-genai-impact[prices]'"

# Where our provider's name is not one that genai-prices knows.
_PROVIDERS: Final = {"x_ai": "x-ai", "moonshot_ai": "moonshotai", "perplexity_ai": "perplexity"}


class PricesError(ValueError):
    """Prices cannot be looked up, because what knows them is not installed."""


class Cost(NamedTuple):
    """The list price of a request.

    Attributes:
        usd: for all its tokens.
        of: whose price it is, provider and model, as genai-prices calls them.
        source: what was asked.
    """

    usd: float
    of: str
    source: str


def cost_of(provider: str, model: str, *, output_tokens: int, input_tokens: int = 0) -> Cost | None:
    """The list price of a request; None if genai-prices has none.

    Raises:
        PricesError: it is not installed.
    """
    try:
        from genai_prices import Usage, __version__, calc_price
    except ImportError as error:
        raise PricesError(INSTALL) from error
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    try:
        price = calc_price(usage, model, provider_id=_PROVIDERS.get(provider.lower(), provider))
    except LookupError:
        return None
    of = f"{price.provider.id}/{price.model.id}"
    return Cost(usd=float(price.total_price), of=of, source=f"genai-prices {__version__}")


def as_report(cost: Cost | None) -> dict[str, Any] | None:
    """In values that JSON has."""
    return None if cost is None else {"usd": cost.usd, "of": cost.of, "source": cost.source}


def as_line(cost: dict[str, Any] | None) -> str:
    """For a person."""
    if cost is None:
        return "  cost   not known: genai-prices has no price of this model at this provider"
    return (
        f"  {'cost':<7}{cost['usd']:>10.4g} USD                           list price of {cost['of']}, {cost['source']}"
    )

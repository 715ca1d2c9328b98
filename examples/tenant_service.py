"""A web service with a budget for each tenant and day: whose is used up gets 429 until tomorrow, the others go on.

    pip install fastapi uvicorn openai
    OPENAI_API_KEY=... genai-impact run uvicorn --app-dir examples tenant_service:app
    curl localhost:8000/ask -H 'Authorization: Bearer key-of-ada' -H 'Content-Type: application/json' -d '{"question": "Hello?"}'

The tenant is who the key belongs to, never what a request says of itself: who could choose a name could choose a new budget. With
REDIS_URL all processes of the service have the sums together; BUDGET_G and CHAT_MODEL choose another budget and model. What the
tenants used: GENAI_IMPACT_METRIC_ATTRIBUTES=tenant and `genai-impact report --by tenant`.
"""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from openai import AsyncOpenAI
from pydantic import BaseModel

from otel_genai_impact import BudgetExceeded, attribute_to, budget

MODEL = os.environ.get("CHAT_MODEL", "gpt-4o-mini")
BUDGET_G = float(os.environ.get("BUDGET_G", "5"))
REDIS_URL = os.environ.get("REDIS_URL")
DAY_S = 24 * 60 * 60
# A real one would look in its database.
TENANT_OF_KEY = {"key-of-ada": "ada", "key-of-bob": "bob"}

app = FastAPI()
bearer = HTTPBearer()


class Question(BaseModel):
    """What a tenant asks."""

    question: str


class Answer(BaseModel):
    """What the model says, and what is left of the tenant's day."""

    answer: str
    gwp_left_g: float


def tenant_of(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    """Who the key of a request belongs to."""
    tenant = TENANT_OF_KEY.get(credentials.credentials)
    if tenant is None:
        raise HTTPException(401, "this key belongs to nobody")
    return tenant


@app.post("/ask")
async def ask(question: Question, tenant: Annotated[str, Depends(tenant_of)]) -> Answer:
    """Ask the model, at the expense of the tenant."""
    with attribute_to(tenant=tenant):
        async with budget(
            "tenant-day", gwp_g=BUDGET_G, key=tenant, window_s=DAY_S, redis=REDIS_URL, on_exceeded="refuse"
        ) as block:
            completion = await AsyncOpenAI().chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": question.question}], max_completion_tokens=300
            )
            return Answer(answer=completion.choices[0].message.content or "", gwp_left_g=block.remaining["gwp_g"])


@app.exception_handler(BudgetExceeded)
async def used_up(_request: Request, error: BudgetExceeded) -> JSONResponse:
    """What a tenant gets whose budget is used up: nothing was sent to the model."""
    exceeded = error.exceeded
    said = f"the {exceeded.criterion} budget of this day is used up: {exceeded.limit:g} {exceeded.unit}"
    return JSONResponse({"detail": said}, 429)

"""Bulk imports: the file goes in as it is, progress and errors by row come back."""

from dataclasses import asdict
from typing import Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request

from models.errors import Invalid
from store import jobs
from store.database import autocommit
from web.deps import Here, TheMerchant

router = APIRouter(prefix="/merchants/{m}/imports")


@router.post("", status_code=202)
async def start(
    merchant: TheMerchant,
    request: Request,
    here: Here,
    format: Literal["csv", "jsonl", "shopify_json", "shopify_csv"],  # noqa: A002 - the name of the contract
) -> dict[str, str]:
    upload = await request.body()
    if not upload:
        raise Invalid("the file is empty; send it as the raw body", field="body")
    job_id = uuid4().hex
    async with here.engine.begin() as connection:
        await jobs.start(
            connection,
            job_id=job_id,
            kind="import",
            merchant_id=merchant.id,
            options={"format": format},
            upload=upload,
        )
    here.gateway.job_started()
    return {"id": job_id}


@router.get("/{job_id}")
async def progress(merchant: TheMerchant, job_id: str, here: Here) -> dict[str, Any]:
    async with autocommit(here.engine) as connection:
        found = await jobs.progress(connection, merchant.id, job_id)
    return asdict(found)

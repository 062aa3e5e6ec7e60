"""What a merchant decides: one page for each part, one form on a page."""

from fastapi import APIRouter

from web.console.settings import (
    customers,
    erasure,
    faq,
    instagram,
    overview,
    posts,
    shopify,
    shopify_options,
    voice,
    wishes,
)
from web.console.settings.assistant_parts import COMMENTS, MODEL
from web.console.settings.experiment import EXPERIMENT
from web.console.settings.policies import POLICIES
from web.console.settings.shop_parts import HANDOVER, HOURS, PROFILE, RETENTION

router = APIRouter(prefix="/{m}/settings")
router.add_api_route("", overview.overview)
for room in (voice, faq, posts, instagram, shopify, shopify_options, customers, wishes, erasure):
    router.include_router(room.router)
for part in (PROFILE, HOURS, HANDOVER, POLICIES, COMMENTS, MODEL, EXPERIMENT, RETENTION):
    router.include_router(part.router())

"""A second installation, with a model, that tests may hurt."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ClassVar

import aiohttp

from launch.ports import free_ports
from tests.cluster.api import Api
from tests.cluster.launching import AUTHORIZED, Launcher, running, scratch_folder
from tests.cluster.shops import Account, Shop, connect_account
from tests.standins.instagram import Instagram
from tests.standins.openai import OpenAIStandin, openai_standin


@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    openai_key: ClassVar[str] = "sk-a-made-up-key"

    launcher: Launcher
    openai: OpenAIStandin
    demo: Shop
    account: Account


@asynccontextmanager
async def second_installation(session: aiohttp.ClientSession) -> AsyncIterator[Second]:
    (port,) = free_ports(1)
    with scratch_folder() as folder:
        async with openai_standin() as openai, Instagram(echo="after") as instagram:
            settings = {
                "OPENAI_API_KEY": Second.openai_key,
                "OPENAI_BASE_URL": openai.url,
                "INSTAGRAM_GRAPH_URL": instagram.url,
                "INSTAGRAM_APP_SECRET": instagram.app_secret,
                "BURST_QUIET_SECONDS": "0.2",
                "COMMENT_POLL_SECONDS": "1",
            }
            async with running(folder, port, settings) as launcher:
                instagram.webhook_url = f"{launcher.url}/webhooks/instagram"
                api = Api(session=session, url=launcher.url, headers=AUTHORIZED)
                demo = Shop(api=api, id="demo")
                account = await connect_account(demo, instagram)
                yield Second(launcher=launcher, openai=openai, demo=demo, account=account)

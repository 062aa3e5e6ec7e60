"""A merchant of a test's own, so that no test sees another's."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.cluster.api import Answer, Api
from tests.cluster.polling import until
from tests.standins.instagram import Instagram, Sent

_numbers = count(17_841_500_000_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The paths of one merchant, and what tests ask of it most."""

    api: Api
    id: str

    @property
    def path(self) -> str:
        return f"/api/merchants/{self.id}"

    async def chat(self, text: str, customer_id: str = "ada", **more: Any) -> Any:
        answer = await self.post("/chat", {"customer_id": customer_id, "text": text, **more})
        assert answer.status == 200, answer.raw
        return answer.body

    async def get(self, path: str = "", **more: Any) -> Answer:
        return await self.api.get(self.path + path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.api.post(self.path + path, json, **more)

    async def put(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.api.put(self.path + path, json, **more)

    async def delete(self, path: str, **more: Any) -> Answer:
        return await self.api.delete(self.path + path, **more)

    async def add(self, *products: Any) -> None:
        for product in products:
            answer = await self.post("/products", product)
            assert answer.status == 201, answer.raw

    async def conversation(self, customer_id: str, channel: str = "instagram") -> Any:
        """None as long as there is none."""
        answer = await self.get(f"/conversations/{customer_id}", params={"channel": channel})
        return answer.body if answer.status == 200 else None

    async def messages(self, customer_id: str, role: str, *, at_least: int = 1) -> list[Any]:
        """What this side has said, once it has said so much."""

        async def said() -> list[Any]:
            conversation = await self.conversation(customer_id)
            lines = [line for line in (conversation or {"messages": []})["messages"] if line["role"] == role]
            return lines if len(lines) >= at_least else []

        return await until(said, what=f"{at_least} messages of the {role}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An Instagram account of a shop, at the stand-in."""

    instagram: Instagram
    id: str

    async def says(self, customer_id: str, text: str, **more: Any) -> None:
        assert await self.instagram.customer_says(customer_id, text, account_id=self.id, **more) == 200

    async def comments(self, customer_id: str, text: str, comment_id: str, **more: Any) -> None:
        comment = {"account_id": self.id, **more}
        assert await self.instagram.customer_comments(customer_id, text, comment_id, **comment) == 200

    def sent_to(self, customer_id: str) -> list[Sent]:
        return [
            sent
            for sent in self.instagram.ledger
            if (sent.account_id, sent.recipient_id) == (self.id, customer_id)
        ]

    async def replies(self, customer_id: str, *, at_least: int = 1, timeout_s: float = 30.0) -> list[Sent]:
        async def look() -> list[Sent]:
            sent = self.sent_to(customer_id)
            return sent if len(sent) >= at_least else []

        return await until(look, what=f"{at_least} messages to {customer_id}", timeout_s=timeout_s)


async def open_shop(api: Api, **profile: Any) -> Shop:
    answer = await api.post("/api/merchants", {"name": "Corner shop", **profile})
    assert answer.status == 201, answer.raw
    return Shop(api=api, id=answer.body["id"])


def new_account_id() -> str:
    return str(next(_numbers))


async def connect_account(shop: Shop, instagram: Instagram) -> Account:
    """A new one, by hand."""
    account_id = new_account_id()
    instagram.accounts[account_id] = f"token-of-{account_id}"
    connection = {"account_id": account_id, "access_token": instagram.accounts[account_id]}
    answer = await shop.put("/instagram", connection)
    assert answer.status == 200, answer.raw
    return Account(instagram=instagram, id=account_id)


def dress(id: str, *colors: str, price_minor: int = 5000, stock: int | None = 3, **more: Any) -> Any:  # noqa: A002 - the product's field
    """A product of the API with a variant for each colour."""
    return {
        "id": id,
        "name": f"{id.title()} dress",
        "category": ["Clothing", "Dresses"],
        "product_url": f"https://shop.example/{id}",
        "variants": [
            {"color": color, "size": "M", "price_minor": price_minor, "stock": stock}
            for color in colors or ("Blue",)
        ],
        **more,
    }

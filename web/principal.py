"""Who a request is from, and what of the installation that one may see."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, TypeVar

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from models.errors import NotFound

Kind = Literal["admin_token", "link", "user", "api_token"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """`merchants` None: all there are, and the installation itself. `id`: of the user or the token."""

    kind: Kind
    id: str = ""
    name: str = ""
    email: str = ""
    merchants: frozenset[str] | None = None

    @property
    def is_operator(self) -> bool:
        return self.merchants is None

    @property
    def by_browser(self) -> bool:
        """Its cookie goes along with whatever any page makes the browser ask for."""
        return self.kind in ("link", "user")

    @property
    def is_person(self) -> bool:
        """Not a program: a token must not make others, which would outlive it."""
        return self.kind != "api_token"

    def sees(self, merchant_id: str) -> bool:
        return self.merchants is None or merchant_id in self.merchants

    def of_these(self, merchant_id: str | None) -> list[str] | None:
        """What a listing is limited to when this merchant, or none in particular, is asked for."""
        if merchant_id is not None:
            self.require(merchant_id)
            return [merchant_id]
        return None if self.merchants is None else sorted(self.merchants)

    def require(self, merchant_id: str) -> None:
        """As if there were no such merchant: who may not see it learns nothing of it."""
        if not self.sees(merchant_id):
            raise NotFound("no such merchant")

    def require_operator(self) -> None:
        if not self.is_operator:
            raise HTTPException(403, "this concerns the whole installation; it takes an operator")


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_LIMITED: Final[set[Callable[..., Any]]] = set()


def limits_itself(endpoint: Endpoint) -> Endpoint:
    """Put on a route without a merchant in its path that answers everybody according to what they see.

    All others without one are for operators.
    """
    _LIMITED.add(endpoint)
    return endpoint


def require_scope(request: Request, principal: Principal) -> None:
    """The one check of every route: its merchant is one of those this principal sees."""
    merchant_id = request.path_params.get("m")
    if merchant_id is not None:
        principal.require(merchant_id)
    elif request.scope["endpoint"] not in _LIMITED:
        principal.require_operator()


async def _principal(request: Request) -> Principal:
    principal: Principal = request.state.principal
    return principal


# Of routes that somebody has been let into.
Who = Annotated[Principal, Depends(_principal)]

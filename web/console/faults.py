"""What is wrong with a form, by field, in words to stand beside it."""

from pydantic import ValidationError

from models.errors import ShopkeepError


def faults_of(error: ValidationError | ShopkeepError) -> dict[str, str]:
    """Under "form" what belongs to no field in particular."""
    if isinstance(error, ShopkeepError):
        return {error.field or "form": _sentence(error.detail)}
    return {
        str(fault["loc"][0]) if fault["loc"] else "form": _sentence(
            fault["msg"].removeprefix("Value error, ")
        )
        for fault in reversed(error.errors())
    }


def _sentence(detail: str) -> str:
    return detail[:1].upper() + detail[1:]


class Faults(dict[str, str]):
    """Of a field that is right it says nothing: templates need not ask first."""

    def __missing__(self, field: str) -> str:
        return ""

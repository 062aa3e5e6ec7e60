"""Text from outside, as PostgreSQL can hold it."""

from typing import Annotated

from pydantic import AfterValidator

# Without its NULs. Half a surrogate pair, the other thing it refuses, pydantic refuses as well.
Storable = Annotated[str, AfterValidator(lambda text: text.replace("\0", ""))]

"""What the API takes in and gives out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StrictBool, StringConstraints

from sdk import Device

# PostgreSQL cannot store the character NUL in text, so it is refused at the door.
_NO_NUL = r"^[^\x00]*$"

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=255, pattern=_NO_NUL
    ),
]
Description = Annotated[str, StringConstraints(max_length=10_000, pattern=_NO_NUL)]


class Item(BaseModel):
    """An item of one organisation, and a row of the terminal panel."""

    id: UUID
    name: str
    description: str | None
    enabled: bool
    created_at: datetime
    updated_at: datetime


class ItemCreate(BaseModel):
    """The body that creates an item."""

    name: Name
    description: Description | None = None
    enabled: StrictBool = True


class ItemUpdate(BaseModel):
    """The body that changes an item: what it does not name stays as it is."""

    name: Name | None = None
    description: Description | None = None
    enabled: StrictBool | None = None


class ItemList(BaseModel):
    """The rows of the terminal panel."""

    data: list[Item]


class Enabled(BaseModel):
    """How many items were enabled."""

    enabled: int


class DeviceList(BaseModel):
    """Devices of the Controller's inventory."""

    data: list[Device]


class Problem(BaseModel):
    """Why a request was not served."""

    detail: str

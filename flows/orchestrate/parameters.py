"""What people type into a run's form in the Prefect UI: typed, described and bounded."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

# Prefect's server checks types, bounds and patterns before it creates a run, but no date formats.
_DAY = {"pattern": r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"}

_SiteId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]

SiteIds = Annotated[list[_SiteId], Field(min_length=1, max_length=200)]

SomeSiteIds = Annotated[list[_SiteId], Field(max_length=10_000)]
"""As SiteIds, for a verb that takes all sites when none is named."""

CaptureDay = Annotated[date, Field(ge=date(1995, 1, 1), json_schema_extra=_DAY)]

Workers = Annotated[int, Field(ge=1, le=64)]


class Days(BaseModel):
    """The days of a backfill, in China time, both included."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[
        date, Field(description="First day, such as 2021-01-01.", ge=date(1995, 1, 1), json_schema_extra=_DAY)
    ]
    until: Annotated[
        date,
        Field(description="Last day, included; such as 2021-12-31.", ge=date(1995, 1, 1), json_schema_extra=_DAY),
    ]

    @model_validator(mode="after")
    def _in_order(self) -> "Days":
        if self.until < self.since:
            message = f"expected until on or after {self.since}, found {self.until}"
            raise ValueError(message)
        return self

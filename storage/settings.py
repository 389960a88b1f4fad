"""settings.py — Every knob that comes from the environment, typed. Read at the edges (cli, crawl, open_store) only.

Credentials are not here: boto3 finds them where the AWS tools keep them (environment, files, instance role).
"""

from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.errors import InputError


class Settings(BaseSettings):
    """The settings of one process; each field is read from FANGZHI_<NAME>.

    archive: a directory or s3://bucket/prefix. sites: further directories of site files, joined by os.pathsep.
    user_agent_contact: an address or URL that site owners can write to; part of the User-Agent.
    s3_endpoint: address of an S3 store that is not Amazon's; AWS_ENDPOINT_URL_S3 does the same.
    s3_addressing: "path" for most stores one runs oneself, "virtual" for Aliyun OSS and Tencent COS.
    metrics: file to which every run adds what it counted, as OpenMetrics text; none when empty.
    notify_url: where messages about failed runs and stale sites are posted; none are when it is empty.
    """

    model_config = SettingsConfigDict(env_prefix="FANGZHI_", extra="ignore", frozen=True)

    archive: str = Field("./archive", min_length=1)
    sites: str = ""
    user_agent_contact: str = ""
    s3_endpoint: str = ""
    s3_addressing: Literal["auto", "path", "virtual"] = "auto"
    metrics: str = ""
    notify_url: str = ""

    def __init__(self, **values: Any) -> None:
        """Read the environment. Raises InputError naming the variable that has a wrong value."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            wrong = "; ".join(
                f"FANGZHI_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}, found {e['input']!r}"
                for e in error.errors()
            )
            message = f"settings from the environment: {wrong}"
            raise InputError(message) from error

"""s3.py — Objects in an S3 bucket, through the subset that all S3 stores share. The only module that imports boto3.

No conditional writes, no multi-object delete, no trailing checksums, no ETags: each of them is missing or wrong in
some store in use. Integrity is our own Content-MD5 on the way in, and the record's digests on the way out.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ResponseStreamingError,
    SSLError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from storage.errors import FangzhiError, ObjectNotFoundError, StoreRefusedError, StoreUnavailableError
from storage.keys import check_key

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

AddressingStyle = Literal["auto", "path", "virtual"]

# A store that cannot be reached is known after at most four tries of five seconds; a slow one has a minute a try.
CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 60
ATTEMPTS = 4

# As many threads as one crawl stores with; more would open a connection for each request.
MAX_CONNECTIONS = 32

_WRONG_CREDENTIALS = frozenset(
    {
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
        "InvalidToken",
        "AuthFailure",
        "TokenRefreshRequired",
    }
)
_NO_ROOM = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity", "EntityTooLarge"})
_ELSEWHERE = frozenset({"PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"})


class S3Store:
    """Objects in one bucket, below a prefix. The bucket exists already: it is never made here.

    endpoint_url: the store's address; when None, AWS_ENDPOINT_URL_S3 or Amazon. Credentials, region, CA bundle and
    proxies come from boto3's own chain. Safe to share between threads; make one for each process.
    """

    def __init__(
        self,
        bucket: str,
        prefix: str = "",
        *,
        endpoint_url: str | None = None,
        addressing_style: AddressingStyle = "auto",
    ) -> None:
        """Take the place; nothing is asked of the store yet."""
        self.bucket = bucket
        self.prefix = check_key(prefix.strip("/")) + "/" if prefix.strip("/") else ""
        self._endpoint_url = endpoint_url
        self._addressing_style = addressing_style

    def __repr__(self) -> str:
        """Show the place, without credentials."""
        return f"S3Store('s3://{self.bucket}/{self.prefix}')"

    @cached_property
    def client(self) -> "S3Client":
        """The boto3 client, made at the first request. Raises StoreRefusedError for a setup that boto3 refuses."""
        try:
            # A session of our own: boto3's default session may not be used by two threads at once.
            session = boto3.session.Session()
            return session.client(
                "s3",
                endpoint_url=self._endpoint_url,
                region_name=session.region_name or "us-east-1",
                config=Config(
                    signature_version="s3v4",
                    s3={"addressing_style": self._addressing_style},
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    max_pool_connections=MAX_CONNECTIONS,
                    connect_timeout=CONNECT_TIMEOUT_S,
                    read_timeout=READ_TIMEOUT_S,
                    # The default sends aws-chunked bodies over TLS, which RGW 16 refuses and SeaweedFS mislabels.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
        except (BotoCoreError, ValueError) as error:
            message = f"{self}: boto3 cannot use this endpoint or configuration: {error}"
            raise StoreRefusedError(message) from error

    def get(self, key: str) -> bytes:
        """Return the whole object. Raises ObjectNotFoundError when there is none."""
        name = self.prefix + check_key(key)
        with self._explaining("read", key):
            # boto3 retries the request and not the body that follows: one that breaks off is asked for again.
            for _ in range(ATTEMPTS - 1):
                with suppress(ResponseStreamingError, IncompleteReadError):
                    return self._read(name)
            return self._read(name)

    def _read(self, name: str) -> bytes:
        answer = self.client.get_object(Bucket=self.bucket, Key=name)
        # `with answer["Body"]` would give the raw stream, which does not check that the body is whole.
        with closing(answer["Body"]) as body:
            return body.read()

    def put(self, key: str, data: bytes) -> None:
        """Store an object or replace it."""
        name = self.prefix + check_key(key)
        md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        with self._explaining("write", key):
            self.client.put_object(Bucket=self.bucket, Key=name, Body=data, ContentMD5=md5)

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with the prefix, in no order to rely on."""
        if prefix:
            check_key(prefix.removesuffix("/"))
        token = ""
        while True:
            with self._explaining("list", prefix):
                page = self._page(self.prefix + prefix, token)
            for entry in page.get("Contents", ()):
                if not entry["Key"].endswith("/"):  # some stores list folders of their own
                    yield entry["Key"].removeprefix(self.prefix)
            token = page.get("NextContinuationToken", "")
            if not page.get("IsTruncated") or not token:
                return

    def _page(self, prefix: str, token: str) -> "ListObjectsV2OutputTypeDef":
        if token:
            return self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix, ContinuationToken=token)
        return self.client.list_objects_v2(Bucket=self.bucket, Prefix=prefix)

    def delete(self, key: str) -> None:
        """Remove an object; success when there is none."""
        name = self.prefix + check_key(key)
        with suppress(ObjectNotFoundError), self._explaining("delete", key):
            self.client.delete_object(Bucket=self.bucket, Key=name)

    @contextmanager
    def _explaining(self, verb: str, key: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise self._explained(verb, key, error) from error

    def _explained(self, verb: str, key: str, error: BotoCoreError | ClientError) -> FangzhiError:
        """Turn what boto3 or the store says into an error with advice."""
        endpoint = self.client.meta.endpoint_url
        said = f"cannot {verb} s3://{self.bucket}/{self.prefix}{key} at {endpoint}"
        if isinstance(error, ClientError):
            return self._answered(said, error)
        if isinstance(error, NoCredentialsError | PartialCredentialsError):
            return StoreRefusedError(
                f"{said}: {error}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile in AWS_PROFILE"
            )
        if isinstance(error, SSLError):
            return StoreRefusedError(
                f"{said}: {error}. If the store has a certificate of your own, name its CA file in AWS_CA_BUNDLE"
            )
        if isinstance(error, BotoConnectionError | HTTPClientError | IncompleteReadError):
            return StoreUnavailableError(
                f"{said}: the endpoint does not answer ({error}). Check the address and the network, then run the same command again"
            )
        return StoreRefusedError(f"{said}: {error}. Check the bucket name and the AWS configuration")

    def _answered(self, said: str, error: ClientError) -> FangzhiError:
        code = str(error.response.get("Error", {}).get("Code", ""))
        told = str(error.response.get("Error", {}).get("Message", "")) or "no message"
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        answer = f"{said}: the store answered {status} {code} ({told})"
        if code == "NoSuchBucket":
            return StoreRefusedError(f"{answer}. Create the bucket {self.bucket}, or correct FANGZHI_ARCHIVE")
        if code == "NoSuchKey" or status == 404:
            return ObjectNotFoundError(answer)
        if code in _WRONG_CREDENTIALS:
            return StoreRefusedError(f"{answer}. The credentials are refused: check AWS_ACCESS_KEY_ID and its secret")
        if code == "RequestTimeTooSkewed":
            return StoreRefusedError(f"{answer}. Set this machine's clock")
        if code in _NO_ROOM or status == 507:
            return StoreUnavailableError(f"{answer}. Make room in the store, then run the same command again")
        if code in ("BadDigest", "InvalidDigest", "IncompleteBody", "RequestTimeout", "SlowDown"):
            return StoreUnavailableError(f"{answer}. Run the same command again")
        if code in _ELSEWHERE or status in (301, 307):
            return StoreRefusedError(f"{answer}. The bucket is elsewhere: set AWS_REGION or the endpoint")
        if status == 403:
            return StoreRefusedError(f"{answer}. These credentials may not do that in the bucket {self.bucket}")
        if (status >= 500 and status != 501) or status == 429:
            return StoreUnavailableError(f"{answer}. Run the same command again later")
        return StoreRefusedError(answer)

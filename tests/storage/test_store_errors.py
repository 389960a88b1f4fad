"""What a store says when it cannot: which place, what happened, what to do; and whether another try is worth it."""

import base64
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from botocore.exceptions import ClientError

from storage import s3
from storage.errors import InputError, ObjectNotFoundError, StoreRefusedError, StoreUnavailableError
from storage.objects import LocalStore, ObjectStore, open_store
from storage.s3 import S3Store
from storage.settings import Settings

OPERATIONS: dict[str, Callable[[ObjectStore], object]] = {
    "get": lambda store: store.get("k"),
    "put": lambda store: store.put("k", b"x"),
    "list": lambda store: list(store.list("k")),
    "delete": lambda store: store.delete("k"),
}

each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "url", ["", "http://x/y", "s3://", "s3:///prefix", "s3://bucket/p?q=1", "gs://b", "file://host/p"]
)
def test_an_address_that_names_no_store_is_refused_with_the_forms_that_do(url: str) -> None:
    with pytest.raises(InputError, match=r"expected a directory such as \./archive, file:///srv/archive, or s3://"):
        open_store(url)


def test_addresses_name_directories_and_buckets(tmp_path: Path) -> None:
    assert repr(open_store("archive")) == "LocalStore('archive')"
    assert repr(open_store("file:///srv/a%20b")) == "LocalStore('/srv/a b')"
    assert repr(open_store("s3://bucket/a/b/")) == "S3Store('s3://bucket/a/b/')"
    assert repr(open_store("s3://bucket")) == "S3Store('s3://bucket/')"


def test_settings_name_the_variable_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FANGZHI_S3_ADDRESSING", "elsewhere")

    with pytest.raises(InputError, match=r"FANGZHI_S3_ADDRESSING: .*'path'.* found 'elsewhere'"):
        Settings()


# ── a directory ──────────────────────────────────────────────────────────────────────────────────────────


def run(program: str, *arguments: str, wrapper: tuple[str, ...] = (), **options: object) -> str:
    command = [*wrapper, sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload]
    return str(done.stdout + done.stderr)


FILL = """
import resource, sys
from pathlib import Path
from storage.errors import FangzhiError
from storage.objects import LocalStore
store = LocalStore(Path(sys.argv[1]))
store.put("k/small", b"kept")
if sys.argv[2:]:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    store.put("k/large", b"x" * 200_000)
except FangzhiError as error:
    print(type(error).__name__, error)
print(store.get("k/small"), list(store.list("")), sorted(path.name for path in (store.root / "k").iterdir()))
"""


def test_a_file_that_may_not_grow_is_a_full_disk_and_harms_nothing(tmp_path: Path) -> None:
    said = run(FILL, str(tmp_path), "limited")

    assert said.startswith("StoreUnavailableError cannot write")
    assert str(tmp_path / "k/large") in said
    assert "Free space or raise the quota" in said
    assert said.endswith("b'kept' ['k/small'] ['small']\n")


def test_a_full_disk_is_explained_and_harms_nothing(tmp_path: Path) -> None:
    mount = 'mount -t tmpfs -o size=64k tmpfs "$0" 2>/dev/null && exec "$@"'
    said = run(FILL, str(tmp_path), wrapper=("unshare", "-rm", "sh", "-c", mount, str(tmp_path)))
    if "No space left" not in said:
        pytest.skip("this machine lets nobody mount a small file system")

    assert said.startswith("StoreUnavailableError cannot write")
    assert said.endswith("b'kept' ['k/small'] ['small']\n")


def test_a_directory_without_permission_refuses_every_operation_that_needs_it(tmp_path: Path) -> None:
    LocalStore(tmp_path).put("k/1", b"x")
    (tmp_path / "k").chmod(0o000)
    program = """
import os, sys
from pathlib import Path
from storage.errors import FangzhiError
from storage.objects import LocalStore
if os.getuid() == 0:
    os.setuid(65534)
store = LocalStore(Path(sys.argv[1]))
for attempt in (lambda: store.get("k/1"), lambda: store.put("k/2", b""), lambda: list(store.list("")), lambda: store.delete("k/1")):
    try:
        print("no error", attempt())
    except FangzhiError as error:
        print(type(error).__name__, error)
"""
    for directory in (tmp_path, *tmp_path.parents):
        if os.getuid() == 0 and "pytest" in str(directory):
            directory.chmod(directory.stat().st_mode | 0o011)

    said = run(program, str(tmp_path)).splitlines()
    (tmp_path / "k").chmod(0o700)

    assert len(said) == 4
    for verb, line in zip(("read", "write", "list", "delete"), said, strict=True):
        assert line.startswith(f"StoreRefusedError cannot {verb} {tmp_path}")
        assert "Permission denied" in line
        assert "FANGZHI_ARCHIVE" in line


def test_a_file_where_a_directory_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "archive").write_bytes(b"a file")

    with pytest.raises(StoreRefusedError, match="Expected directories down to there"):
        LocalStore(tmp_path / "archive").put("k/1", b"x")
    assert list(LocalStore(tmp_path / "archive").list("")) == []


def test_equal_bytes_are_not_written_again(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    store.put("k/1", b"same")
    before = (tmp_path / "k/1").stat()

    store.put("k/1", b"same")

    assert (tmp_path / "k/1").stat().st_ino == before.st_ino


# ── a bucket, on a real server ───────────────────────────────────────────────────────────────────────────


@each_operation
@pytest.mark.parametrize("pair", [("unknown-key", "x"), (None, "wrong-secret")], ids=["unknown key", "wrong secret"])
def test_refused_credentials_are_named(s3_archive, monkeypatch, operation, pair) -> None:  # type: ignore[no-untyped-def]
    key, secret = pair
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key or os.environ["AWS_ACCESS_KEY_ID"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)

    with pytest.raises(StoreRefusedError, match=r"credentials are refused: check AWS_ACCESS_KEY_ID") as caught:
        operation(open_store(s3_archive))
    assert secret not in str(caught.value).split()


def test_missing_credentials_say_where_to_put_them(s3_archive: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(StoreRefusedError, match="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        open_store(s3_archive).get("k")


def test_a_key_that_may_only_read_reads_and_is_refused_the_rest(s3_archive, s3_server, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    open_store(s3_archive).put("k", b"x")
    reader = sys.modules[type(s3_server).__module__].READER
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", reader[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", reader[1])
    store = open_store(s3_archive)

    assert store.get("k") == b"x"
    assert list(store.list("")) == ["k"]
    for operation in (OPERATIONS["put"], OPERATIONS["delete"]):
        with pytest.raises(StoreRefusedError, match="These credentials may not do that in the bucket"):
            operation(store)


@each_operation
def test_a_missing_bucket_is_named(s3_archive: str, operation: Callable[[ObjectStore], object]) -> None:
    with pytest.raises(StoreRefusedError, match="Create the bucket never-made"):
        operation(open_store("s3://never-made/p"))


@each_operation
def test_an_endpoint_that_does_not_answer_is_named(s3_archive, monkeypatch, operation) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    with socket.socket() as silent:  # bound, so that nobody else gets the port, and not listening
        silent.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)

        with pytest.raises(StoreUnavailableError, match=f"at {endpoint}: the endpoint does not answer"):
            operation(open_store(s3_archive))


def test_a_certificate_nobody_vouches_for_is_refused_with_the_way_to_trust_it(
    s3_archive, s3_server, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_server.tls_endpoint)
    monkeypatch.delenv("AWS_CA_BUNDLE")

    with pytest.raises(StoreRefusedError, match="name its CA file in AWS_CA_BUNDLE"):
        open_store(s3_archive).get("k")


@pytest.mark.parametrize("bucket", ["Not A Bucket", "x"])
def test_a_bucket_name_that_cannot_be_is_refused(s3_archive: str, bucket: str) -> None:
    with pytest.raises(StoreRefusedError, match="bucket"):
        S3Store(bucket).get("k")


def test_an_endpoint_that_is_no_address_is_refused(s3_archive: str) -> None:
    with pytest.raises(StoreRefusedError, match="cannot use this endpoint"):
        S3Store("bucket", endpoint_url="nowhere").get("k")


def test_the_server_refuses_bytes_that_differ_from_their_md5(s3_archive, s3_server) -> None:  # type: ignore[no-untyped-def]
    store = open_store(s3_archive)
    assert isinstance(store, S3Store)

    with pytest.raises(ClientError, match=r"BadDigest|InvalidDigest") as caught:
        store.client.put_object(
            Bucket=store.bucket, Key=f"{store.prefix}k", Body=b"x", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg=="
        )
    assert isinstance(store._explained("write", "k", caught.value), StoreUnavailableError)
    with pytest.raises(ObjectNotFoundError):
        store.get("k")


def test_over_tls_bodies_are_sent_whole_without_trailing_checksums(s3_archive, s3_server, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_server.tls_endpoint)
    store = open_store(s3_archive)
    assert isinstance(store, S3Store)

    store.put("k", b"x")

    head = store.client.head_object(Bucket=store.bucket, Key=f"{store.prefix}k")
    assert "aws-chunked" not in head.get("ContentEncoding", "")


# ── a bucket, on a server that misbehaves ────────────────────────────────────────────────────────────────


Answer = tuple[int, bytes, int]
"""Status, body, and how many bytes the Content-Length promises."""


@contextmanager
def misbehaving(answers: list[Answer]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives these answers in turn, the last one for ever; yields its address and the requests it got."""
    requests: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body, promised = answers[min(len(requests), len(answers) - 1)]
            requests.append(f"{self.command} {self.path} {dict(self.headers)}")
            self.send_response(status)
            self.send_header("Content-Length", str(promised))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        do_GET = do_PUT = answer  # noqa: N815 — the names http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", requests
        finally:
            server.shutdown()
            thread.join()


def refusal(code: str) -> bytes:
    return f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>told so</Message></Error>".encode()


def store_at(endpoint: str) -> S3Store:
    return S3Store("bucket", "p", endpoint_url=endpoint, addressing_style="path")


@pytest.mark.parametrize("status", [500, 503])
def test_an_answer_that_may_pass_is_asked_for_again(s3_archive: str, status: int) -> None:
    body = refusal("SlowDown")
    with misbehaving([(status, body, len(body)), (200, b"whole", 5)]) as (endpoint, requests):
        assert store_at(endpoint).get("k") == b"whole"
    assert len(requests) == 2


def test_a_body_that_breaks_off_is_asked_for_again(s3_archive: str) -> None:
    with misbehaving([(200, b"brok", 10), (200, b"whole", 5)]) as (endpoint, requests):
        assert store_at(endpoint).get("k") == b"whole"
    assert len(requests) == 2


def test_a_body_that_always_breaks_off_is_an_error_and_never_half_an_object(s3_archive: str) -> None:
    with misbehaving([(200, b"brok", 10)]) as (endpoint, _), pytest.raises(StoreUnavailableError, match="p/k"):
        store_at(endpoint).get("k")


@pytest.mark.parametrize(
    ("status", "code", "kind", "advice"),
    [
        (503, "SlowDown", StoreUnavailableError, "Run the same command again"),
        (507, "XMinioStorageFull", StoreUnavailableError, "Make room in the store"),
        (403, "QuotaExceeded", StoreUnavailableError, "Make room in the store"),
        (403, "RequestTimeTooSkewed", StoreRefusedError, "Set this machine's clock"),
        (403, "AccessDenied", StoreRefusedError, "These credentials may not do that"),
        (301, "PermanentRedirect", StoreRefusedError, "set AWS_REGION"),
        (501, "NotImplemented", StoreRefusedError, "501 NotImplemented"),
        (411, "MissingContentLength", StoreRefusedError, "411 MissingContentLength"),
    ],
)
def test_each_refusal_says_what_to_do(s3_archive, monkeypatch, status, code, kind, advice) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    body = refusal(code)
    with misbehaving([(status, body, len(body))]) as (endpoint, _), pytest.raises(kind, match=advice) as caught:
        store_at(endpoint).put("k", b"x")
    assert f"cannot write s3://bucket/p/k at {endpoint}" in str(caught.value)


def test_a_put_sends_its_md5_and_its_length_and_no_chunks(s3_archive: str) -> None:
    with misbehaving([(200, b"", 0)]) as (endpoint, requests):
        store_at(endpoint).put("k", b"x")

    (request,) = requests
    assert request.startswith("PUT /bucket/p/k ")
    assert f"'Content-MD5': '{base64.b64encode(hashlib.md5(b'x').digest()).decode()}'" in request
    assert "'Content-Length': '1'" in request
    assert "aws-chunked" not in request

"""s3_server.py — A real S3 store on loopback for the tests: SeaweedFS, over HTTP and TLS, that can be killed.

One process, everything below one directory, every listener on 127.0.0.1. Used through the fixtures of conftest.py.
"""

import ipaddress
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BUCKET = "fangzhi-test"
ADMIN = ("test-admin-key", "test-admin-secret-not-used-anywhere-else")
READER = ("test-reader-key", "test-reader-secret-not-used-anywhere-else")

_PORTS = 11
_LISTENERS = ("s3", "s3.port.grpc", "master", "master.port.grpc", "volume", "volume.port.grpc", "filer", "filer.port.grpc",
              "admin", "admin.port.grpc", "s3.port.https")  # fmt: skip
_READY_S = 60


class S3Server:
    """One SeaweedFS process. endpoint, tls_endpoint: its addresses; certificate: the CA file of the latter."""

    def __init__(self, directory: Path) -> None:
        """Prepare the files; start() runs it."""
        self.directory = directory
        self.certificate = directory / "cert.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._ports: list[int] = []
        for name in ("data", "conf", "log"):
            (directory / name).mkdir(parents=True)
        _write_certificate(self.certificate, directory / "key.pem")
        identities = [
            _identity("admin", ADMIN, ["Admin", "Read", "Write", "List", "Tagging"]),
            _identity("reader", READER, ["Read", "List"]),
        ]
        (directory / "conf/s3.json").write_text(json.dumps({"identities": identities}))
        # One volume for a bucket instead of seven, and no maintenance: otherwise slots run out after 63 buckets.
        growth = "".join(f"copy_{name} = 1\n" for name in ("1", "2", "3", "other"))
        (directory / "conf/master.toml").write_text(
            f'[master.volume_growth]\n{growth}[master.maintenance]\nscripts = ""\n'
        )

    @property
    def endpoint(self) -> str:
        """The address without TLS."""
        return f"http://127.0.0.1:{self._ports[0]}"

    @property
    def tls_endpoint(self) -> str:
        """The address with TLS."""
        return f"https://127.0.0.1:{self._ports[10]}"

    def start(self) -> None:
        """Run the server, on the ports it had before, and wait until it stores an object."""
        for _ in range(3):  # another process may take a port between the look and the start
            self._ports = self._ports or _free_ports()
            self._spawn()
            if self._ready():
                return
            self.kill()
            self._ports = []
        log = (self.directory / "weed.log").read_text(errors="replace")[-2000:]
        message = f"SeaweedFS did not start: {log}"
        raise RuntimeError(message)

    def kill(self) -> None:
        """End the server at once, as a crash does (kill -9). What it stored stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End the server for good and remove the sockets it leaves in the temporary directory."""
        self.kill()  # ending in order takes two seconds and would only save what is thrown away
        for port in self._ports:
            for leftover in Path(tempfile.gettempdir()).glob(f"seaweedfs-*-{port}.sock"):
                leftover.unlink(missing_ok=True)

    def _spawn(self) -> None:
        (self.directory / "data/mini.options").unlink(missing_ok=True)  # it would repeat an earlier start's ports
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        command = [
            str(Path(sys.executable).with_name("weed")),
            f"-logdir={self.directory}/log",
            f"-config_dir={self.directory}/conf",
            "mini",
            f"-dir={self.directory}/data",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            *(
                f"-{name if '.port.' in name else name + '.port'}={port}"
                for name, port in zip(_LISTENERS, self._ports, strict=True)
            ),
            "-s3.localSocket=s3.sock",
            "-filer.localSocket=filer.sock",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={self.directory}/conf/s3.json",
            f"-s3.cert.file={self.certificate}",
            f"-s3.key.file={self.directory}/key.pem",
            # Without these a PUT makes a missing bucket, and "no such bucket" is never seen.
            "-s3.allowDeleteBucketNotEmpty=false",
            "-s3.autoCreateBucket=false",
            "-admin.ui=false",
            "-webdav=false",
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=256",
            "-volume.max=200",
        ]
        with (self.directory / "weed.log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _ready(self) -> bool:
        """Wait until the server keeps an object and gives it back: an open port is not enough."""
        client = self.client()
        end = time.monotonic() + _READY_S
        while self._process and self._process.poll() is None and time.monotonic() < end:
            try:
                if BUCKET not in [bucket.get("Name") for bucket in client.list_buckets()["Buckets"]]:
                    client.create_bucket(Bucket=BUCKET)
                client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
                if client.get_object(Bucket=BUCKET, Key="ready")["Body"].read() == b"ready":
                    return True
            except (BotoCoreError, ClientError):
                time.sleep(0.1)
        return False

    def client(self):  # type: ignore[no-untyped-def]
        """Return a bare boto3 client with all rights, for what the store itself cannot do."""
        quick = Config(
            connect_timeout=1, read_timeout=5, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}
        )
        return boto3.session.Session(*ADMIN, region_name="us-east-1").client(
            "s3", endpoint_url=self.endpoint, config=quick
        )


def _identity(name: str, pair: tuple[str, str], actions: list[str]) -> dict[str, object]:
    return {"name": name, "credentials": [{"accessKey": pair[0], "secretKey": pair[1]}], "actions": actions}


def _free_ports() -> list[int]:
    """Return ports that nothing listens on, below those the kernel gives to connections."""
    while True:
        ports = random.sample(range(15_000, 31_000), _PORTS)
        with ExitStack() as sockets:
            try:
                for port in ports:
                    sockets.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return ports


def _write_certificate(certificate: Path, key_file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

"""LAYOUT.md says what is stored: its examples are what the code writes, and every key, field and header is named."""

import gzip
import inspect
import json
import re
import subprocess
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import storage
from storage import documents, keys
from storage.captures import History, make_capture, write_capture
from storage.index import IndexLine, build_index
from storage.objects import LocalStore
from storage.records import (
    COUNTERS,
    Attachment,
    Change,
    Document,
    DroppedLine,
    Failure,
    Outcome,
    RunReport,
    Step,
    Suggestion,
    payload_digest,
)

LAYOUT = (Path(storage.__file__).parent / "LAYOUT.md").read_text(encoding="utf-8")
CHINA = timezone(timedelta(hours=8))
AT = datetime(2025, 3, 8, 1, 2, 3, tzinfo=UTC)
URI = "http://www.kaifeng.gov.cn/art/2025/3/8/art_1_1.html"
PAGE = "<title>業績</title><p>業(yè)績</p>".encode("gb18030")
HEADERS = (("Server", "nginx"), ("Content-Type", "text/html; charset=gb2312"), ("Set-Cookie", "a=1"))
KEY = keys.capture_key("kaifeng", AT, URI, payload_digest(PAGE))
FINGERPRINT = "0f" * 32
ATTACHMENT = Attachment("附件.doc", "http://www.kaifeng.gov.cn/1.doc")

EXAMPLES: dict[str, Any] = {
    "document": Document(
        capture=KEY,
        site="kaifeng",
        uri=URI,
        captured_at=AT,
        digest=payload_digest(PAGE),
        pipeline=1,
        title="业绩",
        text="业绩",
        original="業績",
        published_at=datetime(2025, 3, 7, 9, 30, tzinfo=CHINA),
        source="开封日报",
        attachments=(ATTACHMENT,),
        encoding="gb18030",
        encoding_reason="valid GB18030",
        margin=12.5,
        script="hant",
        fingerprint=FINGERPRINT,
        steps=(
            Step("text", "gloss", "pinyin after its character", (Change(1, 1, "(yè)", ""),)),
            Step("text", "script", "hant", (Change(0, 0, "業績", "业绩"),)),
        ),
        suggestions=(
            Suggestion("text", "mojibake", 1, "绩", "积", "迹", 3.5, 0.25, "the second reading is too close"),
        ),
        flags=("replaced characters",),
        dropped=(DroppedLine("分享到", "share line"),),
    ),
    "outcome": Outcome(KEY, "kaifeng", URI, AT, 1, "blocked", "challenge page", "", None, ()),
    "report": RunReport(
        "20250308t010203-collect-kaifeng-1a2b3c",
        "collect",
        "kaifeng",
        AT,
        AT + timedelta(seconds=63),
        {"requests": 3, "captures": 2, "failed": 1},
        {"gloss": 1},
        (Failure(URI, "fetch", "no answer after 3 tries"),),
        "finished",
        "0.1.0",
    ),
}

KEY_TEMPLATES = {
    "capture_key": "captures/<site>/<yyyy>/<mm>/<dd>/<stem>.warc.gz",
    "document_key": "documents/v<N>/<site>/<yyyy>/<mm>/<stem>.json",
    "outcome_key": "outcomes/v<N>/<site>/<yyyy>/<mm>/<stem>.json",
    "claim_key": "fingerprints/v<N>/<ff>/<fingerprint>/<stem>.<site>.json",
    "report_key": "reports/<yyyy>/<mm>/<dd>/<run id>.json",
    "pack_key": "packs/<site>/<yyyy>/<mm>/<yyyymmdd>-<part>.warc.gz",
    "index_key": "index/<site>/cdxj/<yyyy>-<mm>.cdxj",
    "learned_key": "index/<site>/learned/<name>.json",
    "coverage_key": "index/<site>/coverage/<yyyy>-<mm>.json",
    "files_key": "index/<site>/files/<yyyy>-<mm>.json",
    "mark_key": "index/<site>/marks/<uri hash>.<mark>",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> LocalStore:
    """The archive of the examples: a page, and the same page a day later."""
    store, history = LocalStore(tmp_path_factory.mktemp("archive")), History("kaifeng")
    for days in (0, 1):
        capture = make_capture(
            "kaifeng", URI, AT + timedelta(days=days), "HTTP/1.1 200 OK", HEADERS, PAGE, "article", history
        )
        history.add(write_capture(store, capture))
    return store


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", LAYOUT, re.DOTALL | re.MULTILINE)


def record_of(store: LocalStore, number: int) -> str:
    """The text of a record as the page shows it: header lines, and the payload as a reader's terminal would."""
    data = gzip.decompress(store.get(sorted(store.list("captures/"))[number]))
    return data.decode("gb18030").replace("\r\n", "\n")


def test_every_kind_of_key_is_described() -> None:
    made = {name for name, _ in inspect.getmembers(keys, inspect.isfunction) if name.endswith("_key")}

    assert {name for name in made if not name.startswith(("parse_", "check_"))} == set(KEY_TEMPLATES)
    for template in KEY_TEMPLATES.values():
        assert f"`{template}`" in LAYOUT


def test_the_records_shown_are_the_records_written(store: LocalStore) -> None:
    shown = blocks("warc")

    assert shown == [record_of(store, number).rstrip("\n") + "\n" for number in (0, 1)]


def test_every_warc_header_that_is_written_is_explained(store: LocalStore) -> None:
    for number in (0, 1):
        header = record_of(store, number).split("\n\n")[0].splitlines()[1:]
        for line in header:
            assert f"`{line.partition(':')[0]}`" in LAYOUT


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_json_shown_is_the_json_written(name: str) -> None:
    written = json.loads(getattr(documents, f"{name}_to_json")(EXAMPLES[name]))

    assert written in [json.loads(block) for block in blocks("json")]


def test_the_claim_shown_is_the_claim_written(store: LocalStore) -> None:
    key = documents.write_claim(store, EXAMPLES["document"])

    assert json.loads(store.get(key)) in [json.loads(block) for block in blocks("json")]


def test_the_index_line_shown_is_the_line_written(store: LocalStore) -> None:
    build_index(store, "kaifeng")

    assert blocks("cdxj") == [store.get(keys.index_key("kaifeng", 2025, 3)).decode()]


@pytest.mark.parametrize(
    "record", [Document, Outcome, Step, Suggestion, Attachment, DroppedLine, Failure, RunReport, IndexLine, Change]
)
def test_every_field_is_explained(record: Any) -> None:
    missing = [field.name for field in fields(record) if f"`{field.name}`" not in LAYOUT]

    assert missing == []


def test_every_counter_is_explained() -> None:
    assert [counter for counter in COUNTERS if f"`{counter}`" not in LAYOUT] == []


def test_the_shell_commands_read_an_archive_without_this_code(store: LocalStore) -> None:
    (script,) = blocks("sh")
    original, revisit = sorted(store.list("captures/"))
    program = (
        f"{script}\npayload {original}; printf '\\n'; check {original}; check {revisit}; payload {revisit} | wc -c\n"
    )

    done = subprocess.run(["sh", "-euc", program], cwd=store.root, capture_output=True, check=True)

    lines = done.stdout.split(b"\n")
    assert lines[0] == PAGE
    assert lines[1].decode() == f"{original}: payload OK"
    assert lines[2].decode() == f"{revisit}: revisit"
    assert lines[3].strip() == b"0"


def test_the_shell_commands_notice_a_changed_payload(store: LocalStore) -> None:
    (script,) = blocks("sh")
    original = sorted(store.list("captures/"))[0]
    changed = store.root / "changed.warc.gz"
    changed.write_bytes(
        gzip.compress(gzip.decompress(store.get(original)).replace(b"nginx", b"ngin\n", 1).replace(b"<p>", b"<q>"))
    )

    done = subprocess.run(
        ["sh", "-euc", f"{script}\ncheck changed.warc.gz"], cwd=store.root, capture_output=True, check=False
    )

    assert b"payload DIFFERS" in done.stdout

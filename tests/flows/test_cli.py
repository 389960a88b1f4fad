"""The verbs as a user meets them: the console script, in a process of its own, on the demo's archive."""

import gzip
import json
import shutil
from pathlib import Path

import pytest
from replica.server import Replica

SEED = "001_9710c98421749e77.txt"
SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture
def own_archive(archive: Path, tmp_path: Path) -> Path:
    """A copy of the demo's archive that a test may change."""
    return Path(shutil.copytree(archive, tmp_path / "archive"))


def rows(done) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def total(reports: list[dict], counter: str) -> int:
    return sum(report["counters"].get(counter, 0) for report in reports)


def test_collect_archives_every_answer_and_process_makes_documents(reports: list[dict]) -> None:
    assert total(reports, "captures") >= 25
    assert total(reports, "documents") >= 15
    assert total(reports, "failed") == 0
    assert {report["verb"] for report in reports} == {"collect", "process"}


def test_pages_served_twice_and_the_article_in_both_scripts_are_duplicates(reports: list[dict]) -> None:
    assert total(reports, "duplicates") == 3  # one notice in two columns, one story in two sites, one in two scripts


def test_a_second_collect_brings_revisits_and_nothing_new(own_archive: Path, site_files: Path, fangzhi) -> None:
    again = fangzhi(
        "collect",
        "demo-trs",
        "demo-epaper",
        "demo-links",
        "--process",
        "--archive",
        own_archive,
        "--site-files",
        site_files,
        "--json",
    )

    assert again.returncode == 0, again.stderr
    reports = rows(again)
    assert total(reports, "documents") == 0
    assert total(reports, "revisits") >= 3


def test_reprocess_gives_the_same_documents_byte_for_byte(own_archive: Path, site_files: Path, fangzhi) -> None:
    def documents() -> dict[str, bytes]:
        return {
            str(path.relative_to(own_archive)): path.read_bytes()
            for tree in ("documents", "outcomes", "fingerprints")
            for path in sorted((own_archive / tree).rglob("*.json"))
        }

    before = documents()

    done = fangzhi("reprocess", "--archive", own_archive, "--site-files", site_files, "--json")

    assert done.returncode == 0, done.stderr
    assert total(rows(done), "documents") == len([key for key in before if key.startswith("documents")])
    assert documents() == before


def test_verify_passes_over_an_intact_archive_and_names_a_damaged_record(own_archive: Path, fangzhi) -> None:
    assert fangzhi("verify", "--archive", own_archive).returncode == 0
    victim = sorted((own_archive / "captures").rglob("*.warc.gz"))[3]
    record = bytearray(gzip.decompress(victim.read_bytes()))
    record[-6] ^= 1
    victim.write_bytes(gzip.compress(bytes(record)))

    done = fangzhi("verify", "--archive", own_archive, "--json")

    assert done.returncode == 1
    assert total(rows(done), "failed") == 1
    assert victim.name in done.stdout


def test_verify_names_a_document_whose_steps_do_not_give_its_text(own_archive: Path, fangzhi) -> None:
    victim = next(
        path
        for path in sorted((own_archive / "documents").rglob("*.json"))
        if '"steps":[]' not in path.read_text(encoding="utf-8")
    )
    document = json.loads(victim.read_text(encoding="utf-8"))
    document["text"] = "另一段文字" + document["text"]
    victim.write_text(
        json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8"
    )

    done = fangzhi("verify", "--archive", own_archive, "--json")

    assert done.returncode == 1
    assert victim.name in done.stdout


def test_explain_shows_before_and_after_of_a_damaged_page(
    archive: Path, site_files: Path, replica: Replica, fangzhi
) -> None:
    url = replica.base_url + "/yxrb/html/2023-04/10/content_5101_2.htm"

    shown = fangzhi("explain", url, "--archive", archive, "--site-files", site_files)
    told = json.loads(fangzhi("explain", url, "--archive", archive, "--site-files", site_files, "--json").stdout)

    assert shown.returncode == 0, shown.stderr
    assert "remove_glosses" in shown.stdout
    assert "the steps lead from the bytes to this text" in shown.stdout
    assert told["proven"] is True
    assert "推進(jìn)" in told["extracted"]
    assert "推进" in told["result"]["text"]


def test_explain_finds_a_page_by_capture_and_by_document_key(archive: Path, fangzhi) -> None:
    document = sorted((archive / "documents").rglob("*.json"))[0]
    key = str(document.relative_to(archive))
    capture = json.loads(document.read_text(encoding="utf-8"))["capture"]

    by_document = json.loads(fangzhi("explain", key, "--archive", archive, "--json").stdout)
    by_capture = json.loads(fangzhi("explain", capture, "--archive", archive, "--json").stdout)

    assert by_document["capture"] == by_capture["capture"] == capture


def test_explain_of_something_unknown_is_an_error_that_says_what_to_do(archive: Path, fangzhi) -> None:
    done = fangzhi("explain", "http://nowhere.example/", "--archive", archive)

    assert done.returncode == 2
    assert "fangzhi import" in done.stderr


def test_repair_is_a_filter(fangzhi) -> None:
    done = fangzhi("repair", stdin="制造業(yè)是經(jīng)濟(jì)發(fā)展的重要基礎\n")

    assert (done.returncode, done.stdout) == (0, "制造業是經濟發展的重要基礎\n")


def test_repair_explains_its_steps_as_json_lines(fangzhi) -> None:
    done = fangzhi("repair", "--explain", SEEDS / SEED)

    steps = [json.loads(line) for line in done.stdout.splitlines()]
    glosses = next(step for step in steps if step.get("name") == "remove_glosses")
    assert len(glosses["changes"]) > 100
    assert glosses["changes"][0]["before"].startswith("(")


def test_repair_of_bytes_that_are_no_utf8_is_refused_with_the_place(tmp_path: Path, fangzhi) -> None:
    path = tmp_path / "gbk.txt"
    path.write_bytes(b"abc" + "中文".encode("gbk"))

    done = fangzhi("repair", path)

    assert done.returncode == 2
    assert "offset 3" in done.stderr


def test_import_makes_captures_and_the_same_file_twice_is_a_revisit(tmp_path: Path, fangzhi) -> None:
    html = tmp_path / "page.html"
    html.write_bytes(
        "<html><head><title>县情概况</title></head><body><p>全县现有十二个乡镇，耕地面积六十万亩。</p></body></html>".encode(
            "gbk"
        )
    )
    archive = tmp_path / "archive"

    first = fangzhi("import", html, SEEDS / SEED, "--archive", archive, "--json")
    second = fangzhi("import", html, SEEDS / SEED, "--archive", archive, "--json")
    processed = fangzhi("process", "--archive", archive, "--json")

    assert (total(rows(first), "captures"), total(rows(first), "revisits")) == (2, 0)
    assert (total(rows(second), "captures"), total(rows(second), "revisits")) == (2, 2)
    assert (processed.returncode, total(rows(processed), "documents")) == (0, 2)


def test_import_of_a_cut_warc_keeps_what_is_whole_and_ends_with_an_error(
    archive: Path, tmp_path: Path, fangzhi
) -> None:
    records = [path.read_bytes() for path in sorted((archive / "captures").rglob("*.warc.gz"))[:4]]
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(b"".join(records)[: -len(records[-1]) // 2])

    done = fangzhi("import", cut, "--archive", tmp_path / "new", "--json")

    assert done.returncode == 1
    assert total(rows(done), "captures") == 3
    assert total(rows(done), "failed") == 1
    assert fangzhi("verify", "--archive", tmp_path / "new").returncode == 0


@pytest.mark.parametrize(
    "payload", [b"", bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n" + bytes(100)], ids=["empty", "binary", "image"]
)
def test_an_empty_or_binary_payload_is_kept_and_gives_an_outcome(payload: bytes, tmp_path: Path, fangzhi) -> None:
    path = tmp_path / "odd.html"
    path.write_bytes(payload)
    archive = tmp_path / "archive"

    fangzhi("import", path, "--archive", archive)
    done = fangzhi("process", "--archive", archive, "--json")

    assert done.returncode == 0, done.stderr
    assert (total(rows(done), "documents"), total(rows(done), "outcomes")) == (0, 1)
    assert fangzhi("verify", "--archive", archive).returncode == 0


def test_a_missing_file_is_a_failure_that_stops_no_other(tmp_path: Path, fangzhi) -> None:
    done = fangzhi("import", tmp_path / "none.html", SEEDS / SEED, "--archive", tmp_path / "archive", "--json")

    assert done.returncode == 1
    assert (total(rows(done), "captures"), total(rows(done), "failed")) == (1, 1)


def test_an_unknown_site_is_refused_with_the_nearest_name(tmp_path: Path, site_files: Path, fangzhi) -> None:
    done = fangzhi("collect", "demo-tsr", "--archive", tmp_path, "--site-files", site_files)

    assert done.returncode == 2
    assert "demo-trs" in done.stderr


def test_a_malformed_site_file_is_refused_with_key_and_expectation(tmp_path: Path, fangzhi) -> None:
    (tmp_path / "bad.toml").write_text(
        'id = "bad"\nname = "坏"\nregion = "41"\nfamily = "trs"\nhosts = ["a.example"]\nlistings = ["http://a.example/"]\n',
        encoding="utf-8",
    )

    done = fangzhi("sites", "list", "--site-files", tmp_path)

    assert done.returncode == 2
    assert "bad.toml" in done.stderr
    assert "region" in done.stderr


def test_a_store_that_cannot_be_reached_is_said_in_one_line(fangzhi) -> None:
    done = fangzhi(
        "process",
        "--archive",
        "s3://bucket/x",
        AWS_ENDPOINT_URL_S3="http://127.0.0.1:9",
        AWS_ACCESS_KEY_ID="k",
        AWS_SECRET_ACCESS_KEY="s",
        AWS_DEFAULT_REGION="us-east-1",
    )

    assert done.returncode == 2
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_demo_runs_on_a_real_bucket_too(s3_archive: str, site_files: Path, fangzhi) -> None:
    done = fangzhi("collect", "demo-trs", "--process", "--archive", s3_archive, "--site-files", site_files, "--json")

    assert done.returncode == 0, done.stdout + done.stderr
    assert total(rows(done), "documents") >= 5
    assert fangzhi("verify", "--archive", s3_archive).returncode == 0


def test_sites_can_be_added_listed_and_checked(tmp_path: Path, fangzhi) -> None:
    added = fangzhi(
        "sites",
        "add",
        "mou-xian",
        "--name",
        "某县人民政府",
        "--region",
        "410221",
        "--family",
        "trs",
        "--listing",
        "http://www.mouxian.example/xw/",
        "--directory",
        tmp_path,
    )
    listed = fangzhi("sites", "list", "--site-files", tmp_path)
    checked = fangzhi("sites", "check", "mou-xian", "--site-files", tmp_path)

    assert added.returncode == listed.returncode == checked.returncode == 0, added.stderr
    assert "mou-xian" in listed.stdout
    assert "http://www.mouxian.example/xw/" in checked.stdout
    assert (
        fangzhi(
            "sites",
            "add",
            "mou-xian",
            "--name",
            "x",
            "--region",
            "410221",
            "--family",
            "trs",
            "--listing",
            "http://a.example/",
            "--directory",
            tmp_path,
        ).returncode
        == 2
    )


@pytest.mark.parametrize(
    "verb", ["collect", "backfill", "import", "process", "reprocess", "verify", "explain", "repair", "sites"]
)
def test_every_verb_has_help(verb: str, fangzhi) -> None:
    done = fangzhi(verb, "--help")

    assert done.returncode == 0
    assert len(done.stdout) > 150


def test_a_window_that_ends_before_it_begins_is_refused(tmp_path: Path, fangzhi) -> None:
    done = fangzhi("process", "--from", "2024-02-01", "--to", "2024-01-01", "--archive", tmp_path)

    assert done.returncode == 2
    assert "swap" in done.stderr

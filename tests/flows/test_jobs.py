"""What the jobs promise over many captures: restart at any point, layouts of their day, rules that change."""

import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from flows import jobs
from flows.learn import learn_site
from flows.process import PIPELINE_VERSION
from storage.captures import load_history, make_capture, write_capture
from storage.documents import read_document
from storage.keys import document_key
from storage.objects import LocalStore

FANGZHI = Path(sys.executable).with_name("fangzhi")
STORED = ("documents", "outcomes", "fingerprints")
BODY = "全县经济工作会议在县会议中心召开，总结去年工作，部署今年任务，要求各乡镇各部门抓好落实。" * 2


def stored(archive: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(archive)): path.read_bytes()
        for part in STORED
        for path in sorted((archive / part).rglob("*"))
        if path.is_file()
    }


def put_page(archive: Path, uri: str, html: str, at: datetime, site: str = "xian") -> str:
    store = LocalStore(archive)
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = make_capture(
        site, uri, at, "HTTP/1.1 200 OK", headers, html.encode(), "article", load_history(store, site)
    )
    return write_capture(store, capture)


def write_site(directory: Path, more: str = "") -> None:
    text = f'id = "xian"\nname = "某县"\nregion = "410221"\nfamily = "trs"\nhosts = ["xian.example"]\nlistings = ["http://xian.example/"]\n{more}'
    (directory / "xian.toml").write_text(text, encoding="utf-8")


def test_process_killed_at_any_moment_and_started_again_gives_the_same_archive(
    archive: Path, site_files: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(archive / "captures", copy / "captures")
    command = [FANGZHI, "process", "--archive", copy, "--site-files", site_files]

    for delay in (0.5, 0.9, 1.3):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert stored(copy) == stored(archive)


def test_an_old_page_meets_the_selectors_of_its_day(tmp_path: Path) -> None:
    write_site(tmp_path, '[[layouts]]\nvalid_until = 2023-06-30\nbody = "#old"\n[[layouts]]\nbody = "#new"\n')
    html = f"<html><head><title>县情</title></head><body><div id=old><p>旧版：{BODY}</p></div><div id=new><p>新版：{BODY}</p></div></body></html>"
    before = put_page(tmp_path / "a", "http://xian.example/1.html", html, datetime(2023, 6, 30, 12, tzinfo=UTC))
    after = put_page(tmp_path / "a", "http://xian.example/2.html", html, datetime(2023, 7, 2, 12, tzinfo=UTC))

    jobs.process_site("xian", str(tmp_path / "a"), sites=str(tmp_path))

    store = LocalStore(tmp_path / "a")
    texts = [read_document(store, document_key(PIPELINE_VERSION, key)).text for key in (before, after)]
    assert [text[:2] for text in texts] == ["旧版", "新版"]


def test_learned_furniture_leaves_the_text_at_reprocessing_and_old_claims_go(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    write_site(tmp_path)
    slogan = "云溪观察◆记住我们，常来看看"
    keys = [
        put_page(
            archive,
            f"http://xian.example/{n}.html",
            f"<html><head><title>第{n}号</title></head><body><div class=TRS_Editor><p>{slogan}</p><p>第{n}号通报：{BODY}</p></div></body></html>",
            datetime(2024, 1, n + 1, tzinfo=UTC),
        )
        for n in range(12)
    ]
    jobs.process_site("xian", str(archive), sites=str(tmp_path))
    store = LocalStore(archive)
    before = read_document(store, document_key(PIPELINE_VERSION, keys[0]))

    learned = learn_site("xian", str(archive), sites=str(tmp_path))
    report = jobs.process_site("xian", str(archive), sites=str(tmp_path), redo=True)

    after = read_document(store, document_key(PIPELINE_VERSION, keys[0]))
    assert learned.counters["learned"] >= 1
    assert slogan in before.text
    assert slogan not in after.text
    assert BODY in after.text
    assert before.fingerprint != after.fingerprint
    assert len(list(store.list("fingerprints/"))) == report.counters["documents"] == 12


def test_a_page_that_changed_gives_two_documents_and_a_revisit_gives_none(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    write_site(tmp_path)
    pages = [
        f"<html><head><title>通报</title></head><body><p>{text}</p></body></html>"
        for text in (BODY, BODY, "更正：" + BODY)
    ]
    for day, html in enumerate(pages, 1):
        put_page(archive, "http://xian.example/1.html", html, datetime(2024, 3, day, tzinfo=UTC))

    report = jobs.process_site("xian", str(archive), sites=str(tmp_path))

    assert report.counters["documents"] == 2
    assert report.counters["processed"] == 2


def test_processing_in_two_windows_gives_what_one_window_gives(archive: Path, site_files: Path, tmp_path: Path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(archive / "captures", copy / "captures")
    today = datetime.now(UTC).date()

    for site in jobs.archived_sites(str(copy)):
        jobs.process_site(site, str(copy), sites=str(site_files), since=today)
        jobs.process_site(site, str(copy), sites=str(site_files), until=today)

    assert stored(copy) == stored(archive)

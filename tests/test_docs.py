"""The README says what is true: its example comes out as shown, its Python runs, its verbs and targets exist."""

import re
from pathlib import Path

import pytest

from flows.cli import main
from flows.text.normalize import normalize
from flows.text.repair import repair

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- readme:{name} -->\n```\n(.*?)\n```", README, re.DOTALL)
    assert found, f"README.md has no block {name}"
    return found[1]


def test_the_damaged_page_comes_out_as_the_readme_shows() -> None:
    repaired = repair(block("before"))
    normalized = normalize(repaired.text)

    assert normalized.text == block("after")
    assert [step.name for step in (*repaired.steps, *normalized.steps)] == block("steps").split()


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code

    exec(compile(code[1], "README.md", "exec"), {})

    assert "gb18030" in capsys.readouterr().out


def test_every_verb_stands_in_the_readme() -> None:
    assert [verb for verb in main.commands if f"`fangzhi {verb}" not in README] == []


def test_the_readme_names_only_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"(?:`|\n {4})make ([a-z-]+)", README)) <= targets


def test_links_of_the_documents_lead_somewhere() -> None:
    for document in [ROOT / "README.md", *ROOT.glob("*/README.md"), *ROOT.glob("*/*/README.md"), *ROOT.glob("*/*.md")]:
        if ".venv" in document.parts:
            continue
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document}: {target}"

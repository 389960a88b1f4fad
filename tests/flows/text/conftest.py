"""Shared pieces of the text tests: sentences to damage, the damaging channels, and the clean corpus where it is at hand."""

import importlib.util
import lzma
from pathlib import Path
from types import ModuleType

import pytest

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "text"

SENTENCES = (
    "全市经济社会发展稳中有进，主要指标好于预期。",
    "“十四五”时期，我市实施重点项目386个，完成投资1200多亿元。",
    "会议强调，要深入实施乡村振兴战略，加快农业农村现代化；",
    "市委书记在调研时指出：民生无小事，枝叶总关情。",
    "全年实现地区生产总值2315.6亿元，同比增长6.8%，增速居全省第3位。",
    "新建改建农村公路310公里，解决了4.2万名群众的出行难问题。",
    "认真贯彻落实党中央、国务院的决策部署（以下简称“部署”）。",
    "《关于加强生态环境保护工作的实施意见》已经市政府常务会议审议通过。",
    "坚持以人民为中心的发展思想，着力解决群众急难愁盼问题！",
    "截至目前，全县共有各类市场主体五万八千余户，吸纳就业十二万人。",
    "副市长马晓霞陪同调研，市发改委、财政局、工信局负责同志参加。",
    "粮食播种面积稳定在一百三十万亩以上，总产量连续九年保持在六亿斤。",
    "联系人：王女士　电话：0378-2395000",
)

HEADINGS = (
    "市政府工作报告",
    "部门动态",
    "乡村振兴",
    "公示公告",
    "一图读懂",
    "关于做好防汛工作的通知",
    "招商引资再传捷报",
)


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHANNELS = _load("channels")

# A fixture name of a test, and the channels it is run over.
_GROUPS = {
    "lossless": {**CHANNELS.SINGLE_BYTE, **CHANNELS.DOUBLE_BYTE},
    "lossy": {**CHANNELS.SINGLE_BYTE_LOSSY, **CHANNELS.DOUBLE_BYTE_LOSSY},
    "escape": CHANNELS.ESCAPES,
    "character": CHANNELS.CHARACTERS,
    "indent": CHANNELS.INDENTS,
    "lost": CHANNELS.LOST,
    "single_byte": CHANNELS.SINGLE_BYTE,
    # Those that leave the tags of a page alone.
    "page_channel": {
        **CHANNELS.SINGLE_BYTE,
        **CHANNELS.SINGLE_BYTE_LOSSY,
        **{
            name: channel
            for name, channel in CHANNELS.DOUBLE_BYTE_LOSSY.items()
            if not name.endswith(("_cp936", "_mbstring"))
        },
    },
    "any_channel": {
        **CHANNELS.SINGLE_BYTE,
        **CHANNELS.DOUBLE_BYTE,
        **CHANNELS.SINGLE_BYTE_LOSSY,
        **CHANNELS.DOUBLE_BYTE_LOSSY,
        **CHANNELS.ESCAPES,
        **CHANNELS.CHARACTERS,
        **CHANNELS.LOST,
    },
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a group of channels once for each of them."""
    for name, channels in _GROUPS.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, list(channels.values()), ids=list(channels))


@pytest.fixture(scope="session")
def channels() -> ModuleType:
    return CHANNELS


@pytest.fixture(scope="session")
def sentences() -> tuple[str, ...]:
    return SENTENCES


@pytest.fixture(scope="session")
def headings() -> tuple[str, ...]:
    return HEADINGS


@pytest.fixture(scope="session", params=["news", "laws", "daily1998"])
def clean_text(request: pytest.FixtureRequest) -> str:
    """A stretch of clean official text, which is measured with but is no part of the repository."""
    path = CORPUS / f"{request.param}.txt.xz"
    if not path.exists():
        pytest.skip("the corpus is not at hand")
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return file.read(120_000)

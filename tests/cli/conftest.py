"""The command line on a fresh database, its commands run in this process as a user would type them."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from lizhi_pos.cli.main import main

PIN, SECOND_PIN = "135790", "246801"
RULEBOOK = Path(__file__).with_name("rulebook.toml")


class Shop:
    """Types commands: as the administrator, or as the supervisor; every answer is one JSON object."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.capsys, self.monkeypatch, self.folder = capsys, monkeypatch, folder
        self.said = self.code = ""
        self.act("站长示例", PIN)
        monkeypatch.setenv("LIZHI_APPROVER_PIN", SECOND_PIN)
        monkeypatch.setenv("LIZHI_NEW_PIN", SECOND_PIN)

    def act(self, name: str, pin: str) -> None:
        """Who types from now on."""
        self.monkeypatch.setenv("LIZHI_OPERATOR", name)
        self.monkeypatch.setenv("LIZHI_PIN", pin)

    def __call__(self, *words: Any, exits: int = 0) -> Any:
        """One command with ``--json``; its answer."""
        status = main(["--json", *map(str, words)])
        out, self.said = self.capsys.readouterr()
        assert status == exits, (words, out, self.said)
        assert "Traceback" not in out + self.said
        return json.loads(out)

    def run(self, *words: Any) -> int:
        """One command with ``--json``; its exit status, whatever it is; `code` is its error's, empty without one."""
        status = main(["--json", *map(str, words)])
        out, self.said = self.capsys.readouterr()
        assert "Traceback" not in out + self.said
        answer = json.loads(out)
        self.code = answer.get("error", {}).get("code", "") if isinstance(answer, dict) else ""
        return status

    def refused(self, *words: Any) -> str:
        """One command that a rule refuses; its error's code."""
        error: str = self(*words, exits=1)["error"]["code"]
        assert self.said.strip()
        return error

    def once(self, kept: Path, make: Callable[["Shop"], None]) -> "Shop":
        """What `make` types; its folder is kept, and every later shop begins with a copy of it."""
        if kept.exists():
            shutil.copytree(kept, self.folder, dirs_exist_ok=True)
        else:
            make(self)
            shutil.copytree(self.folder, kept)
        return self

    def workbook(self, name: str, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
        """A spreadsheet file."""
        path = self.folder / name
        with xlsxwriter.Workbook(str(path)) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
        return path

    def csv(self, name: str, *rows: str) -> Path:
        """A text file of cells."""
        path = self.folder / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path


@pytest.fixture
def shop(sqlite_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shop:
    """An empty database without a town."""
    monkeypatch.setenv("LIZHI_DB", sqlite_url)
    return Shop(capsys, monkeypatch, tmp_path)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the folders of towns are kept, each typed once."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def town(shop: Shop, kept: Path) -> Shop:
    """A founded town with its people, rulebook, villages, goods and gifts."""
    return shop.once(kept / "town", found)


def found(shop: Shop) -> None:
    """Type everything that a town begins with."""
    shop("init", "--town", "示例镇", "--admin", "站长示例")
    shop("user", "add", "监督示例", "--role", "supervisor")
    shop("rulebook", "adopt", RULEBOOK, "--filing", "示例备案1")
    for village in ("天桥村", "华平村"):
        shop("village", "add", village)
    shop("product", "import", shop.workbook("goods.xlsx", {"商品": GOODS}))
    shop("donation", "import", shop.workbook("gifts.xlsx", {"捐赠": GIFTS}))


GOODS: list[list[Any]] = [
    ["条码", "名称", "积分价", "每户限量"],
    ["6920181360936", "海星加碘盐400g", 2.5, ""],
    ["6903148144541", "舒肤佳香皂", "3.80元", 2],
]
GIFTS: list[list[Any]] = [
    ["凭证号", "日期", "类型", "捐赠人", "金额", "条码", "数量", "单位价值", "到期日", "村"],
    ["XJ-1", "2024.4.2", "现金", "示例捐赠人", "1000元", "", "", "", "", ""],
    ["CJ-1", "2024年4月3日", "村集体", "天桥村", 500, "", "", "", "", "天桥村"],
    ["SW-1", "20240404", "实物", "示例捐赠人", "", "6920181360936", 20, "2.00", "2024/12/31", ""],
    ["SW-2", "2024-04-05", "实物", "示例捐赠人", "30.00", "6903148144541", 10, "3.00", "", ""],
]


def village_sheets(acts: Sequence[Sequence[Any]] = (), **more: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """A village's month with two households, the second of low scores."""
    title = ["示例镇天桥村文明积分台账(2024年3月)"]
    return {
        "户籍": [
            title,
            ["手册编号", "户主", "居住起始日", "村民组"],
            ["TQ0001", "王示例", "2015.8.20", "1组"],
            ["tq0002", "李示例", "2015年8月20日", "2组"],
        ],
        "基础评分": [
            ["手册编号", "季度", "评分"],
            ["TQ0001", "2023Q4", "９０分"],
            ["TQ0001", "2024年第一季度", 91.5],
            ["TQ0002", "2023年4季度", 80],
            ["TQ0002", "2024Q1", 84.9],
        ],
        "志愿服务": [
            ["手册编号", "姓名", "日期", "项目", "分值", "次数"],
            *(acts or [["TQ0001", "王示例", "2024.3.5", "圆梦使者", "50", 5]]),
        ],
        "签字": [
            ["小组", "姓名"],
            *(["评议小组", f"评议示例{n}"] for n in range(5)),
            *(["监督小组", f"监督示例{n}"] for n in range(3)),
        ],
        **more,
    }


@pytest.fixture
def posted(town: Shop, kept: Path) -> Shop:
    """The town with its first batch posted on 20 April 2024."""
    return town.once(kept / "posted", post_march)


def post_march(town: Shop) -> None:
    """Type a month of a village, from the reading of its workbook to the posting."""
    town("ledger", "import", town.workbook("march.xlsx", village_sheets()))
    town("ledger", "publish", "天桥村", "2024-03", "--on", "2024-04-10")
    town.act("监督示例", SECOND_PIN)
    town("ledger", "review", "天桥村", "2024-03", "--on", "2024-04-18")
    town.act("站长示例", PIN)
    town("ledger", "post", "天桥村", "2024-03", "--on", "2024-04-20")


Typed = Callable[..., Any]

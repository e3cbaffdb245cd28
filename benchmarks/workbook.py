"""A village workbook of 10,000 rows: read, checked and drafted."""

import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from benchmarks.town import ADMIN, NOON, VILLAGE, sample
from lizhi_pos.accounts.import_batch import Drafted, draft
from lizhi_pos.db import transaction
from lizhi_pos.exchange.village_workbook import read_village_workbook

HOUSEHOLDS, ACTS = 2000, 4000


def measure() -> Iterator[str]:
    """Seconds, and the ratio to merely opening the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "village.xlsx"
        write(path)
        engine = sample(Path(folder) / "town.db", products=3, households=3)
        start = time.perf_counter()
        with path.open("rb") as file:
            from python_calamine import CalamineWorkbook

            book = CalamineWorkbook.from_filelike(file)
            rows = sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
        opened = time.perf_counter() - start
        start = time.perf_counter()
        read = read_village_workbook(path, [VILLAGE])
        assert read.content is not None, read.errors
        with transaction(engine, NOON) as tx:
            drafted = draft(tx, read.content, ADMIN)
            assert isinstance(drafted, Drafted)
            assert not drafted.errors, drafted.errors[:3]
        spent = time.perf_counter() - start
    yield (
        f"workbook of {rows:,} rows read, checked and drafted: {spent:.2f} s (bound 3), "
        f"{spent / opened:.1f} × reading its cells alone"
    )


def write(path: Path) -> None:
    """2,000 households with two scores each and 4,000 acts."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("户籍")
        sheet.write_row(0, 0, [f"示例镇{VILLAGE}文明积分台账(2024年4月)"])
        sheet.write_row(1, 0, ["手册编号", "户主", "居住起始日", "村民组"])
        for n in range(HOUSEHOLDS):
            sheet.write_row(n + 2, 0, [f"XX{n:05}", f"示例{n}", "2015.8.20", f"{n % 9}组"])
        sheet = book.add_worksheet("基础评分")
        sheet.write_row(0, 0, ["手册编号", "季度", "评分"])
        for n in range(HOUSEHOLDS * 2):
            sheet.write_row(n + 1, 0, [f"XX{n // 2:05}", ("2023Q4", "2024年1季度")[n % 2], f"{80 + n % 20}分"])
        sheet = book.add_worksheet("志愿服务")
        sheet.write_row(0, 0, ["手册编号", "姓名", "日期", "项目", "分值", "次数"])
        for n in range(ACTS):
            day = date(2024, 4, 1) + timedelta(n // HOUSEHOLDS)
            sheet.write_row(n + 1, 0, [f"XX{n % HOUSEHOLDS:05}", f"示例{n % HOUSEHOLDS}", str(day), "示例", 20, 2])

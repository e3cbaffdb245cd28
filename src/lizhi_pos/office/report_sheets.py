"""Reports as papers and workbooks say them, in Chinese; where a screen shows the same, by the same table."""

from collections.abc import Iterable, Sequence
from datetime import date

from lizhi_pos.db import Transaction
from lizhi_pos.documents.month_words import said_month, said_objection
from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import render
from lizhi_pos.money import format_hundredths
from lizhi_pos.office.honours import black_table, candidates_table, coverage_table, red_table
from lizhi_pos.office.report_tables import ReportTable, Word
from lizhi_pos.office.supervision import findings_table
from lizhi_pos.periods import Month
from lizhi_pos.refusal import Message
from lizhi_pos.reports.batch_notice import BatchNotice
from lizhi_pos.reports.coverage_by_month import MonthCoverage
from lizhi_pos.reports.donors import DonorRow
from lizhi_pos.reports.findings import Finding
from lizhi_pos.reports.forecast import Forecast
from lizhi_pos.reports.honours import Barred, Candidate, Honoured, Village
from lizhi_pos.reports.report_sheet import BarPair, ReportSheet, SheetChart, SheetColumn
from lizhi_pos.reports.scorecard import Scorecard, VillageCard
from lizhi_pos.rulebook.adopted import today
from lizhi_pos.text.masking import masked

MOST_BARS = 20
"""Products of a chart: more are not told apart by eye."""
MOST_REFERENCES = 20
"""So many receipts and batches are named with a finding on paper; the others are counted."""
_NONE = "–"
_HEARING = "对名单有异议的，请向本村监督小组反映；对答复不满意的，可向{town}文明积分制管理工作领导小组办公室反映。"
_EARNED_NOTE = "“积分”为本年度记入的基础积分、志愿服务积分及其更正，不减兑换。"


def red_sheet(tx: Transaction, village: Village, found: Sequence[Honoured]) -> ReportSheet:
    """Return a village's red list."""
    return _list(tx, village, "文明积分红榜", red_table(found), (_EARNED_NOTE, "积分相同的名次相同。"))


def black_sheet(tx: Transaction, village: Village, found: Sequence[Barred]) -> ReportSheet:
    """Return a village's black list."""
    return _list(
        tx, village, "文明积分黑榜", black_table(found), ("“条款”为积分细则负面清单的条款；经监督小组同意后公布。",)
    )


def candidates_sheet(tx: Transaction, village: Village, found: Sequence[Candidate]) -> ReportSheet:
    """Return a village's candidates."""
    notes = (_EARNED_NOTE, "候选户：本年度基础评分均达标，无一票否决。")
    return _list(tx, village, "文明农家候选名单", candidates_table(found), notes)


def _list(tx: Transaction, village: Village, title: str, table: ReportTable, notes: tuple[str, ...]) -> ReportSheet:
    return ReportSheet(
        town=tx.town_name,
        day=village.on or today(tx),
        title=title,
        scope=f"{village.name} {village.year}年度",
        columns=_columns(table),
        rows=_rows(table),
        nothing="本榜无人。",
        lead="" if village.full else _HEARING.format(town=tx.town_name),
        notes=notes,
        private=village.full,
    )


def scorecard_sheet(tx: Transaction, found: Scorecard) -> ReportSheet:
    """Return how every village did in a year, with what each earned and redeemed drawn."""
    cards = found.villages
    return ReportSheet(
        town=tx.town_name,
        day=min(date(found.year, 12, 31), today(tx)),
        title="各村成绩单",
        scope=f"{found.year}年度",
        columns=_labelled("村", ("应报", "按时", "缺报", "退回", "异议", "不符")) + _CARD_COLUMNS,
        rows=tuple(_card_row(card) for card in cards),
        nothing="还没有村。",
        chart=SheetChart(
            "各村挣得与兑换",
            ("挣得（分）", "兑换（分）"),
            tuple(_pair(c.village, c.earned, c.redeemed) for c in cards),
        ),
        notes=(
            "台账应报：已结束的月份；按时：次月10日前首次公示；缺报：没有台账；退回、异议、不符为次数。",
            "兑换率为兑换（减退回）与挣得之比；投入为村集体投入基金池的资金（元），支取为本村各户兑换物品的价值（元）。",
        ),
    )


def coverage_sheet(tx: Transaction, found: Sequence[MonthCoverage]) -> ReportSheet:
    """Return how points outstanding were covered, the oldest month first, with both sides drawn."""
    last = found[-1] if found else None
    figures = (
        (
            ("保障倍数", last.coverage or _NONE, ""),
            ("未兑换积分", format_hundredths(last.outstanding), "分"),
            ("物品和资金", format_hundredths(last.stock_at_tag + last.cash), "元"),
        )
        if last
        else ()
    )
    return ReportSheet(
        town=tx.town_name,
        day=Month.parse(last.month).last_day if last else today(tx),
        title="各月积分保障",
        scope=f"{found[0].month} 至 {found[-1].month}" if found else "",
        columns=_columns(coverage_table(found)),
        rows=_rows(coverage_table(found)),
        nothing="还没有结束的月份。",
        figures=figures,
        chart=SheetChart(
            "每月末未兑换积分与其背后的物品和资金",
            ("未兑换积分（分）", "物品和资金（元）"),
            tuple(_pair(m.month, m.outstanding, m.stock_at_tag + m.cash) for m in found),
        ),
        notes=("保障倍数 =（可售物品标价 + 基金池现金）÷ 未兑换积分；低于 1.00 表示积分多于物品和资金。",),
    )


def supervision_sheet(tx: Transaction, found: Sequence[Finding], scope: str) -> ReportSheet:
    """Return what a supervisor has to look at; it names people, so it is for no wall."""
    told = [_shortened(one) for one in found]
    table = findings_table(told, MOST_REFERENCES + 1)
    return ReportSheet(
        town=tx.town_name,
        day=today(tx),
        title="监督事项清单",
        scope=scope,
        columns=_columns(table),
        rows=_rows(table),
        nothing="没有需要查看的事项。",
        figures=(("事项", str(len(found)), "条"),),
        notes=("所列事项供监督员核查，不等于违规。",),
        private=True,
    )


def donors_sheet(tx: Transaction, year: int, rows: Sequence[DonorRow]) -> ReportSheet:
    """Return the donors of a year with thanks, to be published; anonymous ones stand together."""
    money, goods = sum(r.money for r in rows), sum(r.goods for r in rows)
    return ReportSheet(
        town=tx.town_name,
        day=min(date(year, 12, 31), today(tx)),
        title="爱心捐赠公示",
        scope=f"{year}年度",
        columns=(
            SheetColumn("捐赠人（单位）"),
            SheetColumn("用途"),
            SheetColumn("资金（元）", "figure"),
            SheetColumn("物品价值（元）", "figure"),
        ),
        rows=tuple(
            (r.donor, r.purpose or "励志超市", format_hundredths(r.money), format_hundredths(r.goods)) for r in rows
        ),
        total=("合计", "", format_hundredths(money), format_hundredths(goods)) if rows else (),
        nothing=f"{year}年还没有捐赠。",
        lead=f"衷心感谢以下爱心单位和个人对{tx.town_name}励志超市的支持！",
        figures=(
            ("资金", format_hundredths(money), "元"),
            ("物品价值", format_hundredths(goods), "元"),
            ("捐赠人（单位）", str(len(rows)), "个"),
        ),
        notes=("不愿公开姓名的捐赠人合并列为“爱心人士”。",),
    )


def forecast_sheet(tx: Transaction, found: Forecast) -> ReportSheet:
    """Return what a market day is likely to ask for and what to buy, with what is expected beside what is there."""
    test = found.backtest
    notes = [_zh(found.method)]
    if test.error is not None and test.naive_error is not None:
        notes.append(
            f"以往 {test.market_days} 个兑换日逐一验证：每种商品平均相差 {test.error} 件；"
            f"若照搬上次则相差 {test.naive_error} 件。"
        )
    wanted = sorted((x for x in found.products if x.expected), key=lambda line: -line.expected)
    return ReportSheet(
        town=tx.town_name,
        day=today(tx),
        title="兑换日备货预测",
        scope=found.date.isoformat(),
        columns=(SheetColumn("条码"), *_labelled("商品", ("预计兑换", "可售", "建议采购", "采购金额（元）"))),
        rows=tuple(
            (x.code, x.name, str(x.expected), str(x.sellable), str(x.suggested), format_hundredths(x.cost))
            for x in found.products
        ),
        nothing="还没有商品。",
        figures=(
            ("基金池现金", format_hundredths(found.cash), "元"),
            ("建议采购", format_hundredths(found.total_cost), "元"),
            ("采购件数", str(sum(x.suggested for x in found.products)), "件"),
        ),
        chart=SheetChart(
            "预计兑换与可售" + (f"（预计最多的 {MOST_BARS} 种）" if len(wanted) > MOST_BARS else ""),
            ("预计兑换（件）", "可售（件）"),
            tuple(
                BarPair(x.name, (x.expected, x.sellable), (str(x.expected), str(x.sellable)))
                for x in wanted[:MOST_BARS]
            ),
        ),
        notes=tuple(notes),
    )


def batch_notice_sheet(tx: Transaction, found: BatchNotice) -> ReportSheet:
    """Return the notice of a batch: what each household is to get, its head masked, and where to object."""
    of = found.households
    sums = [sum(getattr(one, name) for one in of) for name in ("base", "volunteer", "adjusted")]
    return ReportSheet(
        town=tx.town_name,
        day=found.published_on,
        title="拟入账积分公示",
        scope=f"{found.village} {said_month(found.month)}",
        columns=(SheetColumn("手册编号"), *_labelled("户主", ("基础积分", "志愿服务", "更正", "合计"))),
        rows=tuple(
            (one.booklet, masked(one.head), *map(_amount, parts), format_hundredths(sum(parts)))
            for one in of
            for parts in [(one.base, one.volunteer, one.adjusted)]
        ),
        total=("合计", f"{len(of)}户", *map(_amount, sums), format_hundredths(sum(sums))) if of else (),
        nothing="本月没有积分。",
        lead=said_objection(tx.town_name, found.until),
        notes=("以上积分公示期满、经镇复核入账后方可兑换。",),
    )


def _card_row(card: VillageCard) -> tuple[str, ...]:
    counts = (card.due, card.on_time, card.missing, card.sent_back, card.objections, card.disputes)
    return (
        card.village,
        *map(str, counts),
        format_hundredths(card.earned),
        format_hundredths(card.redeemed),
        card.redemption_rate or _NONE,
        format_hundredths(card.contributed),
        format_hundredths(card.drawn),
        str(card.households),
        str(card.eligible),
    )


def _labelled(first: str, figures: Iterable[str]) -> tuple[SheetColumn, ...]:
    return (SheetColumn(first), *(SheetColumn(label, "figure") for label in figures))


_CARD_COLUMNS = _labelled("", ("挣得", "兑换", "兑换率", "投入", "支取", "户数", "可兑换"))[1:]


def _shortened(one: Finding) -> Finding:
    more = len(one.references) - MOST_REFERENCES
    if more <= 0:
        return one
    return Finding(one.kind, one.facts, (*one.references[:MOST_REFERENCES], f"等共{len(one.references)}项"))


def _columns(table: ReportTable) -> tuple[SheetColumn, ...]:
    return tuple(SheetColumn(_zh(c.label), "figure" if c.is_figure else "text") for c in table.columns)


def _rows(table: ReportTable) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(map(_zh, row.cells)) for row in table.rows)


def _zh(word: Word) -> str:
    return render(word, translator("zh")) if isinstance(word, Message) else word


def _pair(label: str, first: int, second: int) -> BarPair:
    return BarPair(label, (first, second), (format_hundredths(first), format_hundredths(second)))


def _amount(amount: int) -> str:
    return format_hundredths(amount) if amount else _NONE

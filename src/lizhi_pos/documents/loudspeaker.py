"""广播稿: what the village's loudspeaker reads; figures in words, nobody's name."""

from lizhi_pos.documents.month_words import top_categories
from lizhi_pos.settlement.month_papers import MonthPapers, VillagePapers, earned
from lizhi_pos.text.spoken import spoken_count, spoken_day, spoken_digits, spoken_hundredths, spoken_month, spoken_yuan

MOST_SIGNS = 600
_MOST_NAME_SIGNS = 40
"""Of the name of a town, village or category; a longer one is not said to its end."""


def loudspeaker_text(papers: MonthPapers, of: VillagePapers) -> str:
    """Return what is read out of a village's month: at most `MOST_SIGNS` signs, no Arabic digit."""
    found, totals = of.statement, of.statement.totals
    village, town = _name(found.village), _name(papers.town)
    lines = [
        f"{village}的乡亲们，大家好！",
        f"现在播送{village}{spoken_month(papers.month.year, papers.month.month)}文明积分公示。",
        f"本月全村{spoken_count(len(found.households))}户，"
        f"挣得积分{spoken_hundredths(earned(totals))}分，"
        f"在励志超市兑换物品{spoken_yuan(found.goods_value)}，"
        f"月末全村共有积分{spoken_hundredths(totals.closing)}分。",
        _best_liked(of),
        _vetoed(of),
        "各户积分已在村公示栏和微信群公示，请对照积分手册核对。",
        f"公示期至{spoken_day(papers.object_until)}。" if papers.object_until else "",
        f"对积分有异议的，请在公示期内向本村监督小组反映；对答复不满意的，可向{town}文明积分制管理工作领导小组办公室反映。",
        "播送完毕，谢谢大家！",
    ]
    return "\n".join(filter(None, lines)) + "\n"


def _best_liked(of: VillagePapers) -> str:
    named = [(name, amount) for name, amount in top_categories(of.goods) if amount > 0 and name != "未分类"]
    if not named:
        return ""
    name, amount = named[0]
    return f"兑换最多的是{_name(name)}，共{spoken_yuan(amount)}。"


def _vetoed(of: VillagePapers) -> str:
    barred = len(of.changes.vetoed)
    return f"本月有{spoken_count(barred)}户因一票否决清零积分。" if barred else ""


def _name(name: str) -> str:
    return spoken_digits(name[:_MOST_NAME_SIGNS])

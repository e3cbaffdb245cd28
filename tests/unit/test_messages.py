"""Facts made of signs are said in words a clerk reads aloud; what scripts read stays as it is."""

from lizhi_pos.i18n.catalogue import translator
from lizhi_pos.i18n.render import reason_words
from lizhi_pos.refusal import Reason

SCORES = Reason("score_below", ("2023Q4 80.0 < 85", "2024Q1 79.5 < 85"))


def test_signs_are_words_in_chinese() -> None:
    chinese = translator("zh")
    assert "2023年第4季度 80.0（要 85）、2024年第1季度 79.5（要 85）" in reason_words(SCORES, chinese)
    assert "10.00（要 45.00）" in reason_words(Reason("balance", ("10.00 < 45.00",)), chinese)
    assert "食用油 0（要 3），货架上有 19 件已过期" in reason_words(
        Reason("stock", ("食用油 0 < 3, expired 19",)), chinese
    )
    assert "食用油 已兑 0，这次 3，限 1" in reason_words(Reason("limit", ("食用油 0 + 3 > 1",)), chinese)


def test_a_supervisors_own_words_stay() -> None:
    veto = Reason("vetoed", ("1", "2023Q4 3 < 5", "2024-01-01", "2024-12-31"))
    assert "2023Q4 3 < 5" in reason_words(veto, translator("zh"))


def test_english_joins_facts_with_commas() -> None:
    assert "2023Q4 80.0 < 85, 2024Q1 79.5 < 85" in reason_words(SCORES, translator("en"))

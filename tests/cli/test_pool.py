"""Gifts, pledges, the cash book, and every yuan of a gift on its way to households and back (五)."""

from .conftest import Shop

BY = ("--approver", "监督示例")
DAY = "2024-04-28"
SALT, SOAP = "6920181360936", "6903148144541"


def money(shop: Shop, voucher: str, amount: str, *more: str, donor: str = "示例商会", on: str = "2024-04-05") -> None:
    shop("donation", "add", voucher, "--kind", "money", "--donor", donor, "--amount", amount, "--on", on, *more)


def test_a_pledge_and_what_comes_of_it(town: Shop) -> None:
    made = town("pledge", "add", "示例商会", "300", "--due", "2024-06-01", "--purpose", "助学", "--on", "2024-04-01")
    assert (made["pledge"], made["state"], made["paid"]) == (1, "open", "0.00")
    assert (
        town.refused("pledge", "add", "示例商会", "300", "--due", "2024-03-01", "--on", "2024-04-01") == "rule_broken"
    )
    money(town, "XJ-5", "100", "--pledge", "1")
    words = ("donation", "add", "XJ-6", "--kind", "money", "--donor", "另一示例", "--amount", "9", "--pledge", "1")
    assert town.refused(*words) == "rule_broken"
    assert [(p["state"], p["paid"]) for p in town("pledge", "list", "--on", "2024-05-01")["pledges"]] == [
        ("part", "100.00")
    ]
    assert town("pledge", "list")["pledges"][0]["state"] == "overdue"
    money(town, "XJ-7", "200", "--pledge", "1")
    assert town("pledge", "list")["pledges"][0]["state"] == "paid"
    town("donation", "void", "XJ-7", "--reason", "录错", "--on", "2024-04-06", *BY)
    assert town("pledge", "list")["pledges"][0]["paid"] == "100.00"
    assert town("verify")["ok"]


def test_the_cash_book_and_the_bank(town: Shop) -> None:
    town("donation", "add", "ZZ-1", "--kind", "sponsor", "--donor", "示例公司", "--amount", "60", "--on", "2024-04-06")
    town("purchase", "add", "CG-1", "--supplier", "示例", f"{SALT}*10@2.00", "--on", "2024-04-12", *BY)
    town("purchase", "void", "CG-1", "--reason", "录错", "--on", "2024-04-13", *BY)
    lines = town("pool", "book")["lines"]
    assert [(x["kind"], x["in"], x["out"], x["balance"]) for x in lines] == [
        ("money", "1000.00", "0.00", "1000.00"),
        ("village", "500.00", "0.00", "1500.00"),
        ("sponsor", "60.00", "0.00", "1560.00"),
        ("purchase", "0.00", "20.00", "1540.00"),
        ("void", "20.00", "0.00", "1560.00"),
    ]
    assert [x["reference"] for x in town("pool", "book", "--from", "2024-04-06", "--to", "2024-04-12")["lines"]] == [
        "ZZ-1",
        "CG-1",
    ]
    assert town("pool", "show")["bank"] is None
    said = town("pool", "bank", "2024-04-12", "1530.00")
    assert said == {"date": "2024-04-12", "bank": "1530.00", "book": "1540.00", "difference": "-10.00"}
    assert town("pool", "bank", "2024-04-12", "1540")["difference"] == "0.00"
    assert town("pool", "show")["bank"]["bank"] == "1540.00"
    assert town("pool", "show", "--on", "2024-04-11")["bank"] is None
    town("pool", "bank", "2024-04-12", "much", exits=2)
    assert town.refused("pool", "bank", "2099-01-01", "1") == "rule_broken"
    assert town("verify")["ok"]


def test_every_yuan_of_a_gift_leads_to_households_and_back(posted: Shop) -> None:
    shop = posted
    shop("product", "add", "6902007030087", "菜籽油1L", "15.00")
    shop("purchase", "add", "CG-1", "--supplier", "示例批发部", "6902007030087*10@10.00", "--on", "2024-04-12", *BY)
    money(shop, "XJ-9", "50", on="2024-04-13", donor="示例人")
    shop(
        "purchase",
        "add",
        "CG-2",
        "--supplier",
        "示例批发部",
        f"{SALT}*40@2.00",
        "--from",
        "XJ-9",
        "--on",
        "2024-04-14",
        *BY,
    )
    shop("market", "open", DAY, *BY, "--reason", "补录")
    done = shop("redeem", "TQ0001", "6902007030087", f"{SALT}*2", "--on", DAY, *BY)
    shop("return", done["receipt"], f"{SALT}*2", "--reason", "拿错", "--on", DAY, *BY)
    gift = shop("donor", "show", "示例人")["gifts"][0]
    assert (gift["voucher"], gift["kind"], gift["spent"], gift["left"]) == ("XJ-9", "money", "50.00", "0.00")
    assert gift["purchases"] == [{"purchase": "CG-2", "amount": "50.00"}]
    assert [(x["lot"], x["share"], x["redeemed"], x["households"]) for x in gift["lots"]] == [("CG-2", "0.63", 0, 0)]
    first = shop("donor", "show", "示例捐赠人")["gifts"]
    oil = next(x for g in first for x in g["lots"] if x["lot"] == "CG-1")
    assert (oil["redeemed"], oil["households"], oil["villages"], oil["share"]) == (1, 1, ["天桥村"], "1.00")
    up = shop("stock", "trace", "CG-2")["up"]
    assert [(x["kind"], x["voucher"], x["amount"]) for x in up] == [
        ("purchase", "CG-2", "80.00"),
        ("money", "XJ-9", "50.00"),
        ("money", "XJ-1", "30.00"),
    ]
    traced = shop("stock", "trace", "XJ-1")
    assert {x["lot"] for x in traced["lots"]} == {"CG-1", "CG-2"}
    assert ("redemption", done["receipt"], "TQ0001", -1) in {
        (x["kind"], x["reference"], x["booklet"], x["quantity"]) for x in traced["down"]
    }
    receipt = shop("stock", "trace", done["receipt"])
    assert {x["voucher"] for x in receipt["up"]} >= {"CG-1", "XJ-1"}
    assert shop.refused("stock", "trace", "没有") == "not_found"
    card = shop("stock", "card", SALT)["moves"]
    assert [(x["kind"], x["quantity"]) for x in card][-2:] == [("redemption", -2), ("return", 2)]
    assert card[-1]["on_hand"] == sum(x["quantity"] for x in card)
    assert shop("verify")["ok"]


def test_an_anonymous_donor_is_named_to_few(town: Shop) -> None:
    money(town, "XJ-5", "100", "--anonymous", "--purpose", "助老", donor="示例匿名")
    assert "示例匿名" in [d["donor"] for d in town("donor", "list")["donors"]]
    rows = {r["donor"]: r for r in town("report", "donors", "--year", 2024)["rows"]}
    assert (rows["爱心人士"]["money"], rows["爱心人士"]["purpose"]) == ("100.00", "助老")
    assert "示例匿名" not in rows
    assert town("report", "donors", "--year", 2023)["rows"] == []
    town("user", "add", "保管示例", "--role", "keeper")
    town.act("保管示例", "246801")
    assert "示例匿名" not in str(town("donor", "list"))
    assert town.refused("donor", "show", "示例匿名") == "not_found"
    assert "示例匿名" not in str(town("stock", "trace", "XJ-5"))


def test_a_purpose_changes_with_the_donors_consent(town: Shop) -> None:
    money(town, "XJ-5", "100", "--purpose", "助学")
    words = ("donor", "consent", "xj-5", "--purpose", "助老", "--reason", "电话同意")
    assert town.refused(*words) == "approval_needed"
    assert town(*words, *BY) == {"voucher": "XJ-5", "purpose": "助老"}
    assert next(g for g in town("donor", "show", "示例商会")["gifts"])["purpose"] == "助老"
    assert town.refused("donor", "consent", "XJ-99", *words[3:], *BY) == "not_found"
    assert town("verify")["ok"]


def test_the_forecast_fits_into_the_cash(posted: Shop) -> None:
    shop = posted
    shop("market", "open", DAY, *BY, "--reason", "补录")
    shop("redeem", "TQ0001", f"{SALT}*3", "--on", DAY, *BY)
    found = shop("report", "forecast", "2024-05-28")
    salt = next(p for p in found["products"] if p["code"] == SALT)
    assert (salt["expected"], salt["suggested"], found["total_cost"]) == (3, 0, "0.00")
    assert found["backtest"] == {"error": None, "naive_error": None, "market_days": 0}
    assert found["method"].count("。") == 2
    assert shop.refused("report", "forecast", "2099-05-28") == "rule_broken"

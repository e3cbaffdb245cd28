"""The commands around a village's batch and its officials, and what they take."""

from lizhi_pos.cli import argument_types
from lizhi_pos.cli.command import AT, FILE, MONTH, ON, VILLAGE, Argument, Command

BATCHES = (
    Command(
        ("ledger", "preview"),
        "what posting a batch would do; writes nothing",
        "batch_looks:preview",
        [VILLAGE, MONTH, AT],
    ),
    Command(
        ("ledger", "diff"),
        "what a corrected workbook changes against its batch; writes nothing",
        "batch_looks:diff",
        [FILE],
    ),
    Command(("ledger", "show"), "a batch, its steps and the objections to it", "objections:show", [VILLAGE, MONTH]),
    Command(
        ("ledger", "object"),
        "takes an objection to a published batch",
        "objections:raise_one",
        [
            VILLAGE,
            MONTH,
            Argument("--booklet", "the household it is about", {"metavar": "BOOKLET"}),
            Argument("--text", "what is objected", {"required": True, "metavar": "TEXT"}),
            Argument("--by", "who objects", {"metavar": "NAME"}),
            ON,
        ],
    ),
    Command(
        ("ledger", "settle"),
        "answers an objection",
        "objections:settle",
        [
            VILLAGE,
            MONTH,
            Argument("number", "the objection's number", {"type": argument_types.count, "metavar": "N"}),
            Argument("--upheld", "it is right: the batch goes back", {"action": "store_true"}),
            Argument("--dismissed", "it is not right", {"action": "store_true"}),
            Argument("--text", "what is answered", {"required": True, "metavar": "TEXT"}),
            ON,
        ],
    ),
    Command(
        ("official", "add"),
        "lets somebody take office in a village",
        "officials:add",
        [
            VILLAGE,
            Argument("name", "who it is", {"metavar": "NAME"}),
            Argument(
                "--group", "which of the two groups", {"choices": ("assessment", "supervision"), "required": True}
            ),
            Argument("--lead", "who leads the group (牵头)", {"action": "store_true"}),
            Argument(
                "--from",
                "the first day in office, that of --on if not given",
                {"type": argument_types.day, "metavar": "DATE", "dest": "since"},
            ),
            ON,
        ],
    ),
    Command(
        ("official", "end"),
        "lets an official hold office no more",
        "officials:end",
        [VILLAGE, Argument("name", "who it is", {"metavar": "NAME"}), ON],
    ),
    Command(("official", "list"), "the five and the three of every village", "officials:show"),
)

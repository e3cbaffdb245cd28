"""The commands for copies of the books, and for what is wrong with them and their machine."""

from lizhi_pos.cli.command import FILE, REPLACE, Argument, Command

BACKUPS: tuple[Command, ...] = (
    Command(
        ("backup",),
        "a copy of the books in one file, while tills sell; that it was taken is kept",
        "backups:back_up",
        [
            Argument("file", "the file", {"nargs": "?", "metavar": "FILE"}),
            REPLACE,
            Argument("--auto", "a copy in the folder of automatic ones, old ones removed", {"action": "store_true"}),
            Argument("--to", "a further folder for automatic copies", {"action": "append", "metavar": "DIR"}),
        ],
    ),
    Command(
        ("backup", "list"),
        "the copies in a folder, the newest first",
        "backups:list_copies",
        [Argument("--in", "the folder, that of automatic copies if not given", {"metavar": "DIR", "dest": "folder"})],
    ),
    Command(
        ("restore",),
        "brings a copy of the books back, once it is proved whole",
        "backups:bring_back",
        [FILE, Argument("--replace", "over books that are there, which are kept aside", {"action": "store_true"})],
    ),
    Command(("doctor",), "what is wrong with this machine and these books, and what to do", "doctor:examine"),
    Command(
        ("move",),
        "the books go to another database, SQLite or PostgreSQL; the old one can then only be read",
        "moving:move_books",
        [Argument("--to", "where to: a file, or an address", {"required": True, "metavar": "URL"})],
    ),
)

"""What each role is called in words."""

from lizhi_pos.refusal import message

ROLE_WORDS = {
    "clerk": message("clerk"),
    "keeper": message("keeper"),
    "accountant": message("accountant"),
    "supervisor": message("supervisor"),
    "admin": message("admin"),
}

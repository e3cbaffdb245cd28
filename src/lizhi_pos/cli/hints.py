"""Which option or command a refused command wanted: the rules speak for screens too, which ask for it themselves."""

from collections.abc import Mapping

from lizhi_pos.refusal import Message, Refusal, message

_SECOND_PERSON = message("On the command line: {0}", "--approver NAME")
_OPTIONS: Mapping[str, str] = {
    "A rulebook is adopted with its filing number": "--filing NO",
    "Not closed yet: {0}. Close them first, or archive what is closed": "--so-far",
    "There are books here already: say that they may be replaced; they are kept aside": "--replace",
    "{0} is there already: name another file, or say that it may be replaced": "--replace",
    "Say what happened": "--facts TEXT",
    "Say what is wrong with it": "--reason TEXT",
    "Say why": "--reason TEXT",
    "Say why the batch goes back": "--reason TEXT",
    "Say why the goods come back": "--reason TEXT",
    "Say why the veto is lifted": "--facts TEXT",
}
"""By the refusal's sentence, the option that gives what is missing."""
_COMMANDS: Mapping[str, str] = {
    "A carton holds 2 pieces or more; a second barcode is given apart": "product code",
    "There is no count {0}: look at the list of counts": "stock count list",
    "There is no donor {0}: look at the list of donors": "donor list",
    "There is no lot {0}: look at the list of lots": "stock list",
    "There is no pledge {0}: look at the list of pledges": "pledge list",
    "There is no village named {0}: look at the list of villages": "village list",
    "There is no village named {0}; is it {1}?": "village list",
    "{0} has no lot {1}: look at the list of lots": "stock list",
}
"""By the refusal's sentence, the command that shows or does what it speaks of."""


def hint(refusal: Refusal) -> Message | None:
    """Return what to type beside, where there is something."""
    said = refusal.text.msgid if refusal.text else ""
    if refusal.code == "approval_needed":
        return _SECOND_PERSON
    if said in _OPTIONS:
        return message("On the command line: {0}", _OPTIONS[said])
    return message("See {0}", f"`{_COMMANDS[said]}`") if said in _COMMANDS else None

"""What can be wrong with a file as a whole: errors with neither sheet nor cell."""

from lizhi_pos.cells import CellError
from lizhi_pos.refusal import say

NOT_FOUND = CellError(None, None, say("There is no such file."))
UNREADABLE = CellError(None, None, say("The file cannot be read; check that it may be opened and is not in use."))
EMPTY = CellError(None, None, say("The file is empty."))
TOO_LARGE = CellError(None, None, say("The file is too large for a workbook of this kind."))
DAMAGED = CellError(None, None, say("The file is damaged; open it in a spreadsheet program and save it anew."))
PROTECTED = CellError(None, None, say("The file is protected by a password; save it without one."))
NO_WORKBOOK = CellError(None, None, say("This is no spreadsheet; save it as .xlsx, .xls, .ods or .csv."))

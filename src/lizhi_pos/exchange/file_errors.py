"""What can be wrong with a file as a whole: errors with neither sheet nor cell."""

from lizhi_pos.cell_errors import CellError
from lizhi_pos.refusal import message

NOT_FOUND = CellError(None, None, message("There is no such file."))
UNREADABLE = CellError(None, None, message("The file cannot be read; check that it may be opened and is not in use."))
EMPTY = CellError(None, None, message("The file is empty."))
TOO_LARGE = CellError(None, None, message("The file is too large for a workbook of this kind."))
DAMAGED = CellError(None, None, message("The file is damaged; open it in a spreadsheet program and save it anew."))
PROTECTED = CellError(None, None, message("The file is protected by a password; save it without one."))
WEB_PAGE = CellError(
    None, None, message("This is a web page, not a spreadsheet; open it in a spreadsheet program and save it as .xlsx.")
)
PDF = CellError(None, None, message("This is a PDF, not a spreadsheet; ask for the spreadsheet it was made from."))
LETTER = CellError(
    None, None, message("This is a text document; copy its table into a spreadsheet and save it as .xlsx.")
)
NUMBERS = CellError(None, None, message("This is a file of Apple Numbers; export it from there as .xlsx."))
NO_WORKBOOK = CellError(None, None, message("This is no spreadsheet; save it as .xlsx, .xls, .ods or .csv."))

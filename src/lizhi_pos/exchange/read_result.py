"""What reading a file gives: its content, or everything that is wrong in it."""

from typing import Generic, TypeVar

from msgspec import Struct

from lizhi_pos.cell_errors import CellError

Content = TypeVar("Content", covariant=True)


class Reading(Struct, Generic[Content], frozen=True):
    """A file as it was read. `content` is None as soon as there is one error: nothing of such a file is taken.

    Warnings hinder nothing. So that the domain can find its own errors beside these and all of a file's errors be
    told at once, `readable` is what could be read all the same, equal to `content` where there is no error and None
    where the file is no workbook: a row's place says which of its cells could not be read.
    """

    content: Content | None
    errors: tuple[CellError, ...] = ()
    warnings: tuple[CellError, ...] = ()
    readable: Content | None = None

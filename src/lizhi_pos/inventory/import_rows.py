"""A row of the goods file, as it was read."""

from msgspec import Struct

from lizhi_pos.cell_errors import RowAt
from lizhi_pos.money import Yuan


class GoodsRow(Struct, frozen=True):
    """A product and its tag price in hundredths of a yuan; blank optional cells are None or empty text.

    `shelf_days` is how long it keeps, to propose an expiry; it is typed, no file has it.
    """

    code: str
    name: str
    price: Yuan
    at: RowAt
    spec: str = ""
    unit: str = ""
    category: str = ""
    monthly_limit: int | None = None
    safety_stock: int | None = None
    shelf_days: int | None = None

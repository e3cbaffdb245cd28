"""`product labels`: an A4 sheet of shelf labels."""

from lizhi_pos.checkout.papers import labelled_products, shelf_label
from lizhi_pos.cli.context import Context
from lizhi_pos.cli.output import Outcome
from lizhi_pos.cli.saving import pdf_path, save_one
from lizhi_pos.inventory.labels import due_labels, mark_printed
from lizhi_pos.money import format_hundredths
from lizhi_pos.refusal import message, unwrap
from lizhi_pos.text import normalize


def write(context: Context) -> Outcome:
    """Write the sheet, then note what its labels show; ended in between, they are still due."""
    from lizhi_pos.documents.shelf_labels import label_sheet

    path = pdf_path(context.args.file)
    by = context.operator("print")
    codes = [normalize.code(word) for word in context.args.codes]
    with context.reading() as tx:
        found = unwrap(labelled_products(tx, codes)) if codes else due_labels(tx)
    if not found:
        return Outcome({"file": None, "labels": []}, (message("No label shows another price: nothing was written"),))
    save_one(path, unwrap(label_sheet([shelf_label(p) for p in found])), replace=context.args.replace)
    context.write(lambda tx: mark_printed(tx, found, by))
    answer = {
        "file": context.args.file,
        "labels": [{"code": p.code, "name": p.name, "price": format_hundredths(p.price)} for p in found],
    }
    return Outcome(
        answer,
        (message("{0} {0:label is|labels are} in {1}: print it at its own size", len(found), context.args.file),),
    )


"use strict";
(() => {
  const form = document.querySelector(".search");
  const field = form.querySelector("input");
  const found = form.querySelector(".found");
  const table = document.querySelector(".households");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const plain = (text) => text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  // a report is searched in all of its texts, a notice by booklet and name
  const isText = (at) => (table.dataset.texts ? table.dataset.texts.split(" ").includes(`${at}`) : at < 2);
  const texts = (row) => Array.from(row.cells).filter((_, at) => isText(at)).map((cell) => plain(cell.textContent));
  const keys = new Map(rows.map((row) => [row, texts(row)]));
  const unit = table.dataset.unit || "户";

  const show = () => {
    const wanted = plain(field.value);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !keys.get(row).some((text) => text.includes(wanted));
      shown += row.hidden ? 0 : 1;
    }
    found.textContent = wanted ? `共${rows.length}${unit}，找到${shown}${unit}` : `共${rows.length}${unit}`;
  };
  const sort = (head, at) => {
    const rising = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const text = (row) => row.cells[at].textContent;
    const amount = (row) => Number(text(row)) || 0;
    const order = isText(at) ? (a, b) => text(a).localeCompare(text(b), "zh") : (a, b) => amount(a) - amount(b);
    body.append(...rows.sort((a, b) => (rising ? order(a, b) : order(b, a))));
  };
  Array.from(table.tHead.rows[0].cells).forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head, at));
    head.replaceChildren(button);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  field.addEventListener("input", show);
  form.hidden = false;
  show();
})();

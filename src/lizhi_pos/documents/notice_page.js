
"use strict";
(() => {
  const form = document.querySelector(".search");
  const field = form.querySelector("input");
  const found = form.querySelector(".found");
  const table = document.querySelector(".households");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const plain = (text) => text.normalize("NFKC").replace(/\s/g, "").toUpperCase();
  const keys = new Map(rows.map((row) => [row, [plain(row.cells[0].textContent), plain(row.cells[1].textContent)]]));

  const show = () => {
    const wanted = plain(field.value);
    let shown = 0;
    for (const row of rows) {
      const [booklet, name] = keys.get(row);
      row.hidden = !(booklet.includes(wanted) || name.includes(wanted));
      shown += row.hidden ? 0 : 1;
    }
    found.textContent = wanted ? `共${rows.length}户，找到${shown}户` : `共${rows.length}户`;
  };
  const sort = (head, at) => {
    const rising = head.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", rising ? "ascending" : "descending");
    const text = (row) => row.cells[at].textContent;
    const amount = (row) => Number(text(row)) || 0;
    const order = at < 2 ? (a, b) => text(a).localeCompare(text(b), "zh") : (a, b) => amount(a) - amount(b);
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

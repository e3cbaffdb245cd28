"use strict";
// Shows what the server says and nothing else: once it is silent, nothing of anybody.
(() => {
  const SILENT_MS = 3000;
  const AGAIN_MS = 1000;
  const PARTS = ["training", "head", "village", "words", "counted", "goods", "quantity", "amount"];
  let silence;

  function figure({ label, amount, short }) {
    const row = document.createElement("div");
    const name = document.createElement("span");
    const digits = document.createElement("b");
    row.className = "figure";
    name.textContent = label;
    digits.textContent = amount;
    digits.className = short ? "short" : "";
    row.append(name, digits);
    return row;
  }

  function show(now) {
    for (const part of PARTS) document.getElementById(part).textContent = now[part] ?? "";
    document.getElementById("greeting").textContent = now.welcome ?? "";
    document.getElementById("figures").replaceChildren(...(now.figures ?? []).map(figure));
    document.body.dataset.verdict = now.verdict;
  }

  function blank() {
    show({ verdict: "none" });
  }

  function follow() {
    const socket = new WebSocket(`ws://${location.host}/display/ws`);
    socket.onmessage = ({ data }) => {
      clearTimeout(silence);
      silence = setTimeout(blank, SILENT_MS);
      show(JSON.parse(data));
    };
    socket.onclose = () => {
      clearTimeout(silence);
      blank();
      setTimeout(follow, AGAIN_MS);
    };
  }

  follow();
})();

"use strict";
// Runs after textual.js and before it begins: the size of the letters, the focus, the bell, and what a closed socket
// means.
(() => {
  const BUSY = 4001;
  const COLUMNS = 80;
  const ROWS = 24;
  const SMALLEST = 6;
  const LARGEST = 22;
  // Roboto Mono is 0.6001 of its size wide, and the terminal rounds down
  const WIDE = 0.602;
  const HIGH = 1.36;
  const body = () => document.body.classList;
  let sound;
  let shown;

  // textual.js keeps its terminal to itself, and the letters' size must follow the window: the one object that is
  // given this name is caught as it is made, and nothing stays changed after it.
  Object.defineProperty(Object.prototype, "websocket_url", {
    configurable: true,
    set(value) {
      delete Object.prototype.websocket_url;
      this.websocket_url = value;
      shown = this;
    },
  });

  function letters() {
    const wanted = Number.parseInt(new URLSearchParams(location.search).get("fontsize"), 10);
    const fitting = Math.floor(Math.min(innerWidth / (COLUMNS * WIDE), innerHeight / (ROWS * HIGH)));
    return wanted || Math.max(SMALLEST, Math.min(LARGEST, fitting));
  }

  async function fonts() {
    // what is painted before its font is there stays painted without it
    const faces = ["", "bold "].flatMap((weight) => ["M", "励"].map((text) => [`${weight}16px 'Roboto Mono'`, text]));
    await Promise.allSettled(faces.map(([font, text]) => document.fonts.load(font, text)));
  }

  function focus() {
    document.querySelector(".xterm-helper-textarea")?.focus();
  }

  function ring() {
    sound ??= new AudioContext();
    const tone = sound.createOscillator();
    const quiet = sound.createGain();
    tone.frequency.value = 880;
    quiet.gain.value = 0.2;
    tone.connect(quiet).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.15);
  }

  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("open", focus);
      this.addEventListener("message", ({ data }) => {
        // the till sends the bell by itself
        if (data.byteLength === 1 && new Uint8Array(data)[0] === 7) ring();
      });
      this.addEventListener("close", ({ code }) => {
        if (code === BUSY) body().add("-busy");
        // once the page shows it: textual.js hears of the end after this
        setTimeout(() => [...document.querySelectorAll("button")].find((button) => button.offsetParent)?.focus());
      });
    }
  };

  const begin = window.onload;
  window.onload = async (event) => {
    document.querySelector("#terminal").dataset.fontSize = letters();
    for (const button of document.querySelectorAll("button")) button.onclick = () => location.reload();
    await fonts();
    begin(event);
    focus();
    window.onresize = () => {
      shown.terminal.options.fontSize = letters();
      shown.fit();
    };
  };
  window.addEventListener("pointerup", ({ target }) => target.closest("button") || focus());
  window.addEventListener("beforeunload", (event) => {
    // goods may lie on the counter
    if (body().contains("-first-byte") && !body().contains("-closed")) event.preventDefault();
  });
})();

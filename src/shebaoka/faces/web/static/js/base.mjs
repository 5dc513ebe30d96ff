// What every page gains where scripts run: reading aloud, no second sending of a form, and the eye led to what was refused.

const button = document.querySelector("[data-aloud]");

// What is read: the Chinese of the page as it is seen, piece by piece (browsers stop in the middle of a long text).
// The English beside it would only be noise to whoever listens.
const PIECE = "p, li, h1, h2, h3, dt, dd, th, td, label, legend, summary, button, a, caption, figcaption, time";
const UNREAD = "[lang=en], .hidden, svg, script, noscript, option, textarea, details:not([open]) > :not(summary)";

const pieces = () => {
  const found = new Map();
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const holder = texts.currentNode.parentElement;
    if (holder.closest(UNREAD) || !holder.getClientRects().length) continue;
    const piece = holder.closest(PIECE) ?? holder;
    found.set(piece, (found.get(piece) ?? "") + texts.currentNode.textContent);
  }
  return [...found.values()].map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => /[\p{L}\p{N}]/u.test(text));
};

if (button && "speechSynthesis" in window) {
  const [start, stop] = [button.innerHTML, button.dataset.stop];
  const silent = () => (button.innerHTML = start);
  const read = () => {
    const spoken = pieces().map((text) => Object.assign(new SpeechSynthesisUtterance(text), { lang: "zh-CN", rate: 0.9 }));
    if (!spoken.length) return;
    button.textContent = stop;
    spoken.at(-1).onend = silent;
    for (const one of spoken) speechSynthesis.speak(one);
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (button.textContent !== stop) return read();
    speechSynthesis.cancel();
    silent();
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

// The request key makes a second sending harmless; this spares the person the doubt.
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const pressed = event.submitter;
  if (pressed) queueMicrotask(() => pressed.setAttribute("aria-disabled", "true"));
});

document.querySelector("#refusal")?.focus();

// A button that prints the page is there only where it can.
for (const print of document.querySelectorAll("[data-print]")) {
  print.hidden = false;
  // What is hidden takes no focus, and a page gives its focus once.
  if (print.autofocus) print.focus();
  print.addEventListener("click", () => window.print());
}

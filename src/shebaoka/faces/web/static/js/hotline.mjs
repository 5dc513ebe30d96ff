// What an agent's pages gain where scripts run: hand-overs show themselves, and questions are found by typing.

const EVERY_MS = 4000;
// Whoever has left the desk is logged out in the end: only a desk where somebody sits is kept fresh.
const DESK_LEFT_MS = 10 * 60 * 1000;
let touched = Date.now();
for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { touched = Date.now(); });

const state = (part) => part.querySelector("[data-state]")?.dataset.state;

async function refresh(part) {
  const answer = await fetch(part.dataset.fresh, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return;
  const fresh = document.createElement("div");
  fresh.innerHTML = await answer.text();
  // What somebody is typing in is left alone.
  if (state(fresh) !== state(part) && !part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
}

for (const part of document.querySelectorAll("[data-fresh]")) {
  setInterval(() => {
    if (!document.hidden && Date.now() - touched < DESK_LEFT_MS) refresh(part).catch(() => {});
  }, EVERY_MS);
}

const filter = document.querySelector("[data-filter]");
if (filter) {
  const words = filter.querySelector("input");
  const questions = [...document.querySelectorAll("[data-words]")];
  filter.hidden = false;
  if (words.autofocus) words.focus();
  words.addEventListener("input", () => {
    const asked = words.value.trim().toLowerCase();
    for (const one of questions) one.hidden = !one.dataset.words.toLowerCase().includes(asked);
  });
}

for (const group of document.querySelectorAll("[data-digits]")) {
  const choices = [...group.querySelectorAll("input[type=radio]")];
  group.querySelector("[data-where-scripts-run]").hidden = false;
  group.addEventListener("keydown", (event) => {
    const chosen = /^[1-9]$/.test(event.key) && choices[Number(event.key) - 1];
    if (!chosen) return;
    event.preventDefault();
    chosen.checked = true;
    chosen.focus();
  });
}

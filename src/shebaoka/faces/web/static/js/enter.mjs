// The keyboard alone: Enter moves on to the next question, and sends from the last one. The first question has the focus.

const ASKS = "input:not([type=hidden], [disabled]), select, textarea, button:not([type=button])";
// What is folded away has its place all the same.
const FOLDED = "details:not([open]) > :not(summary)";
const questions = (form) => [...form.querySelectorAll(ASKS)].filter((one) => one.offsetParent && !one.closest(FOLDED));

addEventListener("keydown", (event) => {
  const here = event.target;
  if (event.key !== "Enter" || event.isComposing || !here.form || !here.matches("input, select")) return;
  if (!here.closest("main")) return;
  const all = questions(here.form);
  const next = all[all.indexOf(here) + 1];
  if (!next || next.matches("button")) {
    event.preventDefault();
    here.form.requestSubmit(next);
    return;
  }
  if (!here.reportValidity()) return event.preventDefault();
  event.preventDefault();
  next.focus();
  if (next.select) next.select();
});

// A scanner or a hurried hand may press Enter where an answer is wrong: the browser says so there.
const form = document.querySelector("main form");
if (form && !document.querySelector("#refusal, main [autofocus]:not([hidden])")) questions(form)[0]?.focus();
document.querySelector("[data-print][autofocus]")?.focus();

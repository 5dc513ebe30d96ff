// What every page gains where scripts run: reading aloud, no second sending of a form, and the eye led to what was refused.

const words = () => document.querySelector("main").innerText;
const button = document.querySelector("[data-aloud]");

if (button && "speechSynthesis" in window) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return;
    }
    const said = new SpeechSynthesisUtterance(words());
    said.lang = "zh-CN";
    said.rate = 0.9;
    speechSynthesis.speak(said);
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
  print.addEventListener("click", () => window.print());
}

// Keys of the one screen. Enter on an empty item quotes; F8 goes to the button that takes the last step back, Enter then presses it.

const KEYS = { F2: "[data-quote]", F4: "[data-confirm]", F8: "[data-back]", F9: "[data-next]" };

addEventListener("keydown", (event) => {
  const there = KEYS[event.key] && document.querySelector(KEYS[event.key]);
  if (!there || event.repeat) return;
  event.preventDefault();
  if (event.key === "F8") there.focus();
  else there.click();
});

// Before enter.mjs, which would ask for the item.
addEventListener("keydown", (event) => {
  const quote = document.querySelector("[data-quote]");
  if (event.key !== "Enter" || event.target.id !== "f-item" || event.target.value.trim() || !quote) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  quote.click();
}, true);

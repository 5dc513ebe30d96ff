// A code whose time is over is shown no more: nobody holds it before a scanner in vain.

const shown = document.querySelector("[data-seconds]");
if (shown) {
  setTimeout(() => {
    for (const part of shown.querySelectorAll("[data-code]")) part.hidden = true;
    shown.querySelector("[data-over]").hidden = false;
    document.querySelector("main form button").focus();
  }, Number(shown.dataset.seconds) * 1000);
}

// Lists, where scripts run: a file may be dropped onto its field, and a list under way shows how far it is without being asked.

const SECOND = 1000;

for (const place of document.querySelectorAll("[data-drop]")) {
  const field = place.querySelector("input[type=file]");
  const told = place.querySelector("[data-chosen]");

  const look = () => {
    const file = field.files[0];
    const large = file && file.size > Number(place.dataset.max);
    const mega = file ? (file.size / 2 ** 20).toFixed(1) : "";
    field.setCustomValidity(large ? "文件过大，请分成几个文件 · The file is too large: send it in several" : "");
    told.textContent = !file ? "" : `${file.name}（${mega} MB）${large ? "：" + field.validationMessage : ""}`;
  };
  field.addEventListener("change", look);

  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    const [file, ...others] = event.dataTransfer.files;
    if (!file) return;
    const one = new DataTransfer();
    one.items.add(file);
    field.files = one.files;
    look();
    if (others.length) told.textContent += " · 一次一个文件，只取了第一个 · one file at a time: the first was taken";
  });
  field.form.addEventListener("submit", () => {
    told.textContent = "正在上传，请勿关闭此页 · Sending: do not close this page";
  });
}

// The same page is asked for again, and what it says now put in place of what it said.
const looking = document.querySelector('[data-intake="under-way"]');

const again = async () => {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const now = page?.querySelector("[data-intake]");
  // Answered, or the session has ended: the page itself is shown again.
  if (page && now?.dataset.intake !== "under-way") {
    location.reload();
    return;
  }
  for (const part of [".steps", ".note"]) {
    const is = now?.querySelector(part);
    if (is) looking.querySelector(part).replaceWith(is);
  }
  setTimeout(again, SECOND);
};
if (looking) setTimeout(again, SECOND);

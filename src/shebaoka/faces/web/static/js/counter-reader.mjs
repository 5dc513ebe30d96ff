// Read card: the card in this machine's reader fills the person in. What is wrong is said; the clerk may type at any time.

const box = document.querySelector("[data-reader]");
const form = box?.closest("main").querySelector("form[id], form.narrow, form.dense");
const told = box?.querySelector("[role=status]");
const typed = box?.querySelector("input[type=password]");

const say = (zh, en, kind = "") => {
  told.className = kind;
  told.replaceChildren(...[["zh-Hans", zh], ["en", en ?? ""]].map(([lang, text]) => Object.assign(document.createElement("p"), { lang, textContent: text })));
};
const fixed = (name, kind, n) => say(...["Zh", "En"].map((end) => box.dataset[name + end].replace("{n}", n)), kind);

// A form of the site, which gives JSON.
async function post(path, fields = {}) {
  const body = new URLSearchParams({ _csrf_token: form.elements._csrf_token.value, key: crypto.randomUUID(), ...fields });
  const answer = await fetch(path, { method: "POST", body });
  const problem = () => ({ title_zh: box.dataset.failedZh, title: box.dataset.failedEn });
  const said = await answer.json().catch(problem);
  if (!answer.ok) throw Object.assign(new Error(), { problem: said });
  return said;
}

// What was read goes where it belongs on this page; the next question has the focus, or the person is found at once.
function fill(card, holder, check) {
  const known = { number: holder?.id_number ?? card.card_number, id_number: holder?.id_number, name: holder?.name, card_number: card.card_number, challenge_id: check.challenge_id };
  const fields = [...form.elements].filter((one) => known[one.name]);
  for (const one of fields) one.value = known[one.name];
  const after = [...form.elements].filter((one) => one.offsetParent && !one.disabled).find((one) => !one.value || one.matches("button, [type=checkbox]"));
  const finds = form.elements.number;
  if (finds && check.good) form.requestSubmit(form.querySelector("button:not([type=button])"));
  else after?.focus();
}

// An old card may not know how to prove itself: the city says what that means. Whatever else goes wrong is said as it is.
function unproved(error) {
  if (!error.problem?.type?.endsWith("/chip-refused")) throw error;
}

// The holder's PIN goes to the card and nowhere else: it stands in no form, and leaves its field before anything is asked.
function pinTyped() {
  const pin = typed?.value ?? "";
  if (typed) typed.value = "";
  if (!pin || /^[0-9]{4,12}$/.test(pin)) return pin;
  typed.focus();
  throw Object.assign(new Error(), { said: "pinForm" });
}

// What the card said of the PIN; a wrong one is told, tries left and all, once the city has it.
async function verified(session, pin) {
  if (!pin) return { pin: "not_asked" };
  try {
    await session.verify(pin);
    return { pin: "verified" };
  } catch (error) {
    const pin = { "pin-wrong": "wrong", "pin-blocked": "blocked" }[error.problem?.type?.split("/").pop()];
    if (!pin) throw error;
    return { pin, error };
  }
}

async function read({ withCard }) {
  const pin = pinTyped();
  fixed("insert");
  const { card, check } = await withCard(box.dataset.reader, box.dataset.who, 30, async (session) => {
    fixed("reading");
    const given = await post(box.dataset.ticket);
    const card = await session.read(given.ticket);
    const holder = await verified(session, pin);
    const proof = await session.prove(given.challenge).catch(unproved);
    const shown = { historical: card.historical, identification_code: card.identification_code, card_number: card.card_number };
    const answered = proof ? { algorithm: proof.algorithm, proof: proof.proof } : { algorithm: 0 };
    const check = await post(box.dataset.check, { challenge_id: given.challenge_id, ...shown, ...answered, pin: holder.pin });
    if (check.chip && holder.error) throw holder.error;
    const right = check.chip && holder.pin === "verified";
    const said = right && { zh: `${check.zh}。${box.dataset.pinDoneZh}`, en: `${check.en}. ${box.dataset.pinDoneEn}` };
    return { card, check: { ...check, ...said, challenge_id: given.challenge_id } };
  });
  say(check.zh, check.en, check.good ? "done" : "care");
  if (check.chip) fill(card, card.holder, check);
}

async function begin() {
  const { withCard, NoReader } = await import(box.dataset.module);
  const button = box.querySelector("button");
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled")) return;
    button.setAttribute("aria-disabled", "true");
    try {
      await read({ withCard });
    } catch (error) {
      if (error.said) fixed(error.said, "care");
      else if (error instanceof NoReader) fixed("missing", "care");
      else if (error.problem?.tries_left) {
        fixed("pinWrong", "care", error.problem.tries_left);
        typed.focus();
      } else if (error.problem) say(`${error.problem.title_zh}。${error.problem.remedy_zh ?? ""}`, `${error.problem.title}. ${error.problem.remedy_en ?? ""}`, "care");
      else fixed("failed", "care");
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  typed?.addEventListener("keydown", (pressed) => pressed.key === "Enter" && button.click());
  box.hidden = false;
}

if (box && form && globalThis.crypto?.randomUUID) begin();

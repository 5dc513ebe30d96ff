// Read card: the card in this machine's reader fills the person in. What is wrong is said; the clerk may type at any time.

const box = document.querySelector("[data-reader]");
const form = box?.closest("main").querySelector("form[id], form.narrow, form.dense");
const told = box?.querySelector("[role=status]");

const say = (zh, en, kind = "") => {
  told.className = kind;
  told.replaceChildren(...[["zh-Hans", zh], ["en", en ?? ""]].map(([lang, text]) => Object.assign(document.createElement("p"), { lang, textContent: text })));
};
const fixed = (name, kind) => say(box.dataset[`${name}Zh`], box.dataset[`${name}En`], kind);

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

async function read({ withCard }) {
  fixed("insert");
  const { card, check } = await withCard(box.dataset.reader, box.dataset.who, 30, async (session) => {
    fixed("reading");
    const given = await post(box.dataset.ticket);
    const card = await session.read(given.ticket);
    const proof = await session.prove(given.challenge).catch(unproved);
    const shown = { historical: card.historical, identification_code: card.identification_code, card_number: card.card_number };
    const answered = proof ? { algorithm: proof.algorithm, proof: proof.proof } : { algorithm: 0 };
    const check = await post(box.dataset.check, { challenge_id: given.challenge_id, ...shown, ...answered });
    return { card, check: { ...check, challenge_id: given.challenge_id } };
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
      if (error instanceof NoReader) fixed("missing", "care");
      else if (error.problem) say(`${error.problem.title_zh}。${error.problem.remedy_zh ?? ""}`, `${error.problem.title}. ${error.problem.remedy_en ?? ""}`, "care");
      else fixed("failed", "care");
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
  box.hidden = false;
}

if (box && form && globalThis.crypto?.randomUUID) begin();

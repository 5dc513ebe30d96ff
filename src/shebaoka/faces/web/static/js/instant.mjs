// A blank becomes a card: this page asks the reader service of its own machine which chip lies there, the city what that chip is
// to be given, and lets the reader write it. What was read back goes to the city as a form. Nothing of it is kept here.

const box = document.querySelector("[data-writer]");
const [button, progress, trouble] = ["write", "progress", "trouble"].map((name) => box.querySelector(`[data-${name}]`));
const form = document.querySelector("#read-back");
const NO_READER = {
  title_zh: "没有连接到本机的读卡器服务", title: "The reader service of this machine does not answer",
  remedy_zh: "请在本机运行 shebaoka reader（--origin 填本网站地址），再按“继续写卡”；不能运行的，把空白卡放回，转为制卡邮寄",
  remedy_en: "Run shebaoka reader on this machine (--origin: this site), then go on; if that cannot be done, put the blank back and let the card go by post",
};
const NO_CITY = {
  title_zh: "与本市服务的连接中断", title: "The city's service does not answer",
  remedy_zh: "卡片和申请都没有丢失：网络恢复后，放着同一张卡，按“继续写卡”", remedy_en: "Nothing is lost: when the network is back, leave the same card there and go on",
};
const NEXT = {
  unknown: "可能已经写成：放回同一张卡，按“继续写卡”，系统会查明，不会重复写。 It may be written: put the same card back and go on; it is found out, and not written twice.",
  blank: "卡片没有写成，可以重写：放回同一张卡，按“继续写卡”；仍不成的，作废后另取一张。 Not written yet: put the same card back and go on; if it fails again, spoil it and take another.",
};

const told = async (answer) => (answer.status === 204 ? null : answer.json());

async function reader(method, path, body, session) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID() };
  if (session) headers["Reader-Session"] = session;
  let answer;
  try {
    answer = await fetch(box.dataset.writer + path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw NO_READER;
  }
  if (!answer.ok) throw await told(answer);
  return told(answer);
}

async function ordered(historical) {
  const asked = new URLSearchParams({ historical, _csrf_token: form.elements._csrf_token.value });
  let answer;
  try {
    answer = await fetch(box.dataset.order, { method: "POST", body: asked });
  } catch {
    throw NO_CITY;
  }
  if (!(answer.headers.get("content-type") ?? "").includes("json")) throw NO_CITY;
  if (!answer.ok) throw await told(answer);
  return told(answer);
}

function say(problem) {
  const why = problem.refusal ?? problem;
  const [title, detail, remedy, next] = [...trouble.children];
  title.textContent = `${problem.title_zh ?? "没有写成"} ${problem.title ?? ""}`;
  detail.textContent = why === problem ? (problem.detail ?? "") : `${why.title_zh ?? ""} ${why.title ?? ""}`;
  remedy.textContent = `怎么办：${why.remedy_zh ?? problem.remedy_zh ?? ""} ${why.remedy_en ?? problem.remedy_en ?? ""}`;
  next.textContent = NEXT[problem.written] ?? "";
  trouble.hidden = false;
  trouble.focus();
}

const now = (text) => (progress.textContent = text);

async function write() {
  button.setAttribute("aria-disabled", "true");
  trouble.hidden = true;
  let session;
  try {
    now("请放卡…… Waiting for the card");
    session = await reader("POST", "/session", { who: box.dataset.who, wait_seconds: 20 });
    now("取得写卡内容…… Asking what to write");
    const { challenge, ...given } = await ordered(session.card.historical);
    now("写卡并读回，请勿取卡…… Writing and reading back: leave the card there");
    const made = await reader("POST", "/session/personalisation", given, session.session);
    now("写成，验卡登记…… Written: the card proves itself");
    const { proof } = await reader("POST", "/session/proof", { challenge }, session.session);
    for (const [name, value] of Object.entries({ ...made, proof })) if (form.elements[name]) form.elements[name].value = value;
    form.requestSubmit();
  } catch (problem) {
    now("");
    button.removeAttribute("aria-disabled");
    button.firstElementChild.textContent = "继续写卡";
    button.lastElementChild.textContent = "Go on";
    say(problem instanceof Error ? { title_zh: "页面出错", title: "The page failed", detail: problem.message, remedy_zh: "请刷新页面后继续", remedy_en: "Reload the page and go on" } : problem);
  } finally {
    if (session) reader("DELETE", "/session", undefined, session.session).catch(() => {});
  }
}

box.hidden = false;
document.querySelector("[data-without]").hidden = true;
button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && write());
if (!document.querySelector("#refusal")) button.focus();

// A pad to sign on. The drawing goes onto the printed receipt, which is filed; the record names it by its digest.

const pad = document.querySelector("[data-pad]");
const drawn = document.querySelector("[data-drawn]");
const place = (number) => `signature-${number}`;

const hex = (bytes) => [...new Uint8Array(bytes)].map((one) => one.toString(16).padStart(2, "0")).join("");

async function keep(canvas, said) {
  const picture = canvas.toDataURL("image/png");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(picture));
  said.value = `SHA256-${hex(digest).slice(0, 40)}`;
  sessionStorage.setItem(place(pad.dataset.pad), picture);
}

function begin() {
  const canvas = pad.querySelector("canvas"), said = pad.querySelector("[name=pad]"), pen = canvas.getContext("2d");
  let signing = false;
  const at = (event) => {
    const seen = canvas.getBoundingClientRect();
    return [(event.clientX - seen.left) * (canvas.width / seen.width), (event.clientY - seen.top) * (canvas.height / seen.height)];
  };
  pen.lineWidth = 3;
  pen.lineCap = "round";
  canvas.addEventListener("pointerdown", (event) => {
    signing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!signing) return;
    pen.lineTo(...at(event));
    pen.stroke();
  });
  canvas.addEventListener("pointerup", () => {
    signing = false;
    keep(canvas, said);
  });
  pad.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    said.value = "";
    sessionStorage.removeItem(place(pad.dataset.pad));
  });
  pad.hidden = false;
}

if (pad && window.crypto?.subtle) begin();
if (drawn) {
  const picture = sessionStorage.getItem(place(drawn.dataset.drawn));
  if (picture) {
    drawn.append(Object.assign(new Image(), { src: picture, alt: "签名 Signature" }));
    sessionStorage.removeItem(place(drawn.dataset.drawn));
  }
}

// A pad to sign on, in the field app and at counters.

// `told` hears of each drawing, as the address of a picture, and of none ("") when it is wiped off.
export function pad(box, told) {
  const canvas = box.querySelector("canvas"), pen = canvas.getContext("2d");
  const at = (event) => {
    const seen = canvas.getBoundingClientRect();
    return [(event.clientX - seen.left) * (canvas.width / seen.width), (event.clientY - seen.top) * (canvas.height / seen.height)];
  };
  let signing = false;
  Object.assign(pen, { lineWidth: 3, lineCap: "round" });
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
    told(canvas.toDataURL("image/png"));
  });
  box.querySelector("[data-clear]").addEventListener("click", () => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    told("");
  });
}

// A record names a signature by its digest; the drawing itself goes onto the printed receipt.
export async function digest(drawing) {
  const found = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(drawing)));
  return `SHA256-${[...found].map((one) => one.toString(16).padStart(2, "0")).join("").slice(0, 40)}`;
}

// A pad to sign on. The drawing goes onto the printed receipt, which is filed; the record names it by its digest.

const box = document.querySelector("[data-pad]");
const drawn = document.querySelector("[data-drawn]");
const place = (number) => `signature-${number}`;

async function begin() {
  const { digest, pad } = await import(box.dataset.signing);
  const said = box.querySelector("[name=pad]"), here = place(box.dataset.pad);
  pad(box, async (drawing) => {
    said.value = drawing && await digest(drawing);
    if (drawing) sessionStorage.setItem(here, drawing);
    else sessionStorage.removeItem(here);
  });
  box.hidden = false;
}

if (box && window.crypto?.subtle) begin();
if (drawn) {
  const picture = sessionStorage.getItem(place(drawn.dataset.drawn));
  if (picture) {
    drawn.append(Object.assign(new Image(), { src: picture, alt: "签名 Signature" }));
    sessionStorage.removeItem(place(drawn.dataset.drawn));
  }
}

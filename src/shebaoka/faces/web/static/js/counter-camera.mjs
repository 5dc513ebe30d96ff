// A photo from the camera, as the card wants it: cut to size, small enough, looked at by the interface while it is framed.

const box = document.querySelector("[data-camera]");
const form = box?.closest("form");
const file = form?.querySelector("input[type=file]");
const findings = document.querySelector("[data-findings]");
const WIDTH = 358, HEIGHT = 441, BYTES_MAX = 40_000, LOOK_EVERY_MS = 1_500;

const jpeg = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

async function picture(video, canvas) {
  const pen = canvas.getContext("2d");
  const scale = Math.min(video.videoWidth / WIDTH, video.videoHeight / HEIGHT);
  const width = WIDTH * scale, height = HEIGHT * scale;
  pen.drawImage(video, (video.videoWidth - width) / 2, (video.videoHeight - height) / 2, width, height, 0, 0, WIDTH, HEIGHT);
  for (const quality of [0.92, 0.85, 0.75, 0.6]) {
    const blob = await jpeg(canvas, quality);
    if (blob.size <= BYTES_MAX) return blob;
  }
  return jpeg(canvas, 0.45);
}

const sized = () => Object.assign(document.createElement("canvas"), { width: WIDTH, height: HEIGHT });

async function look(blob) {
  const asked = new FormData();
  asked.set("_csrf_token", form.elements._csrf_token.value);
  asked.set("photo", blob, "photo.jpg");
  const answer = await fetch(box.dataset.camera, { method: "POST", body: asked });
  if (answer.ok) findings.innerHTML = await answer.text();
}

function begin() {
  const [video, canvas] = [box.querySelector("video"), box.querySelector("canvas")];
  const [start, shoot] = [box.querySelector("[data-start]"), box.querySelector("[data-shoot]")];
  let timer;
  start.addEventListener("click", async () => {
    video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } });
    await video.play();
    canvas.hidden = true;
    shoot.hidden = false;
    start.hidden = true;
    shoot.focus();
    timer ??= setInterval(async () => look(await picture(video, sized())), LOOK_EVERY_MS);
  });
  shoot.addEventListener("click", async () => {
    clearInterval(timer);
    timer = undefined;
    const blob = await picture(video, canvas);
    canvas.hidden = false;
    start.hidden = false;
    shoot.hidden = true;
    const held = new DataTransfer();
    held.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
    file.files = held.files;
    form.querySelector("button:not([type=button])").focus();
    await look(blob);
  });
  box.hidden = false;
  if (!document.querySelector("#refusal")) start.focus();
}

if (box && navigator.mediaDevices?.getUserMedia) begin();
file?.addEventListener("change", () => file.files[0] && look(file.files[0]));

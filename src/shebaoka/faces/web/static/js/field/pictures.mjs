// The photo, from the camera or a file, cut to the card's size, with hints. It ends as a field of the form.

const WIDTH = 358, HEIGHT = 441, BYTES_MAX = 40_000, BYTES_MIN = 4_000, LOOK_MS = 500, WHITE = 200, BASE64 = 4 / 3;
const HINTS = {
  dark: "光线太暗，请面向光源 · Too dark: turn to the light",
  bright: "光线太强 · Too bright",
  wall: "背景不够白，请站到白墙前 · Not white behind: stand before a white wall",
  small: "相片太小，请换一张清楚的 · Too small: take a clearer one",
  good: "可以用 · Good",
};

const light = (pixels) => {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 4) sum += (pixels[i] * 3 + pixels[i + 1] * 6 + pixels[i + 2]) / 10;
  return sum / (pixels.length / 4);
};

function judged(pen) {
  const part = (x, y, w, h) => pen.getImageData(WIDTH * x, HEIGHT * y, WIDTH * w, HEIGHT * h).data;
  const face = light(part(0.35, 0.3, 0.3, 0.3));
  if (face < 50) return "dark";
  if (face > 235) return "bright";
  return light(part(0, 0, 1, 0.08)) < WHITE ? "wall" : "good";
}

function cut(canvas, source, width, height) {
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const scale = Math.max(WIDTH / width, HEIGHT / height);
  pen.drawImage(source, (WIDTH - width * scale) / 2, (HEIGHT - height * scale) / 2, width * scale, height * scale);
  return judged(pen);
}

function jpeg(canvas) {
  for (const quality of [0.92, 0.85, 0.75, 0.6]) {
    const made = canvas.toDataURL("image/jpeg", quality);
    if (made.length <= BYTES_MAX * BASE64) return made;
  }
  return canvas.toDataURL("image/jpeg", 0.45);
}

export function camera(box) {
  const find = (name) => box.querySelector(name);
  const [video, canvas, says, start, take, file, field] =
    ["video", "canvas", "[data-hint]", "[data-start]", "[data-take]", "input[type=file]", "input[name=photo]"].map(find);
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  let looking;
  const hint = (what) => (says.textContent = HINTS[what]);
  const stop = () => {
    clearInterval(looking);
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    video.srcObject = null;
    video.hidden = take.hidden = true;
    start.hidden = false;
  };
  const hold = (found) => {
    field.value = jpeg(canvas);
    canvas.hidden = false;
    hint(field.value.length < BYTES_MIN ? "small" : found);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  start.hidden = !navigator.mediaDevices?.getUserMedia;
  start.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch {
      says.textContent = "摄像头打不开，请用相片文件 · The camera cannot be opened: choose a file";
      return;
    }
    await video.play();
    video.hidden = take.hidden = false;
    start.hidden = canvas.hidden = true;
    looking = setInterval(() => video.videoWidth && hint(cut(canvas, video, video.videoWidth, video.videoHeight)), LOOK_MS);
  });
  take.addEventListener("click", () => {
    const found = cut(canvas, video, video.videoWidth, video.videoHeight);
    stop();
    hold(found);
  });
  file.addEventListener("change", async () => {
    try {
      const picture = await createImageBitmap(file.files[0]);
      hold(cut(canvas, picture, picture.width, picture.height));
    } catch {
      says.textContent = "这个文件不是相片 · This file is no picture";
    }
  });
  if (field.value) show(canvas, field.value);
  return stop;
}

export function show(canvas, address) {
  const picture = new Image();
  picture.onload = () => {
    canvas.getContext("2d").drawImage(picture, 0, 0);
    canvas.hidden = false;
  };
  picture.src = address;
}

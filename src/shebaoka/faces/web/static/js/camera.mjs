// The camera in the page: a frame for the face, hints while one looks, and the picture goes into the form's own field.
// Without it the form's file fields do the same; what counts is what the server finds.

const EVERY_MS = 500;
const HINTS = {
  dark: "光线太暗，请面向光源 · Too dark: turn to the light",
  bright: "光线太强 · Too bright",
  wall: "背景不够白，请站到白墙前 · The background is not white: stand before a white wall",
  good: "可以拍了，保持不动 · Good: keep still",
};

const mean = (pixels) => {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += 4) sum += (pixels[i] * 3 + pixels[i + 1] * 6 + pixels[i + 2]) / 10;
  return sum / (pixels.length / 4);
};

const whiteShare = (pixels, level) => {
  let white = 0;
  for (let i = 0; i < pixels.length; i += 4) white += Math.min(pixels[i], pixels[i + 1], pixels[i + 2]) >= level;
  return (100 * white) / (pixels.length / 4);
};

// What is wrong first: light on the face, then the wall behind it.
export const judge = (context, width, height, wanted) => {
  const part = (x, y, w, h) => context.getImageData(width * x, height * y, width * w, height * h).data;
  const face = mean(part(0.35, 0.3, 0.3, 0.3));
  if (face < wanted.light) return "dark";
  if (face > wanted.dark) return "bright";
  return whiteShare(part(0, 0, 1, 0.08), wanted.white) < wanted.share ? "wall" : "good";
};

const draw = (canvas, source, fullWidth, fullHeight) => {
  const scale = Math.max(canvas.width / fullWidth, canvas.height / fullHeight);
  const [w, h] = [fullWidth * scale, fullHeight * scale];
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, (canvas.width - w) / 2, (canvas.height - h) / 2, w, h);
};

const start = (box) => {
  const find = (what) => box.querySelector(what);
  const [live, view, video, canvas, says, open, take] =
    [".live", ".view", "video", "canvas", ".says", "[data-open]", "[data-take]"].map(find);
  const field = find("input[name=taken]");
  const { width, height, white, share, light, dark } = box.dataset;
  const wanted = { white: +white, share: +share, light: +light, dark: +dark };
  canvas.width = +width;
  canvas.height = +height;
  const own = () => {
    const choice = box.closest("form").querySelector("input[name=choice][value=own]");
    if (choice) choice.checked = true;
  };
  const tell = () => (says.textContent = HINTS[judge(canvas.getContext("2d"), canvas.width, canvas.height, wanted)]);
  let looking = 0;

  const stop = () => {
    clearInterval(looking);
    for (const track of video.srcObject?.getTracks() ?? []) track.stop();
    view.hidden = take.hidden = true;
  };

  open.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user", width: { ideal: 1280 } } });
    } catch {
      says.textContent = "摄像头打不开，请用上面的“现在拍一张” · The camera cannot be opened: use “Take one now” above";
      return;
    }
    own();
    await video.play();
    view.hidden = take.hidden = false;
    canvas.hidden = true;
    looking = setInterval(() => {
      draw(canvas, video, video.videoWidth, video.videoHeight);
      tell();
    }, EVERY_MS);
  });

  take.addEventListener("click", () => {
    draw(canvas, video, video.videoWidth, video.videoHeight);
    stop();
    canvas.toBlob((blob) => {
      const files = new DataTransfer();
      files.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
      field.files = files.files;
      canvas.hidden = false;
      tell();
    }, "image/jpeg", 0.9);
  });

  for (const one of box.querySelectorAll("input[type=file]")) {
    one.addEventListener("change", async () => {
      if (!one.files.length) return;
      own();
      try {
        const picture = await createImageBitmap(one.files[0]);
        draw(canvas, picture, picture.width, picture.height);
        canvas.hidden = false;
        tell();
      } catch {
        says.textContent = "这个文件不是相片 · This file is no picture";
      }
    });
  }
  live.hidden = false;
  open.hidden = !navigator.mediaDevices?.getUserMedia;
  addEventListener("pagehide", stop);
};

for (const box of document.querySelectorAll("[data-camera]")) start(box);

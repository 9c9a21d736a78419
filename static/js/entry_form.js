// Shows the chosen picture before it is sent, and says at once when it is too large.

const MOST_BYTES = 10 * 1024 * 1024;

function read(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", failed);
    reader.readAsDataURL(file);
  });
}

async function show(preview, field) {
  const [file] = field.files;
  const tooLarge = Boolean(file) && file.size > MOST_BYTES;
  field.setCustomValidity(tooLarge ? preview.dataset.tooLarge : "");
  if (tooLarge) field.reportValidity();
  if (!file || tooLarge) return;
  try {
    const picture = new Image();
    picture.alt = "";
    picture.src = await read(file);
    await picture.decode();
    preview.replaceChildren(picture);
  } catch { /* what the browser cannot show, the house will say so in words */ }
}

for (const preview of document.querySelectorAll("[data-preview]")) {
  const field = document.getElementById(preview.dataset.preview);
  field?.addEventListener("change", () => show(preview, field));
  if (field?.files.length) show(preview, field); // chosen before this script had come
}

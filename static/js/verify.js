// A badge can be dropped anywhere on the form or pasted as a file; one that is too large is told before it is sent, file or text.
// Without it the same form has a button to choose a file and a field to paste into.

const forms = () => document.querySelectorAll("form[data-drop]");
const fileOf = (form) => form.querySelector("input[type=file]");

function tell(form, file) {
  const field = fileOf(form);
  const tooLarge = Boolean(file) && file.size > Number(form.dataset.most);
  field.setCustomValidity(tooLarge ? form.dataset.tooLarge : "");
  form.querySelector("[data-chosen]").textContent = file ? form.dataset.chosen.replace("{name}", file.name) : "";
  return !tooLarge;
}

/** What was pasted would not come back from a server that refuses to read it. */
function weigh(form, field) {
  const tooLarge = new Blob([field.value]).size > Number(form.dataset.most);
  field.setCustomValidity(tooLarge ? form.dataset.textTooLarge : "");
}

/** Takes the first of the files into the form and sends it. */
function take(form, files) {
  const given = new DataTransfer();
  given.items.add(files[0]);
  fileOf(form).files = given.files;
  tell(form, files[0]);
  form.requestSubmit();
}

function isFull(event) {
  return [...(event.dataTransfer ?? event.clipboardData)?.types ?? []].includes("Files");
}

function onDrag(event) {
  const form = event.target.closest?.("form[data-drop]");
  if (!form || !isFull(event)) return;
  event.preventDefault();
  form.classList.toggle("is-over", event.type !== "dragleave" || form.contains(event.relatedTarget));
}

document.addEventListener("dragover", onDrag);
document.addEventListener("dragleave", onDrag);
document.addEventListener("drop", (event) => {
  const form = event.target.closest?.("form[data-drop]");
  if (!form || !isFull(event)) return;
  event.preventDefault();
  form.classList.remove("is-over");
  take(form, event.dataTransfer.files);
});
document.addEventListener("paste", (event) => {
  const [form] = forms();
  if (!form || !event.clipboardData?.files.length) return;
  event.preventDefault();
  take(form, event.clipboardData.files);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest?.("form[data-drop]");
  if (form && event.target.type === "file" && !tell(form, event.target.files[0])) event.target.reportValidity();
});
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-drop]");
  if (form && event.target.name === "text") weigh(form, event.target);
});
for (const form of forms()) {
  if (fileOf(form).files.length) tell(form, fileOf(form).files[0]); // chosen before this script had come
}

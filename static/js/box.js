// The box in which a deed is told: above any page, kept while the connection is gone, sent once. Without it the link leads to a
// page with the same form.
import { connectTyping } from "./suggest.js";

const forms = () => document.querySelectorAll("form[data-box]");
const connected = new WeakSet();
let dialog = null;
let opener = null;

/** The part in which htmx swaps; made when it is first needed. */
function make(link) {
  dialog = document.createElement("dialog");
  dialog.className = "p-box";
  dialog.setAttribute("aria-label", link.dataset.box);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "p-box__close c-button c-button--quiet c-button--s";
  close.textContent = link.dataset.close;
  close.dataset.close = "";
  const part = document.createElement("div");
  part.className = "p-box__part";
  const heard = document.createElement("p");
  heard.className = "u-hidden-visually";
  heard.setAttribute("role", "status");
  dialog.append(close, part, heard);
  document.body.append(dialog);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    // What was told is over; what was begun stays for the next time.
    if (dialog.querySelector("[data-told]")) part.replaceChildren();
    opener?.focus?.();
  });
  return dialog;
}

const part = () => dialog.querySelector(".p-box__part");

export async function openBox(link) {
  if (dialog?.open) return;
  const here = document.querySelector("main form[data-keep=report] textarea");
  if (here) { here.focus(); return; }
  opener = document.activeElement === document.body ? link : document.activeElement;
  if (!dialog) make(link);
  const isThere = Boolean(part().querySelector("form[data-box]"));
  if (!isThere) part().replaceChildren(waiting(link));
  dialog.showModal();
  part().querySelector("textarea").focus();
  if (!isThere) await load(link);
}

/** Who types faster than the form comes begins here; their words move into it. */
function waiting(link) {
  const area = document.createElement("textarea");
  area.className = "c-field__input p-box__waiting";
  area.rows = 4;
  area.setAttribute("aria-label", link.dataset.box);
  part().setAttribute("aria-busy", "true");
  return area;
}

async function load(link) {
  const early = part().firstElementChild;
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const body = await answer.text();
    const typed = early.value;
    part().innerHTML = body;
    window.htmx?.process(part());
    link.dispatchEvent(new CustomEvent("box:loaded", { bubbles: true }));
    const area = part().querySelector("textarea");
    if (typed) area.value = area.value ? `${area.value} ${typed}` : typed;
    connectForms();
    if (dialog.open) area.focus();
    if (typed) area.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    dialog.close();
    const address = new URL(link.href);
    if (early.value) address.searchParams.set("text", early.value);
    part().replaceChildren();
    location.assign(address);
  } finally {
    part().removeAttribute("aria-busy");
  }
}

/** The page behind is silent while the box is open: what wants focus and what wants to be heard is in here. */
function settle() {
  const target = part().querySelector("[aria-invalid='true']") ?? part().querySelector("[data-focus]") ?? part().querySelector("textarea");
  target?.focus();
  const said = part().querySelector("[data-announce]");
  dialog.querySelector(":scope > [role=status]").textContent = said ? said.dataset.announce || said.querySelector("h2")?.textContent : "";
}

const lostNote = (form) => form.querySelector("[data-lost]");

/** `why`: "way" where the connection is gone, "no" where the house did not take it; empty when all is well. */
function setLost(form, why) {
  const note = lostNote(form);
  if (!note) return;
  for (const part of ["way", "no"]) note.querySelector(`[data-lost-${part}]`).hidden = part !== why;
  note.hidden = !why;
  note.dataset.lost = why;
  if (why) note.scrollIntoView({ block: "nearest" });
}

/** Whether the house took it or said what to change; anything else leaves the words where they are. */
const isAnswered = (status) => status < 400 || status === 422 || status === 409;

function connectForm(form) {
  connected.add(form);
  for (const hint of form.querySelectorAll("[data-keys]")) hint.hidden = false;
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
  // Said once that it is another deed: that also holds when it has to be sent again.
  form.addEventListener("submit", ({ submitter }) => {
    if (submitter?.name !== "another" || form.querySelector("input[name=another]")) return;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "another", value: "1" }));
  });
  const picture = form.querySelector("input[type=file]");
  picture?.addEventListener("change", () => {
    const tooLarge = (picture.files[0]?.size ?? 0) > 10 * 1024 * 1024;
    picture.setCustomValidity(tooLarge ? picture.dataset.tooLarge : "");
    if (tooLarge) picture.reportValidity();
  });
  const typing = form.querySelector("[data-suggest]");
  if (typing) connectTyping(typing, form);
}

export function connectForms() {
  for (const form of forms()) if (!connected.has(form)) connectForm(form);
}

/** A form that comes back has lost the file that was chosen: browsers do not let a page say which one it was. */
let chosen = null;

document.addEventListener("htmx:before:request", (event) => {
  const form = event.detail?.ctx?.sourceElement;
  if (form?.matches?.("form[data-box]")) chosen = form.querySelector("input[type=file]")?.files ?? null;
});
document.addEventListener("htmx:after:request", (event) => {
  const { sourceElement: form, response } = event.detail?.ctx ?? {};
  if (form?.matches?.("form[data-box]") && response) setLost(form, isAnswered(response.raw.status) ? "" : "no");
});
document.addEventListener("htmx:after:swap", (event) => {
  connectForms();
  if (dialog?.open && event.detail?.ctx?.target?.id === "report") settle();
  const field = document.querySelector("form[data-box] input[type=file]");
  if (field && chosen?.length && !field.files.length) field.files = chosen;
});
document.addEventListener("htmx:error", (event) => {
  const form = event.detail?.ctx?.sourceElement;
  if (form?.matches?.("form[data-box]")) setLost(form, "way");
});
addEventListener("online", () => {
  for (const form of forms()) if (lostNote(form)?.dataset.lost === "way") form.requestSubmit();
});
connectForms();

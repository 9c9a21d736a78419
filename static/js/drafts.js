// Keeps what is being written in a form marked data-keep="name" on this device until it was sent, for who wrote it: on a shared
// device the next one who signs in sees nothing of it. Where the house says that it took it (data-told="name", for forms marked
// data-box), only that lets the draft go: an answer can be lost on its way.

const own = `draft:${document.body.dataset.whose ?? ""}:`;
const keyOf = (form) => own + form.dataset.keep;
const forms = () => document.querySelectorAll("form[data-keep]");
const texts = (form) => [...form.elements].filter((field) => field.matches("textarea, input:is([type=text], [type=url])"));
const nonceOf = (form) => form.elements.namedItem("nonce")?.value;

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
}

function write(key, draft) {
  try { localStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or closed: writing goes on without it */ }
}

function save(form) {
  const words = Object.fromEntries(texts(form).map((field) => [field.name, field.value]).filter(([, value]) => value));
  write(keyOf(form), { words, nonce: read(keyOf(form)).nonce });
}

/** Puts kept words back into empty fields; true if there were any. What was sent once goes out under the same mark again, so
    that it is never stored twice. */
function restore(form) {
  const { words = {}, nonce } = read(keyOf(form));
  let any = false;
  for (const field of texts(form)) {
    if (field.value || !words[field.name]) continue;
    field.value = words[field.name];
    any = true;
  }
  if (any && nonce && form.matches("[data-box]")) form.elements.namedItem("nonce").value = nonce;
  return any;
}

/** A sent form that is no longer on the page was accepted: its draft can go. One that came back was refused: keep it. */
function settleSent(here) {
  const told = new Set([...document.querySelectorAll("[data-told]")].map((part) => own + part.dataset.told));
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(own))) {
    const { words, nonce, sent, proven } = read(key);
    if (!sent) continue;
    if (proven ? !told.has(key) : here.has(key)) write(key, { words, nonce });
    else localStorage.removeItem(key);
  }
}

export function forget(name) {
  try { localStorage.removeItem(own + name); } catch { /* closed: there is nothing to forget */ }
}

export function keepDrafts(onRestored) {
  const connected = new WeakSet();
  const refresh = () => {
    const here = new Set([...forms()].filter((form) => texts(form).some((field) => field.value)).map(keyOf));
    try { settleSent(here); } catch { return; }
    for (const form of forms()) {
      if (connected.has(form)) continue;
      connected.add(form);
      if (restore(form)) onRestored();
      form.addEventListener("input", () => save(form));
      form.addEventListener("submit", () => {
        const draft = { ...read(keyOf(form)), nonce: nonceOf(form), sent: true, proven: form.matches("[data-box]") };
        write(keyOf(form), draft);
      });
    }
  };
  refresh();
  return refresh;
}

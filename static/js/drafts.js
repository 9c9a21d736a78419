// Keeps what is being written in a form marked data-keep="name" on this device until it was sent.

const keyOf = (form) => `draft:${form.dataset.keep}`;
const forms = () => document.querySelectorAll("form[data-keep]");
const texts = (form) => [...form.elements].filter((field) => field.matches("textarea, input:is([type=text], [type=url])"));

function read(key) {
  try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; }
}

function write(key, draft) {
  try { localStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or closed: writing goes on without it */ }
}

function save(form) {
  const words = Object.fromEntries(texts(form).map((field) => [field.name, field.value]).filter(([, value]) => value));
  write(keyOf(form), { words });
}

/** Puts kept words back into empty fields; true if there were any. */
function restore(form) {
  const { words = {} } = read(keyOf(form));
  let any = false;
  for (const field of texts(form)) {
    if (field.value || !words[field.name]) continue;
    field.value = words[field.name];
    any = true;
  }
  return any;
}

/** A sent form that is no longer on the page was accepted: its draft can go. One that came back was refused: keep it. */
function settleSent(here) {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
    const draft = read(key);
    if (!draft.sent) continue;
    if (here.has(key)) write(key, { words: draft.words });
    else localStorage.removeItem(key);
  }
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
      form.addEventListener("submit", () => write(keyOf(form), { ...read(keyOf(form)), sent: true }));
    }
  };
  refresh();
  return refresh;
}

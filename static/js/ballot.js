// The ballot works without this. With it the count follows each tick, what is said is kept while it is said, and a ranking can
// be dragged or moved with the arrow keys.

const PAUSE = 400;

const announcer = document.getElementById("announcer");

function announce(words) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = words; }, 60);
}

const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

const isSaid = (field) => (field.type === "number" || field.checked) && field.value !== "";

/** "3 chosen, at most 5", while boxes are ticked, steps chosen and places written on this page. */
function keepCount(place) {
  const most = Number(place.dataset.most);
  const form = place.closest("form");
  form.addEventListener("change", () => {
    const fields = [...form.querySelectorAll("input:is([type=checkbox], [type=radio], [type=number])")];
    const n = Number(place.dataset.elsewhere) + fields.filter(isSaid).length;
    const words = filled(place.dataset.words, { n, most });
    if (place.textContent === words) return;
    place.textContent = words;
    place.toggleAttribute("data-over", most > 0 && n > most);
    announce(words);
  });
}

/** The whole form goes where its button "Keep" sends it, without a word in the session; nothing is cast by it. `keepalive`: it
    arrives although the page is left. To a request by htmx the answer names the ballot's address, or that of the sign-in. */
async function isKept(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set("do", "stay");
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
    return answer.ok && (answer.headers.get("HX-Redirect") ?? "").startsWith(form.getAttribute("action"));
  } catch {
    return false;
  }
}

/** Sends after each change and before the page is left; one at a time, so that an older state never comes last. */
function keepStored(note) {
  const form = note.closest("form");
  let isUnsent = false, isUnderWay = false, isOver = false, pause = 0;

  async function send() {
    clearTimeout(pause);
    if (!isUnsent || isUnderWay || isOver) return;
    isUnsent = false;
    isUnderWay = true;
    const kept = await isKept(form);
    isUnderWay = false;
    if (isOver) return;
    if (kept && isUnsent) { send(); return; }
    isUnsent ||= !kept;
    note.textContent = kept ? note.dataset.stored : note.dataset.notStored;
  }

  function change() {
    isUnsent = true;
    note.textContent = "";
    clearTimeout(pause);
    pause = setTimeout(send, PAUSE);
  }

  for (const name of ["input", "change"]) form.addEventListener(name, change);
  // The form itself goes now, perhaps with more to do than to keep: what is on the page is not sent after it.
  form.addEventListener("submit", () => { isOver = true; clearTimeout(pause); });
  for (const name of ["pointerdown", "click"]) {
    document.addEventListener(name, (event) => { if (event.target.closest("a[href]")) send(); });
  }
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
  window.addEventListener("pagehide", () => { if (isUnsent && !isOver) isKept(form); });
  // Taken out of the browser's memory, the page may be older than what is stored.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

/** A list whose fields hold places: moving a line writes all of them anew, 1, 2, 3; they are sent with the form. */
function keepRanking(list) {
  const lines = () => [...list.querySelectorAll("[data-entry]")];
  const help = Object.assign(document.createElement("p"), { className: "p-list__help", textContent: list.dataset.help });
  list.before(help);

  function renumber() {
    lines().forEach((line, at) => { line.querySelector("input[type=number]").value = at + 1; });
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function tell(line) {
    const all = lines();
    const values = { entry: line.dataset.entry, place: all.indexOf(line) + 1, places: all.length };
    announce(filled(list.dataset.moved, values));
  }

  function shift(line, by) {
    const all = lines();
    const other = all[all.indexOf(line) + by];
    if (!other) return;
    if (by < 0) other.before(line); else other.after(line);
    renumber();
    tell(line);
  }

  /** The document listens: a line that moves in the list loses the pointer it captured. */
  function drag(line, begun) {
    begun.preventDefault();
    const ends = new AbortController();
    line.classList.add("is-moving");
    const follow = (event) => {
      const over = lines().find((other) => {
        const box = other.getBoundingClientRect();
        return other !== line && event.clientY > box.top && event.clientY < box.bottom;
      });
      if (!over) return;
      const box = over.getBoundingClientRect();
      if (event.clientY < box.top + box.height / 2) over.before(line); else over.after(line);
    };
    const end = () => {
      ends.abort();
      line.classList.remove("is-moving");
      renumber();
      tell(line);
    };
    document.addEventListener("pointermove", follow, { signal: ends.signal });
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end, { signal: ends.signal });
  }

  for (const line of lines()) {
    const handle = Object.assign(document.createElement("button"), { type: "button", className: "p-list__handle", textContent: "⠿" });
    handle.setAttribute("aria-label", filled(list.dataset.handle, { entry: line.dataset.entry }));
    handle.title = list.dataset.help;
    handle.addEventListener("pointerdown", (event) => drag(line, event));
    handle.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      shift(line, by);
      handle.focus();
    });
    line.querySelector(".p-list__moves").prepend(handle);
  }
}

document.querySelectorAll("[data-count]").forEach(keepCount);
document.querySelectorAll("[data-stored]").forEach(keepStored);
document.querySelectorAll("[data-ranking]").forEach(keepRanking);

// Small comforts. Every page works without them.
import { forget, keepDrafts } from "./drafts.js";

const root = document.documentElement;
const announcer = document.getElementById("announcer");

/** Says something to those who hear the page; emptied first, so that the same words are heard again. */
function announce(words) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = words; }, 60);
}

function remember(key, value) {
  try { localStorage.setItem(key, value); } catch { /* private windows may refuse */ }
}

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function connectTheme() {
  for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember("theme", root.dataset.theme);
    });
  }
}

const KEYS = "keys";

function keysAreOff() {
  try { return localStorage.getItem(KEYS) === "off"; } catch { return false; }
}

/** Who speaks to their machine, or rests a hand on the keys, can do without keys that act on every page. */
function connectKeySwitch() {
  const part = document.querySelector("[data-key-switch]");
  if (!part) return;
  const field = part.querySelector("input");
  field.checked = !keysAreOff();
  field.addEventListener("change", () => remember(KEYS, field.checked ? "on" : "off"));
  part.hidden = false;
}

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

function connectKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus(null);
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || keysAreOff()) return;
    document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
}

const isPlain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
const box = () => import("./box.js");

/** The box above the page, fetched when it is first wanted; where that fails, the link leads to a page with it. */
function connectBox() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-box]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    box().then(({ openBox }) => openBox(link)).catch(() => location.assign(link.href));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-forget]");
    if (link) forget(link.dataset.forget);
  });
  const soon = window.requestIdleCallback ?? setTimeout;
  if (document.querySelector("a[data-box]")) soon(() => box().catch(() => { /* asked for again when it is wanted */ }));
  if (document.querySelector("form[data-box]")) box().catch(() => { /* the form works by itself */ });
}

/** Menus are details elements; clicking elsewhere or Escape folds them, and focus goes back to what opened them. */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu === except) continue;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
}

/** The part that came: what was swapped as a whole is found again by its id, and says nothing about the page around it. */
function arrived(target) {
  if (target?.isConnected) return target;
  return (target?.id && document.getElementById(target.id)) || document.getElementById("main");
}

/** After a part was swapped: what is new and asks to be filled in, else the first wrong field, else what asks for focus; and
    what wants to be heard. */
function settle(part) {
  const target = ["[data-focus=first]", "[aria-invalid='true']", "[data-focus]"].map((one) => part.querySelector(one)).find(Boolean);
  target?.focus({ preventScroll: false });
  const heard = part.matches?.("[data-announce]") ? part : part.querySelector("[data-announce]");
  if (heard) announce(heard.dataset.announce || heard.textContent.trim());
}

/** What a browser refuses in a folded part would be refused without a word: the part opens, so that the browser can say why. */
function unfold(event) {
  for (let part = event.target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}

/** A form that came back as a whole page (422): on to the first field that is wrong, else to what says what is. */
function goToFault() {
  if (performance.getEntriesByType("navigation")[0]?.responseStatus !== 422 || document.activeElement !== document.body) return;
  (document.querySelector("#main [aria-invalid='true']") ?? document.querySelector("#main [data-focus]"))?.focus();
}

/** The connection failed: say so once, in the place where flashes stand. */
function tellOffline() {
  const place = document.getElementById("flashes");
  if (!place || place.querySelector("[data-offline-note]")) return;
  const note = document.createElement("div");
  note.className = "c-flash c-flash--care";
  note.dataset.offlineNote = "";
  note.setAttribute("role", "alert");
  note.append(Object.assign(document.createElement("p"), { textContent: document.body.dataset.offline }));
  place.append(note);
}

function forgetOffline() {
  document.querySelector("[data-offline-note]")?.remove();
}

connectTheme();
connectKeys();
connectKeySwitch();
goToFault();
document.addEventListener("invalid", unfold, true);
const refreshDrafts = keepDrafts(() => announce(document.body.dataset.kept));
connectBox();
document.addEventListener("box:loaded", refreshDrafts);
document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details[data-menu]")));
document.addEventListener("htmx:after:swap", (event) => {
  forgetOffline();
  settle(arrived(event.detail?.ctx?.target));
  refreshDrafts();
});
document.addEventListener("htmx:error", (event) => {
  // The box says so itself, where the words are; what refreshes itself tries again.
  if (event.detail?.ctx && !event.detail.ctx.sourceElement?.matches?.("form[data-box], [data-live]")) tellOffline();
});
addEventListener("offline", tellOffline);
addEventListener("online", forgetOffline);

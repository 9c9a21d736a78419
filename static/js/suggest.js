// Tags and people while one types, as a list below the text: arrows choose, Enter and Tab take, Escape folds it. A text area is
// a text box to those who hear it, so the list is tied to it and its choice is said, with the focus where the words are.

const PAUSE = 120;
const BEGUN = /(?:^|[^\p{L}\p{N}_/&@#.-])([#@])([\p{L}\p{N}_-]{0,64})$/u;
const HANDLES = /(?:^|[^\p{L}\p{N}_@/.-])@([a-z0-9]+(?:-[a-z0-9]+)*)/giu;

export function connectTyping(place, form) {
  const area = place.querySelector("textarea");
  const list = place.querySelector("[role=listbox]");
  const heard = place.querySelector("[data-heard]");
  const people = connectPeople(place, form, area);
  let items = [], at = -1, pause = 0, asked = 0, spaced = -1;

  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");
  area.setAttribute("aria-controls", list.id);

  const begun = () => {
    if (area.selectionStart !== area.selectionEnd) return null;
    const found = BEGUN.exec(area.value.slice(0, area.selectionStart));
    return found && { sign: found[1], word: found[2], from: area.selectionStart - found[2].length - 1 };
  };

  function close() {
    items = [];
    at = -1;
    list.hidden = true;
    list.replaceChildren();
    area.removeAttribute("aria-activedescendant");
  }

  function choose(to) {
    at = (to + items.length) % items.length;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === at)));
    area.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function draw(found) {
    items = found;
    list.replaceChildren(...found.map(drawOption));
    list.hidden = false;
    choose(0);
    heard.textContent = found.length === 1 ? place.dataset.foundOne : place.dataset.found.replace("{n}", found.length);
  }

  function drawOption(item, index) {
    const option = document.createElement("li");
    option.id = `${list.id}-${index}`;
    option.className = "p-report__option";
    option.setAttribute("role", "option");
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    sign.className = "p-report__sign";
    sign.textContent = item.insert[0];
    const words = document.createElement("span");
    words.textContent = item.label;
    option.append(sign, words);
    const more = [item.insert[0] === "@" && item.label !== item.insert ? item.insert : "", item.note ?? ""].filter(Boolean).join(" · ");
    if (more) option.append(Object.assign(document.createElement("small"), { textContent: more }));
    option.addEventListener("pointerdown", (event) => { event.preventDefault(); take(index); });
    return option;
  }

  function take(index) {
    const word = begun();
    if (!word) return close();
    const item = items[index];
    const behind = area.value.slice(area.selectionStart);
    area.setRangeText(`${item.insert} `, word.from, area.selectionStart + (behind.startsWith(" ") ? 1 : 0), "end");
    spaced = area.selectionStart;
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function look() {
    const word = begun();
    if (!word) return close();
    const mine = ++asked;
    const found = await ask(place.dataset.suggest, word.sign + word.word);
    if (mine !== asked || document.activeElement !== area) return;
    people.learn(found);
    if (found.length && begun()) draw(found);
    else close();
  }

  // A choice brings its space along; whoever types one too gets one.
  area.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertText" || event.data !== " ") return;
    if (spaced < 0 || area.selectionStart !== spaced || area.selectionEnd !== spaced) return;
    event.preventDefault();
    spaced = -1;
  });
  area.addEventListener("input", () => {
    if (area.selectionStart !== spaced) spaced = -1;
    clearTimeout(pause);
    if (begun()) pause = setTimeout(look, PAUSE);
    else { asked += 1; close(); }
    people.follow();
  });
  area.addEventListener("blur", close);
  area.addEventListener("keydown", (event) => {
    if (list.hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const act = {
      ArrowDown: () => choose(at + 1), ArrowUp: () => choose(at - 1),
      Enter: () => take(at), Tab: () => take(at), Escape: close,
    }[event.key];
    if (!act || (event.shiftKey && event.key === "Tab")) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
}

async function ask(url, query) {
  try {
    const answer = await fetch(`${url}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } });
    return answer.ok && !answer.redirected ? (await answer.json()).items : [];
  } catch {
    return [];
  }
}

/** Whom the words name, each with what they had to do with it; told to the house by the two fields that also work by hand. */
function connectPeople(place, form, area) {
  const room = form.querySelector("[data-people]");
  if (!room) return { learn() {}, follow() {} };
  const fields = { with: form.elements.namedItem("with"), seen: form.elements.namedItem("seen") };
  const template = room.querySelector("template");
  const note = room.querySelector(".p-report__asked");
  const known = new Map(), roles = new Map(), asked = new Set();
  const together = new RegExp(`(?:^|[^\\p{L}])(?:${place.dataset.togetherness})\\s+(?:@\\S+\\s*(?:,|&|\\+)?\\s*)*$`, "iu");

  for (const byHand of form.querySelectorAll("[data-by-hand]")) {
    if (!byHand.querySelector("[aria-invalid]")) byHand.hidden = true;
  }
  for (const [role, field] of Object.entries(fields)) {
    for (const handle of field.value.split(/[,;\s]+/)) if (handle) roles.set(handle.replace(/^@/, "").toLowerCase(), role);
  }

  const named = () => [...area.value.matchAll(HANDLES)].map((found) => ({
    handle: found[1].toLowerCase(), before: area.value.slice(0, found.index + found[0].length - found[1].length - 1),
    ends: found.index + found[0].length,
  }));

  function tell() {
    const here = new Set(named().map((one) => one.handle));
    for (const [role, field] of Object.entries(fields)) {
      if (!field.closest("[data-by-hand]")?.hidden) continue;
      field.value = [...roles].filter(([handle, is]) => is === role && here.has(handle)).map(([handle]) => `@${handle}`).join(" ");
    }
    note.hidden = ![...roles].some(([handle, role]) => role && here.has(handle));
  }

  function draw(handle, name) {
    const person = template.content.firstElementChild.cloneNode(true);
    person.dataset.handle = handle;
    person.querySelector("legend").textContent = name;
    for (const choice of person.querySelectorAll("input")) {
      choice.name = `person-${handle}`;
      choice.checked = choice.value === roles.get(handle);
      choice.addEventListener("change", () => { roles.set(handle, choice.value); tell(); });
    }
    return person;
  }

  /** Only names that the house knows; one that is still being typed has no signs behind it yet. */
  function follow() {
    const found = new Map();
    for (const one of named()) {
      const isBeingTyped = area.selectionStart === one.ends && document.activeElement === area;
      if (known.has(one.handle) && !isBeingTyped) found.set(one.handle, one);
      else if (!known.has(one.handle) && !isBeingTyped) resolve(one.handle);
    }
    for (const [handle, one] of found) if (!roles.has(handle)) roles.set(handle, together.test(one.before) ? "with" : "seen");
    const shown = [...room.querySelectorAll("[data-handle]")];
    for (const person of shown) if (!found.has(person.dataset.handle)) person.remove();
    for (const handle of found.keys()) {
      if (!shown.some((person) => person.dataset.handle === handle)) note.before(draw(handle, known.get(handle)));
    }
    room.hidden = found.size === 0;
    tell();
  }

  /** A name that came without the list: from a draft, or pasted. */
  async function resolve(handle) {
    if (asked.has(handle) || asked.size >= 40) return;
    asked.add(handle);
    learn(await ask(place.dataset.suggest, `@${handle}`));
    if (known.has(handle)) follow();
  }

  function learn(items) {
    for (const item of items) if (item.insert.startsWith("@")) known.set(item.insert.slice(1), item.label);
  }

  follow();
  return { learn, follow };
}

// The ballot works without this. With it the count follows each tick, and a ranking can be dragged or moved with the arrow keys.

const announcer = document.getElementById("announcer");

function announce(words) {
  announcer.textContent = "";
  setTimeout(() => { announcer.textContent = words; }, 60);
}

const filled = (words, values) => words.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

const isSaid = (field) => (field.type === "number" || field.checked) && field.value !== "";

/** "3 of at most 5", while boxes are ticked, steps chosen and places written on this page. */
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

/** A list whose fields hold places: moving a line writes all of them anew, 1, 2, 3; they are sent with the form. */
function keepRanking(list) {
  const lines = () => [...list.querySelectorAll("[data-entry]")];
  const help = Object.assign(document.createElement("p"), { className: "p-list__help", textContent: list.dataset.help });
  list.before(help);

  function renumber() {
    lines().forEach((line, at) => { line.querySelector("input[type=number]").value = at + 1; });
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
document.querySelectorAll("[data-ranking]").forEach(keepRanking);

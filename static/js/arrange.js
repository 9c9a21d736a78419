// Steps put in order with the mouse, a finger or Alt and the arrow keys. It only presses for people what the buttons say:
// the same form goes out with the same words, and without script the buttons do all of it.

/** Sends `move` as a button of the form would. */
function press(form, move) {
  const button = Object.assign(document.createElement("button"), { type: "submit", name: "move", value: move, hidden: true });
  form.append(button);
  form.requestSubmit(button);
  button.remove();
}

const steps = (form) => [...form.querySelectorAll("[data-slug]")];

/** The place before which something held at this height would land, counted from 0. */
function placeAt(form, y) {
  const all = steps(form);
  const at = all.findIndex((step) => {
    const box = step.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  return at === -1 ? all.length : at;
}

function unmark(form) {
  for (const step of steps(form)) step.classList.remove("is-target", "is-target-below");
}

function mark(form, place) {
  unmark(form);
  const all = steps(form);
  if (place < all.length) all[place].classList.add("is-target");
  else all.at(-1)?.classList.add("is-target-below");
}

function hold(form, step, grip, event) {
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  step.classList.add("is-held");
  const from = steps(form).indexOf(step);
  const move = (at) => mark(form, placeAt(form, at.clientY));
  const done = (at) => {
    grip.removeEventListener("pointermove", move);
    grip.removeEventListener("pointerup", drop);
    grip.removeEventListener("pointercancel", done);
    step.classList.remove("is-held");
    unmark(form);
    return at;
  };
  const drop = (at) => {
    const place = placeAt(form, done(at).clientY);
    const to = place > from ? place - 1 : place;
    if (to !== from) press(form, `to:${step.dataset.slug}:${to}`);
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("pointercancel", done);
}

function connect(form) {
  if (form.dataset.connected) return;
  form.dataset.connected = "";
  form.classList.add("is-arranging");
  form.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".p-writing__grip");
    if (grip && event.button === 0) hold(form, grip.closest("[data-slug]"), grip, event);
  });
  form.addEventListener("keydown", (event) => {
    const verb = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const step = event.target.closest?.("[data-slug]");
    if (!event.altKey || !verb || !step) return;
    event.preventDefault();
    const all = steps(form);
    if (all[all.indexOf(step) + (verb === "up" ? -1 : 1)]) press(form, `${verb}:${step.dataset.slug}`);
  });
}

const connectAll = () => document.querySelectorAll("form[data-arrange]").forEach(connect);
connectAll();
document.addEventListener("htmx:after:swap", connectAll);

// Shows entries above the gallery they hang in: arrows walk on, Escape goes back to the picture one came from. Without it
// every link leads to a page of its own, with the same words and the same ways on.

const gallery = document.querySelector("[data-lightbox]");
const isHeld = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
const isPlain = (event) => event.button === 0 && !isHeld(event);
const turned = () => getComputedStyle(document.documentElement).direction === "rtl";

/** The way on in this part of the page, by key; null for other keys. */
function wayOn(key, part) {
  const forward = turned() ? "ArrowLeft" : "ArrowRight";
  if (key !== "ArrowLeft" && key !== "ArrowRight") return null;
  return part.querySelector(key === forward ? "a[rel=next]" : "a[rel=prev]");
}

function isWriting(target) {
  return Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

function make() {
  const dialog = document.createElement("dialog");
  dialog.className = "p-lightbox";
  dialog.setAttribute("aria-label", gallery.dataset.lightbox);
  const room = document.createElement("div");
  room.className = "p-lightbox__room";
  const bar = document.createElement("div");
  bar.className = "p-lightbox__bar";
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = gallery.dataset.close;
  close.addEventListener("click", () => dialog.close());
  bar.append(close);
  const part = document.createElement("div");
  room.append(bar, part);
  dialog.append(room);
  document.body.append(dialog);
  return { dialog, part };
}

function connect() {
  const { dialog, part } = make();
  let at = "";

  async function show(url) {
    part.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      part.innerHTML = await answer.text();
    } catch {
      location.assign(url);
      return;
    }
    part.removeAttribute("aria-busy");
    at = new URL(url, location.href).pathname;
    if (dialog.open) {
      history.replaceState({ lightbox: true }, "", url);
    } else {
      history.pushState({ lightbox: true }, "", url);
      dialog.showModal();
    }
    dialog.scrollTo(0, 0);
    const title = part.querySelector("h1");
    title?.setAttribute("tabindex", "-1");
    title?.focus({ preventScroll: true });
  }

  gallery.addEventListener("click", (event) => {
    const link = event.target.closest("a.c-gallery__link");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    show(link.href);
  });
  dialog.addEventListener("click", (event) => {
    const link = event.target.closest("a[rel=next], a[rel=prev], a[data-lightbox-close]");
    if (!link || !isPlain(event)) return;
    event.preventDefault();
    if (link.matches("[data-lightbox-close]")) dialog.close();
    else show(link.href);
  });
  dialog.addEventListener("keydown", (event) => {
    if (isWriting(event.target) || isHeld(event)) return;
    const link = wayOn(event.key, part);
    if (!link) return;
    event.preventDefault();
    show(link.href);
  });
  /** Back to the picture that was shown last; going back in history would lose the place, so that comes first. */
  function settle() {
    const links = [...gallery.querySelectorAll("a.c-gallery__link")];
    const back = links.find((link) => link.pathname === at);
    back?.focus();
    back?.scrollIntoView({ block: "nearest" });
  }

  dialog.addEventListener("close", () => {
    part.replaceChildren();
    if (!history.state?.lightbox) {
      settle();
      return;
    }
    // Chromium takes the focus away right after this event, also from the link that it gave it back to; so two frames later.
    addEventListener("popstate", () => requestAnimationFrame(() => requestAnimationFrame(settle)), { once: true });
    history.back();
  });
  addEventListener("popstate", () => { if (dialog.open) dialog.close(); });
}

if (gallery && "showModal" in HTMLDialogElement.prototype) connect();
else if (!gallery) {
  document.addEventListener("keydown", (event) => {
    if (isWriting(event.target) || isHeld(event)) return;
    wayOn(event.key, document)?.click();
  });
}

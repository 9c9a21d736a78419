// Copy buttons, and the button that opens the browser's print window. Both stay hidden where this does not run.

const SECONDS = 2.5;

function show() {
  for (const button of document.querySelectorAll("[data-copy][hidden], [data-print][hidden]")) button.hidden = false;
}

/** Says on the button itself what happened, and to those who hear the page. */
function tell(button, words) {
  const label = button.querySelector("span");
  button.dataset.label ??= label.textContent;
  label.textContent = words;
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = words;
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = setTimeout(() => { label.textContent = button.dataset.label; }, SECONDS * 1000);
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
    tell(button, button.dataset.done);
  } catch {
    // Without a safe connection a page may not copy; what is selected can be copied by hand.
    field.focus();
    field.select();
    tell(button, button.dataset.byHand);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) print();
  else copy(button);
});
document.addEventListener("htmx:after:swap", show);
show();

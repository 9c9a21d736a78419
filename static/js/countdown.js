// How much of a test's time is left: in minutes, said aloud twice before the end, and not at all for who turned it off. The
// server's clock decides; this one only counts the seconds that the page was given.

const OFF = "countdown-off";
const SAID_AT_SECONDS = [300, 60];
const clock = document.querySelector("[data-countdown]");
const words = clock?.querySelector("[data-countdown-words]");
const toggle = clock?.querySelector("[data-countdown-off]");
const announcer = document.getElementById("announcer");
const endsAt = Date.now() + Number(clock?.dataset.countdown) * 1000;
const inMinutes = new Intl.NumberFormat(document.documentElement.lang || "en", { style: "unit", unit: "minute", unitDisplay: "long" });

let isOff = false;
try { isOff = localStorage.getItem(OFF) === "1"; } catch { /* private windows may refuse */ }
const left = () => Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));

function told(seconds) {
  if (seconds === 0) return clock.dataset.up;
  if (seconds < 60) return clock.dataset.last;
  return clock.dataset.left.replace("{time}", inMinutes.format(Math.ceil(seconds / 60)));
}

/** The words are changed only where they are others, so that nothing on the page moves for nothing. */
function show(seconds) {
  words.parentElement.hidden = isOff && seconds > 0;
  if (words.textContent !== told(seconds)) words.textContent = told(seconds);
  const label = toggle.querySelector("span");
  toggle.hidden = seconds === 0;
  label.dataset.hide ??= label.textContent;
  label.textContent = isOff ? toggle.dataset.on : label.dataset.hide;
}

function tick(before) {
  const seconds = left();
  const passed = SAID_AT_SECONDS.some((at) => before > at && seconds <= at && seconds > 0);
  if (seconds === 0 || (passed && !isOff)) announcer.textContent = told(seconds);
  show(seconds);
  if (seconds > 0) setTimeout(() => tick(seconds), 1000);
}

if (words) {
  toggle.addEventListener("click", () => {
    isOff = !isOff;
    try { localStorage.setItem(OFF, isOff ? "1" : "0"); } catch { /* it holds for this page */ }
    show(left());
  });
  tick(left());
}

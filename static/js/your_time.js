// Beside the time of the place, the time of whoever reads. Without script the place's own time stands there, with its zone.
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const day = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

for (const note of document.querySelectorAll("[data-your-time]")) {
  const [from, to] = [new Date(note.dataset.from), new Date(note.dataset.to)];
  const words = (zone) => new Intl.DateTimeFormat(document.documentElement.lang, { ...day, timeZone: zone }).formatRange(from, to);
  if (words(own) === words(note.dataset.zone)) continue;
  note.textContent = note.dataset.yourTime.replace("{time}", words(own));
  note.hidden = false;
}

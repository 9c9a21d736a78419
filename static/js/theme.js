// Runs before anything is painted, so that a chosen night never flashes white.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* storage may be closed to us; the device's own wish is then followed */ }

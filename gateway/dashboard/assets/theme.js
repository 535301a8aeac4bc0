// Sets the theme before anything is drawn, so that a dark page never flashes light. A script of its own, not a module:
// modules wait for the document.
(() => {
  try {
    const chosen = localStorage.getItem("banyan.theme");
    if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  } catch {
    // Without storage the system's choice holds.
  }
})();

/* Before the first paint, hence no module: what the reader chose, if they did. */
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.kernTheme = theme;
} catch {
  // No storage, no choice: the system's theme stands.
}

/* <theme-switch> holds buttons for "light", "auto" and "dark"; theme.js keeps to the choice. */

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) this.choose(button.value);
    });
    this.show();
  }

  choose(theme) {
    const root = document.documentElement;
    try {
      if (theme === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // Without a storage it holds for this page.
    }
    if (theme === "auto") delete root.dataset.kernTheme;
    else root.dataset.kernTheme = theme;
    this.show();
  }

  show() {
    const chosen = document.documentElement.dataset.kernTheme ?? "auto";
    for (const button of this.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(button.value === chosen));
  }
}

customElements.define("theme-switch", ThemeSwitch);

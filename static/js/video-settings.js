/* <video-settings> folds away what one rarely changes; Escape closes it. */

import "./video-player.js";

class VideoSettings extends HTMLElement {
  connectedCallback() {
    this.button = this.closest("video-player").button("settings");
    this.panel = this.querySelector(".player__panel");
    this.button.addEventListener("click", () => this.open(this.panel.hidden));
    this.closest("video-player").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.panel.hidden) return;
      event.preventDefault();
      this.open(false);
      this.button.focus();
    });
  }

  open(isOpen) {
    this.panel.hidden = !isOpen;
    this.button.setAttribute("aria-expanded", isOpen);
    if (isOpen) this.panel.querySelector("select").focus();
  }
}

customElements.define("video-settings", VideoSettings);

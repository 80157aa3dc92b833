/* <chat-panel> shows a message's page, with all that one may do there, over the chat. Without it
   the same links lead to that page. */

import { send } from "./chat-keeping.js";
import { show } from "./chat-reactions.js";

class ChatPanel extends HTMLElement {
  connectedCallback() {
    this.chat = this.closest(".chat");
    this.dialog = this.querySelector("dialog");
    this.content = this.querySelector(".panel__content");
    this.error = this.querySelector("[role=alert]");
    this.querySelector(".panel__close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("submit", (event) => this.submit(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  /* Resolves to whether it is shown. */
  async open(address) {
    try {
      const response = await fetch(address, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const panel = page.querySelector(".panel");
      if (!response.ok || !panel) return false;
      this.content.replaceChildren(panel);
      this.error.textContent = "";
      this.dialog.showModal();
      return true;
    } catch {
      return false;
    }
  }

  async submit(event) {
    event.preventDefault();
    const answer = await send(event.target, event.submitter);
    if (!answer || answer.error) {
      this.error.textContent = answer?.error ?? this.dataset.textFailed;
      return;
    }
    const log = this.chat.querySelector("chat-log");
    answer.frames.forEach((frame) => log.take(frame));
    show(log, answer);
    this.dialog.close();
    this.querySelector(".panel__done").textContent = answer.done ?? "";
  }
}

customElements.define("chat-panel", ChatPanel);

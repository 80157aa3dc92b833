/* <chat-keeping> sends the forms of those who keep a room without leaving the page, and says what
   became of it. What changes in the room comes back as its frames. */

class ChatKeeping extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.submit(event));
    this.closest(".chat")
      .querySelector("chat-log")
      .addEventListener("chat:rules", ({ detail }) => this.count(detail.reports));
    this.addEventListener("keydown", (event) => {
      const details = this.querySelector("details");
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }

  count(reports) {
    if (reports === undefined) return;
    this.querySelector(".keeping__count").textContent = reports;
    this.querySelector(".keeping__open").hidden = !reports;
  }

  async submit(event) {
    event.preventDefault();
    const summary = this.querySelector("summary");
    const answer = await send(event.target, event.submitter);
    this.querySelector(".keeping__done").textContent =
      answer?.done ?? answer?.error ?? this.dataset.textFailed;
    if (document.activeElement === document.body) summary.focus();
  }
}

/* The server's answer to the form: "done" or "error" is a sentence; null if there was none. */
export async function send(form, button) {
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(15_000),
    });
    return await response.json();
  } catch {
    return null;
  }
}

customElements.define("chat-keeping", ChatKeeping);

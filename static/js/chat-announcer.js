/* <chat-announcer> reads new messages out, politely, a few seconds' worth at once, and only
   while its button is pressed. */

const PAUSE = 3_000;
const KEY = "chat-announce";

class ChatAnnouncer extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.region = this.querySelector("[aria-live]");
    this.waiting = [];
    this.set(localStorage.getItem(KEY) !== "off");
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.set(!this.isOn));
  }

  set(isOn) {
    this.isOn = isOn;
    this.button.setAttribute("aria-pressed", isOn);
    localStorage.setItem(KEY, isOn ? "on" : "off");
  }

  say(text) {
    if (!this.isOn) return;
    this.waiting.push(text);
    this.timer ??= setTimeout(() => this.speak(), PAUSE);
  }

  speak() {
    this.timer = null;
    const texts = this.waiting.splice(0);
    this.region.textContent =
      texts.length === 1 ? texts[0] : this.dataset.textNew.replace("{number}", texts.length);
  }
}

customElements.define("chat-announcer", ChatAnnouncer);

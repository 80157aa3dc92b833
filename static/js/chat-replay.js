/* <chat-replay data-url data-video> lets what was said beside a premiere appear again as the
   film goes. It can be switched off, and is silent for screen readers: the film speaks. */

const STORE = "fachtag-replay";
const MOST = 100; // lines that stand there at once
const NEAR = 40; // pixels

class ChatReplay extends HTMLElement {
  connectedCallback() {
    this.video = document.getElementById(this.dataset.video);
    this.button = this.querySelector("button");
    this.scroller = this.querySelector(".replay__scroll");
    this.list = this.querySelector("ol");
    this.isOn = this.recall();
    this.shown = 0;
    this.button.hidden = false;
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.button.addEventListener("click", () => this.toggle(), { signal });
    for (const name of ["play", "timeupdate", "seeked"])
      this.video?.addEventListener(name, () => this.follow(), { signal });
    this.show();
  }

  disconnectedCallback() {
    this.abort.abort();
  }

  toggle() {
    this.isOn = !this.isOn;
    try {
      localStorage.setItem(STORE, this.isOn ? "on" : "off");
    } catch {
      /* Without a memory it works all the same. */
    }
    this.show();
    this.follow();
  }

  recall() {
    try {
      return localStorage.getItem(STORE) !== "off";
    } catch {
      return true;
    }
  }

  show() {
    this.button.setAttribute("aria-pressed", this.isOn);
    this.scroller.hidden = !this.isOn;
  }

  /* Nothing is fetched before somebody watches. */
  async follow() {
    if (!this.isOn || (this.video.paused && this.video.currentTime === 0)) return;
    this.lines ??= await (this.fetching ??= this.fetch());
    if (!this.lines) return;
    const moment = this.video.currentTime;
    const due = this.lines.findLastIndex((line) => line.at <= moment) + 1;
    if (due < this.shown) this.list.replaceChildren();
    const first = due < this.shown ? 0 : this.shown;
    if (due === this.shown && due > 0) return;
    const wasAtEnd = this.isAtEnd;
    this.list.append(...this.lines.slice(Math.max(first, due - MOST), due).map(rowOf));
    while (this.list.children.length > MOST) this.list.firstElementChild.remove();
    this.shown = due;
    this.querySelector(".replay__none").hidden = due > 0;
    if (wasAtEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  async fetch() {
    try {
      const response = await fetch(this.dataset.url, { headers: { Accept: "application/json" } });
      return response.ok ? (await response.json()).lines : [];
    } catch {
      this.fetching = null; // the next moment tries again
      return null;
    }
  }
}

function rowOf({ author, role, html }) {
  const row = document.createElement("li");
  const name = document.createElement("bdi");
  const words = document.createElement("div");
  row.className = `replay__line replay__line--${role}`;
  name.className = "replay__author";
  words.className = "replay__words";
  words.dir = "auto";
  name.textContent = author;
  words.innerHTML = html; // made by the server, as in the chat
  row.append(name, words);
  return row;
}

customElements.define("chat-replay", ChatReplay);

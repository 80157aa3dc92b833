/* <notice-bell> counts what concerns the reader while they are elsewhere on the platform, and
   says so, politely. */

import { listen } from "./live-socket.js";

const SHOWN = 15_000;

class NoticeBell extends HTMLElement {
  connectedCallback() {
    listen((notice) => this.hear(notice));
  }

  hear({ room, author, place, url, direct }) {
    const isSeen = !document.hidden && document.querySelector(`.chat[data-room="${room}"]`);
    if (isSeen) return;
    const number = this.querySelector(".bell__number");
    number.textContent = Number(number.textContent) + 1;
    this.querySelector(".bell__count").hidden = false;
    const link = document.createElement("a");
    link.href = url;
    const text = direct ? this.dataset.textDirect : this.dataset.text;
    link.textContent = text.replace("{author}", author).replace("{place}", place);
    const news = this.querySelector(".bell__news");
    news.replaceChildren(link);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tidy(news), SHOWN);
  }

  /* Not while somebody is about to follow it. */
  tidy(news) {
    if (!news.matches(":focus-within, :hover")) news.replaceChildren();
    else this.timer = setTimeout(() => this.tidy(news), SHOWN);
  }
}

customElements.define("notice-bell", NoticeBell);

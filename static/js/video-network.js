/* <video-network> says so when the network is too slow, and what helps. */

import "./video-player.js";

const LONG = 5_000; // milliseconds of waiting
const OFTEN = 3; // times of waiting
const WITHIN = 60_000; // milliseconds

class VideoNetwork extends HTMLElement {
  connectedCallback() {
    this.player = this.closest("video-player");
    this.notice = this.querySelector(".player__slow");
    this.times = [];
    const { video } = this.player;
    video.addEventListener("waiting", () => this.wait());
    for (const name of ["playing", "pause", "error", "emptied"])
      video.addEventListener(name, () => clearTimeout(this.soon));
    this.addEventListener("click", (event) => {
      const help = event.target.closest("[data-help]")?.dataset.help;
      if (help) this[help]();
    });
  }

  disconnectedCallback() {
    clearTimeout(this.soon);
  }

  wait() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.tell(), LONG);
    const now = Date.now();
    if (!this.player.video.seeking) this.times.push(now);
    this.times = this.times.filter((time) => time > now - WITHIN);
    if (this.times.length >= OFTEN) this.tell();
  }

  tell() {
    if (this.isEnough || this.player.matches(".player--trouble")) return;
    const { choice, heights, canBeSoundOnly } = this.player.source;
    const can = {
      lower: heights.length > 1 && choice !== "sound" && Number(choice) !== heights.at(-1),
      sound: canBeSoundOnly && choice !== "sound",
    };
    for (const button of this.querySelectorAll("[data-help]"))
      button.hidden = can[button.dataset.help] === false;
    this.notice.hidden = false;
  }

  shut() {
    this.times = [];
    this.notice.hidden = true;
    this.player.button("toggle").focus();
  }

  // -- what helps

  lower() {
    this.quality.choose(String(this.player.source.heights.at(-1)));
    this.shut();
  }

  sound() {
    this.quality.choose("sound");
    this.shut();
  }

  read() {
    this.shut();
    document.querySelector("video-transcript").open();
  }

  close() {
    this.isEnough = true;
    this.shut();
  }

  get quality() {
    return this.player.querySelector("video-quality");
  }
}

customElements.define("video-network", VideoNetwork);

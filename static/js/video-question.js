/* <video-question data-video> puts the video's moment into the form as long as nobody has put
   one there: while somebody writes, the moment at which they began stays. */

import { timecode } from "./timecode.js";

class VideoQuestion extends HTMLElement {
  connectedCallback() {
    this.video = document.getElementById(this.dataset.video);
    this.field = this.querySelector("[name=seconds]");
    this.words = this.querySelector("textarea");
    this.isOwn = this.field.value !== "";
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.field.addEventListener("input", () => (this.isOwn = true), { signal });
    for (const name of ["timeupdate", "seeked"])
      this.video?.addEventListener(name, () => this.follow(), { signal });
    this.follow();
  }

  disconnectedCallback() {
    this.abort.abort();
  }

  follow() {
    if (this.isOwn || this.words.value || !this.video) return;
    this.field.value = timecode(this.video.currentTime);
  }
}

customElements.define("video-question", VideoQuestion);

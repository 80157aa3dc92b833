/* <video-preview> shows what there is to see at a place of the timeline, under the pointer or
   where the keyboard is; the pictures stand in rows in one file. */

import { timecode } from "./timecode.js";
import "./video-player.js";

class VideoPreview extends HTMLElement {
  connectedCallback() {
    this.player = this.closest("video-player");
    this.picture = this.querySelector("i");
    const { time } = this.player;
    time.addEventListener("pointermove", (event) => this.show(this.secondsAt(event)));
    time.addEventListener("pointerleave", () => (this.hidden = true));
    time.addEventListener("focus", () => {
      if (time.matches(":focus-visible")) this.show(time.valueAsNumber);
    });
    time.addEventListener("keydown", () => this.show(time.valueAsNumber));
    time.addEventListener("blur", () => (this.hidden = true));
    this.player.video.addEventListener("timeupdate", () => {
      if (!this.hidden && time.matches(":focus-visible")) this.show(time.valueAsNumber);
    });
  }

  /* The thumb's middle runs from half its width to as much before the end. */
  secondsAt(event) {
    const box = this.player.time.getBoundingClientRect();
    const half = parseFloat(getComputedStyle(this.parentElement).getPropertyValue("--half")) * 16;
    const part = (event.clientX - box.left - half) / (box.width - 2 * half);
    return Math.min(Math.max(part, 0), 1) * this.player.length;
  }

  show(seconds) {
    const { width, height, columns, count, step, sprite } = this.dataset;
    this.hidden = false;
    this.style.setProperty("--at", seconds / this.player.length || 0);
    this.querySelector("span").textContent = timecode(seconds);
    if (!sprite) return;
    const index = Math.min(Math.floor(seconds / step), count - 1);
    const [column, row] = [index % columns, Math.floor(index / columns)];
    Object.assign(this.picture.style, {
      backgroundImage: `url("${sprite}")`,
      backgroundPosition: `${-column * width}px ${-row * height}px`,
      blockSize: `${height}px`,
      inlineSize: `${width}px`,
    });
  }
}

customElements.define("video-preview", VideoPreview);

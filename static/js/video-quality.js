/* <video-quality> offers the heights that the film has, and its sound alone. */

import { recall, remember } from "./player-memory.js";
import "./video-player.js";

class VideoQuality extends HTMLElement {
  connectedCallback() {
    this.player = this.closest("video-player");
    this.source = this.player.source;
    this.field = this.querySelector("select");
    this.field.addEventListener("change", () => this.choose(this.field.value));
    this.source.addEventListener("quality", () => this.offer());
    this.source.choose(recall().quality);
  }

  choose(choice) {
    remember({ quality: choice });
    this.source.choose(choice);
  }

  offer() {
    const { choice, height, heights, canBeSoundOnly } = this.source;
    const { auto, now, picture, sound } = this.dataset;
    const choices = [["auto", height ? now.replace("{height}", height) : auto]];
    for (const one of heights) choices.push([one, picture.replace("{height}", one)]);
    if (canBeSoundOnly) choices.push(["sound", sound]);
    const isSoundOnly = canBeSoundOnly && choice === "sound";
    const fitting = heights.find((one) => one <= Number(choice)) ?? "auto";
    this.field.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
    this.field.value = isSoundOnly ? "sound" : fitting;
    this.hidden = choices.length < 3;
    this.player.classList.toggle("player--sound", isSoundOnly);
  }
}

customElements.define("video-quality", VideoQuality);

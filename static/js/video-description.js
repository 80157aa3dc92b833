/* <video-description> has the film's sound with audio description, in step with the film,
   which is silent meanwhile. */

import { InStep } from "./in-step.js";
import { recall, remember } from "./player-memory.js";
import "./video-player.js";
import { VideoSource } from "./video-source.js";

class VideoDescription extends HTMLElement {
  connectedCallback() {
    this.player = this.closest("video-player");
    this.audio = this.querySelector("audio");
    this.audio.controls = false;
    this.source = new VideoSource(this.audio);
    this.steps = new InStep(this.player.video, this.audio);
    this.button = this.player.button("description");
    this.button.addEventListener("click", () => this.turn(!this.isOn));
    this.audio.addEventListener("error", () => this.fail());
    this.source.addEventListener("trouble", () => this.fail());
    if (recall().description) this.turn(true);
  }

  disconnectedCallback() {
    this.steps.end();
    this.source.close();
  }

  async turn(isOn) {
    this.isOn = isOn;
    remember({ description: isOn });
    this.button.setAttribute("aria-pressed", isOn);
    this.player.soundFrom(isOn ? this.audio : this.player.video);
    if (!isOn) return this.steps.end();
    this.isOpen ??= this.source.open();
    await this.isOpen;
    if (!this.isOn) return;
    this.audio.preload = "auto";
    this.steps.begin();
    this.source.start();
  }

  fail() {
    if (!this.isOn) return;
    this.turn(false);
    this.player.say(this.dataset.fails);
  }
}

customElements.define("video-description", VideoDescription);

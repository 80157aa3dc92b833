/* <video-signs> has the same in sign language, in step with the film: beside it, or in it. */

import { InStep } from "./in-step.js";
import { recall, remember } from "./player-memory.js";
import "./video-player.js";
import { VideoSource } from "./video-source.js";

class VideoSigns extends HTMLElement {
  connectedCallback() {
    this.player = this.closest("video-player");
    this.signs = this.querySelector("video");
    this.signs.controls = false;
    this.source = new VideoSource(this.signs);
    this.steps = new InStep(this.player.video, this.signs);
    this.place = this.player.querySelector('[data-control="signsPlace"]');
    this.button = this.player.button("signs");
    this.place.value = recall().signsPlace;
    this.place.addEventListener("change", () => {
      remember({ signsPlace: this.place.value });
      this.turn(true);
    });
    this.button.addEventListener("click", () => this.turn(!this.isOn));
    this.signs.addEventListener("error", () => this.fail());
    this.source.addEventListener("trouble", () => this.fail());
    if (recall().signs) this.turn(true);
    else this.show();
  }

  disconnectedCallback() {
    this.steps.end();
    this.source.close();
  }

  async turn(isOn) {
    this.isOn = isOn;
    remember({ signs: isOn });
    this.show();
    if (!isOn) return this.steps.end();
    this.isOpen ??= this.source.open();
    await this.isOpen;
    if (!this.isOn) return;
    this.signs.preload = "auto";
    this.steps.begin();
    this.source.start();
  }

  show() {
    this.button.setAttribute("aria-pressed", Boolean(this.isOn));
    if (this.isOn) this.player.dataset.signs = this.place.value;
    else delete this.player.dataset.signs;
  }

  fail() {
    if (!this.isOn) return;
    this.turn(false);
    this.player.say(this.dataset.fails);
  }
}

customElements.define("video-signs", VideoSigns);

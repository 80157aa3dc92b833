/* <video-player> puts own controls over the native <video controls> that it finds inside.
   What else belongs to it (captions, sign language, quality, …) are elements of their own
   within; they ask it for `source`, `sound` and `seek()`, of which it tells ("player:seek").
   `limit`: seconds beyond which nobody may seek. */

import { recall, remember } from "./player-memory.js";
import { timecode } from "./timecode.js";
import { press } from "./video-keys.js";
import { VideoSource } from "./video-source.js";

class VideoPlayer extends HTMLElement {
  limit = Infinity;

  connectedCallback() {
    this.video = this.querySelector("video");
    this.time = this.querySelector('[data-control="time"]');
    this.volume = this.querySelector('[data-control="volume"]');
    this.speed = this.querySelector('[data-control="speed"]');
    this.video.controls = false;
    for (const part of this.querySelectorAll(".player__controls, .player__keys, .player__start"))
      part.hidden = false;
    this.button("picture").hidden = !document.pictureInPictureEnabled;
    this.source = new VideoSource(this.video);
    this.soundFrom(this.video);
    this.restore();
    this.listen();
    this.source.open();
    this.showAll();
    this.showTrouble(Boolean(this.video.error)); // which may have come before this module
  }

  disconnectedCallback() {
    this.source.close();
    this.whileSounding.abort();
    document.removeEventListener("fullscreenchange", this);
  }

  button(verb) {
    return this.querySelector(`[data-do="${verb}"]`);
  }

  get length() {
    const { duration } = this.video;
    return this.source.isPlain && Number.isFinite(duration) ? duration : Number(this.time.max);
  }

  // -- verbs

  play() {
    this.video.play().catch(() => {});
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.video.pause();
  }

  start() {
    this.toggle();
    this.button("toggle").focus();
  }

  seek(seconds) {
    this.dispatchEvent(new CustomEvent("player:seek"));
    this.video.currentTime = Math.min(Math.max(seconds, 0), this.length, this.limit);
    this.showTime();
  }

  back(seconds = 10) {
    this.seek(this.video.currentTime - seconds);
  }

  on(seconds = 10) {
    this.seek(this.video.currentTime + seconds);
  }

  mute() {
    this.sound.muted = !this.sound.muted;
  }

  louder(step) {
    this.sound.volume = Math.min(Math.max(this.sound.volume + step, 0), 1);
    this.sound.muted = this.sound.volume === 0;
  }

  picture() {
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    else this.video.requestPictureInPicture().catch(() => {});
  }

  /* All of the player, so that captions and sign language are in it; where a browser lets
     only videos fill the screen, it fills the window. */
  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen().catch(() => {});
    else this.classList.toggle("player--filling");
    this.showFullscreen();
  }

  retry() {
    this.showTrouble(false);
    const reached = this.video.currentTime;
    if (this.source.isPlain)
      this.video.addEventListener("loadedmetadata", () => this.seek(reached), { once: true });
    this.source.retry();
    this.play();
    this.button("toggle").focus();
  }

  /* Whose sound one hears: the film's own, or the audio description's. */
  soundFrom(sound) {
    const { volume, muted } = this.sound ?? recall();
    if (this.sound) this.sound.muted = true;
    this.whileSounding?.abort();
    this.whileSounding = new AbortController();
    this.sound = sound;
    Object.assign(sound, { volume, muted });
    const tell = () => {
      this.showVolume();
      remember({ volume: sound.volume, muted: sound.muted });
    };
    sound.addEventListener("volumechange", tell, { signal: this.whileSounding.signal });
  }

  restore() {
    this.video.defaultPlaybackRate = this.video.playbackRate = recall().speed;
    this.speed.value = this.video.playbackRate;
  }

  // -- what people do

  listen() {
    this.addEventListener("click", (event) => {
      const verb = event.target.closest("[data-do]")?.dataset.do;
      this[verb]?.();
    });
    this.addEventListener("keydown", (event) => press(this, event));
    this.video.addEventListener("click", () => this.start());
    this.time.addEventListener("input", () => this.seek(this.time.valueAsNumber));
    this.volume.addEventListener("input", () => {
      this.sound.volume = this.volume.valueAsNumber;
      this.sound.muted = this.sound.volume === 0;
    });
    this.speed.addEventListener("change", () => {
      this.video.playbackRate = Number(this.speed.value);
      remember({ speed: this.video.playbackRate });
    });
    document.addEventListener("fullscreenchange", this);
    this.source.addEventListener("trouble", ({ detail }) => this.showTrouble(true, detail.isShut));
    const when = (names, act) => {
      for (const name of names.split(" ")) this.video.addEventListener(name, act);
    };
    when("play pause ended", () => this.showPlaying());
    when("timeupdate seeked", () => this.showTime());
    when("seeking", () => this.video.currentTime > this.limit + 1 && this.seek(this.limit));
    when("loadedmetadata durationchange", () => this.showAll());
    when("progress", () => this.showBuffered());
    when("waiting seeking", () => this.showLoading(true));
    when("playing canplay seeked pause error", () => this.showLoading(false));
    when("error", () => this.showTrouble(true));
    when("loadeddata canplay", () => this.showTrouble(false));
  }

  handleEvent() {
    this.showFullscreen();
  }

  // -- what is shown

  showAll() {
    this.time.max = this.length;
    this.querySelector('[data-show="length"]').textContent = timecode(this.length);
    this.showMarks();
    this.showPlaying();
    this.showTime();
    this.showBuffered();
    this.showVolume();
  }

  showPlaying() {
    const isPlaying = !this.video.paused && !this.video.ended;
    this.classList.toggle("player--playing", isPlaying);
    this.querySelector('[data-label="toggle"]').textContent =
      this.dataset[isPlaying ? "pause" : "play"];
    this.button("start").hidden = isPlaying || this.video.currentTime > 0;
  }

  showTime() {
    const time = timecode(this.video.currentTime);
    this.time.value = this.video.currentTime;
    this.time.setAttribute(
      "aria-valuetext",
      this.dataset.time.replace("{time}", time).replace("{length}", timecode(this.length)),
    );
    this.querySelector('[data-show="time"]').textContent = time;
    this.style.setProperty("--played", this.video.currentTime / this.length || 0);
  }

  showBuffered() {
    const { buffered, currentTime } = this.video;
    const ends = [...Array(buffered.length).keys()]
      .filter((index) => buffered.start(index) <= currentTime + 1)
      .map((index) => buffered.end(index));
    this.style.setProperty("--buffered", Math.max(0, ...ends) / this.length || 0);
  }

  showMarks() {
    const starts = (this.dataset.chapters.match(/\S+/g) ?? []).map(Number);
    const marks = starts.filter((start) => start > 0 && start < this.length).map((start) => {
      const mark = document.createElement("i");
      mark.style.setProperty("--at", start / this.length);
      return mark;
    });
    this.querySelector(".player__marks").replaceChildren(...marks);
  }

  showVolume() {
    const isMuted = this.sound.muted || this.sound.volume === 0;
    this.volume.value = isMuted ? 0 : this.sound.volume;
    this.button("mute").setAttribute("aria-pressed", isMuted);
  }

  showFullscreen() {
    const isFull = document.fullscreenElement === this || this.matches(".player--filling");
    this.button("fullscreen").setAttribute("aria-pressed", isFull);
  }

  showLoading(isLoading) {
    clearTimeout(this.soon);
    const sign = this.querySelector(".player__loading");
    if (!isLoading) sign.hidden = true;
    else this.soon = setTimeout(() => (sign.hidden = false), 400);
  }

  say(text) {
    this.querySelector(".player__said").textContent = text;
  }

  showTrouble(isThere, isShut = false) {
    this.querySelector(".player__trouble").hidden = !isThere;
    this.classList.toggle("player--trouble", isThere);
    for (const part of this.querySelectorAll("[data-when]"))
      part.hidden = part.dataset.when !== (isShut ? "shut" : "broken");
    if (isThere) this.showLoading(false);
  }
}

customElements.define("video-player", VideoPlayer);

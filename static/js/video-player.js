/* <video-player> puts own controls over the native <video controls> that it finds inside. */

import { timecode } from "./timecode.js";

const STORE = "fachtag-player";

class VideoPlayer extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.stage = this.querySelector(".player__stage");
    this.time = this.querySelector('[data-control="time"]');
    this.volume = this.querySelector('[data-control="volume"]');
    this.speed = this.querySelector('[data-control="speed"]');
    this.captions = [...this.video.textTracks].find((track) => track.kind === "captions");
    this.video.controls = false;
    for (const part of this.querySelectorAll(".player__controls, .player__keys, .player__start"))
      part.hidden = false;
    this.button("picture").hidden = !document.pictureInPictureEnabled;
    this.restore();
    this.listen();
    this.showAll();
    this.showTrouble(Boolean(this.video.error)); // which may have come before this module
  }

  button(verb) {
    return this.querySelector(`[data-do="${verb}"]`);
  }

  get length() {
    return Number.isFinite(this.video.duration) ? this.video.duration : Number(this.time.max);
  }

  // -- verbs

  play() {
    if (this.video.paused) this.video.play().catch(() => {});
    else this.video.pause();
  }

  start() {
    this.play();
    this.button("play").focus();
  }

  seek(seconds) {
    this.video.currentTime = Math.min(Math.max(seconds, 0), this.length);
    this.showTime();
  }

  back(seconds = 10) {
    this.seek(this.video.currentTime - seconds);
  }

  on(seconds = 10) {
    this.seek(this.video.currentTime + seconds);
  }

  mute() {
    this.video.muted = !this.video.muted;
  }

  louder(step) {
    this.video.volume = Math.min(Math.max(this.video.volume + step, 0), 1);
    this.video.muted = this.video.volume === 0;
  }

  toggleCaptions() {
    if (!this.captions) return;
    // "hidden", not "disabled": its texts stay loaded for whoever reads along.
    this.captions.mode = this.captions.mode === "showing" ? "hidden" : "showing";
    this.showCaptions();
    this.store();
  }

  picture() {
    if (document.pictureInPictureElement) document.exitPictureInPicture();
    else this.video.requestPictureInPicture().catch(() => {});
  }

  fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen().catch(() => {});
    else this.video.webkitEnterFullscreen();
  }

  /* What had been reached before the trouble goes on from there. */
  retry() {
    const reached = this.video.currentTime;
    this.showTrouble(false);
    this.video.load();
    this.video.addEventListener("loadedmetadata", () => this.seek(reached), { once: true });
    this.start();
  }

  // -- what people do

  listen() {
    const verbs = { captions: "toggleCaptions" };
    this.addEventListener("click", (event) => {
      const verb = event.target.closest("[data-do]")?.dataset.do;
      if (verb) this[verbs[verb] ?? verb]();
    });
    this.addEventListener("keydown", (event) => this.press(event));
    this.video.addEventListener("click", () => this.start());
    this.time.addEventListener("input", () => this.seek(this.time.valueAsNumber));
    this.volume.addEventListener("input", () => {
      this.video.volume = this.volume.valueAsNumber;
      this.video.muted = this.video.volume === 0;
    });
    this.speed.addEventListener("change", () => {
      this.video.playbackRate = Number(this.speed.value);
      this.store();
    });
    document.addEventListener("fullscreenchange", () => this.showFullscreen());
    const when = (names, act) => {
      for (const name of names.split(" ")) this.video.addEventListener(name, act);
    };
    when("play pause ended", () => this.showPlaying());
    when("timeupdate seeked", () => this.showTime());
    when("loadedmetadata durationchange", () => this.showAll());
    when("progress", () => this.showBuffered());
    when("volumechange", () => {
      this.showVolume();
      this.store();
    });
    when("waiting seeking", () => this.showLoading(true));
    when("playing canplay seeked pause error", () => this.showLoading(false));
    when("error", () => this.showTrouble(true));
    when("loadeddata", () => this.showTrouble(false));
  }

  /* Keys count while the focus is inside; fields and buttons keep their own. */
  press(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (target.closest("select, summary") && key.length > 1) return;
    if (target.closest("select")) return;
    if (key === " " && target.closest("button, summary")) return;
    if (target === this.volume && /^(Arrow|Home|End)/.test(key)) return;
    const act = {
      " ": () => this.play(),
      k: () => this.play(),
      ArrowLeft: () => this.back(5),
      ArrowRight: () => this.on(5),
      ArrowUp: () => this.louder(0.1),
      ArrowDown: () => this.louder(-0.1),
      j: () => this.back(),
      l: () => this.on(),
      m: () => this.mute(),
      c: () => this.toggleCaptions(),
      f: () => this.fullscreen(),
      Home: () => this.seek(0),
      End: () => this.seek(this.length),
    }[key.length === 1 ? key.toLowerCase() : key];
    const tenth = /^\d$/.test(key) ? () => this.seek((this.length * Number(key)) / 10) : act;
    if (!tenth) return;
    event.preventDefault();
    tenth();
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
    this.showCaptions();
  }

  showPlaying() {
    const isPlaying = !this.video.paused && !this.video.ended;
    this.classList.toggle("player--playing", isPlaying);
    this.querySelector('[data-label="play"]').textContent =
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
    const isMuted = this.video.muted || this.video.volume === 0;
    this.volume.value = isMuted ? 0 : this.video.volume;
    this.button("mute").setAttribute("aria-pressed", isMuted);
  }

  showCaptions() {
    this.button("captions")?.setAttribute("aria-pressed", this.captions?.mode === "showing");
  }

  showFullscreen() {
    this.button("fullscreen").setAttribute("aria-pressed", document.fullscreenElement === this);
  }

  showLoading(isLoading) {
    clearTimeout(this.soon);
    const sign = this.querySelector(".player__loading");
    if (!isLoading) sign.hidden = true;
    else this.soon = setTimeout(() => (sign.hidden = false), 400);
  }

  showTrouble(isThere) {
    this.querySelector(".player__trouble").hidden = !isThere;
    this.classList.toggle("player--trouble", isThere);
  }

  // -- what is remembered in this browser

  store() {
    const { volume, muted, playbackRate } = this.video;
    const captions = this.captions?.mode === "showing";
    try {
      localStorage.setItem(STORE, JSON.stringify({ volume, muted, playbackRate, captions }));
    } catch {
      /* Without a memory it works all the same. */
    }
  }

  restore() {
    let kept = {};
    try {
      kept = JSON.parse(localStorage.getItem(STORE)) ?? {};
    } catch {
      /* As above. */
    }
    this.video.volume = kept.volume ?? 1;
    this.video.muted = kept.muted ?? false;
    this.video.playbackRate = this.video.defaultPlaybackRate = kept.playbackRate ?? 1;
    this.speed.value = this.video.playbackRate;
    if (this.captions) this.captions.mode = (kept.captions ?? true) ? "showing" : "hidden";
  }
}

customElements.define("video-player", VideoPlayer);

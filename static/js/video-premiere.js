/* <video-premiere data-told data-url> plays what plays for all, by the server's clock.

   Small differences are made up by playing a little faster or slower, large ones by a jump.
   Whoever seeks leaves the common time, up to which they may go, and comes back by a button.
   How the premiere stands is told by the room's socket; who has none asks every few seconds. */

import { remember } from "./player-memory.js";
import { serverNow, start } from "./server-clock.js";
import { timecode } from "./timecode.js";

const TICK = 250; // milliseconds
const JUMP = 1; // seconds of difference from which on it jumps
const NEAR = 0.03; // up to which it leaves things alone
const PER_SECOND = 0.3; // part of the difference that is made up in a second …
const MOST = 0.12; // … by no more speed than this, which hardly anybody hears
const PATIENCE = 3_000; // milliseconds between two jumps
const EARLY = 3_000; // milliseconds before the start at which the player begins to load
const LONGEST_LEAD = 3; // seconds that a jump may take on a slow device
const ASK = 10_000; // milliseconds between two looks at how it stands …
const ASK_WHEN_LIVE = 60_000; // … and where a socket tells
const DAY = 86_400; // seconds
const SPOKEN = [600, 300, 60, 10]; // seconds before the start that are said aloud

class VideoPremiere extends HTMLElement {
  async connectedCallback() {
    this.told = JSON.parse(this.dataset.told);
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.addEventListener("click", (event) => {
      const verb = event.target.closest("[data-premiere]")?.dataset.premiere;
      if (verb) this[verb]();
    }, { signal });
    document.addEventListener("premiere:told", (event) => this.hear(event.detail), { signal });
    document.addEventListener("visibilitychange", () => document.hidden || this.ask(), { signal });
    await start();
    if (signal.aborted) return;
    this.ticking = setInterval(() => this.tick(), TICK);
    this.tick();
    this.wait();
  }

  disconnectedCallback() {
    this.abort.abort();
    clearInterval(this.ticking);
    clearTimeout(this.asking);
  }

  part(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  // -- how it stands

  get position() {
    const { begins, paused, ended, length } = this.told;
    const moment = Math.min(serverNow(), paused ?? Infinity, ended ?? Infinity);
    return Math.min(Math.max((moment - begins) / 1000, 0), length);
  }

  get state() {
    const { begins, paused, ended, length, ready } = this.told;
    const now = serverNow();
    if (ended !== null && ended <= now) return "over";
    if (paused === null && length && begins + length * 1000 <= now) return "over";
    if (begins > now || !length || !ready) return "ahead";
    return paused === null ? "running" : "paused";
  }

  hear(told) {
    if (JSON.stringify(told) === JSON.stringify(this.told)) return;
    const isMoved = this.state === "ahead" && told.begins !== this.told.begins;
    this.told = told;
    if (isMoved) this.showStart();
    this.tick();
    this.turn();
  }

  wait() {
    const isLive = document.querySelector(".chat")?.dataset.state === "live";
    const delay = (isLive ? ASK_WHEN_LIVE : ASK) * (0.75 + Math.random() / 2);
    this.asking = setTimeout(() => this.ask().then(() => this.wait()), delay);
  }

  async ask() {
    try {
      const headers = { Accept: "application/json" };
      const response = await fetch(this.dataset.url, { headers });
      if (response.ok) this.hear(await response.json());
    } catch {
      // the connection is away; the next look tells
    }
  }

  /* For the controls of those who run it. */
  turn() {
    this.dispatchEvent(new CustomEvent("premiere:turned", { bubbles: true }));
  }

  // -- four times a second

  tick() {
    const { state } = this;
    if (state !== this.shown) this.show(state);
    if (state === "ahead") this.expect();
    if (!this.video || state === "ahead") return;
    this.player.limit = state === "over" ? Infinity : this.position + (this.lead ?? 0);
    if (this.isAlone) return;
    if (state === "running") this.steer();
    if (state === "paused") this.halt();
  }

  /* Not all who wait ask in the same instant. */
  expect() {
    this.count();
    const rest = this.told.begins - serverNow();
    this.early ??= EARLY * (0.5 + Math.random() / 2);
    if (rest > this.early || !this.told.ready || !this.told.length) return;
    this.open();
    this.player?.source?.start();
  }

  show(state) {
    const before = this.shown;
    this.shown = this.dataset.state = state;
    const isOn = state === "running" || state === "paused";
    if (isOn) this.open();
    if (state === "over" && this.video && !this.isAlone) this.video.pause();
    this.part("waiting").hidden = state !== "ahead";
    this.part("stage").hidden = !isOn && !this.isAlone;
    this.part("bar").hidden = !isOn;
    this.part("over").hidden = state !== "over";
    this.showWays();
    if (!before) return;
    this.say(this.dataset[state]);
    this.turn();
  }

  /* The player waits in a template: so nothing is asked for before the doors open, and what
     the reader has clicked on this page still counts as leave to play with sound. */
  open() {
    const template = this.part("stage").querySelector("template");
    template?.replaceWith(template.content.cloneNode(true));
    this.player = this.querySelector("video-player");
    if (!this.player || this.video) return;
    this.video = this.player.querySelector("video");
    this.player.speed.disabled = true;
    this.lead = 0; // seconds that a jump takes, as far as we know
    const { signal } = this.abort;
    this.player.addEventListener("player:seek", () => this.leave(), { signal });
    this.video.addEventListener("seeked", () => this.learn(), { signal });
    this.video.addEventListener("volumechange", () => this.hearSound(), { signal });
    this.video.addEventListener("pause", () => this.hold(), { signal });
    this.video.addEventListener("play", () => (this.isHeld = false), { signal });
  }

  // -- in step

  steer() {
    const { video } = this;
    this.isHalted = false;
    if (video.seeking || this.position >= this.told.length - JUMP) return;
    if (video.paused) return this.isHeld || this.begin();
    const gap = this.position - video.currentTime;
    if (Math.abs(gap) > JUMP) return this.jump();
    const change = Math.min(Math.max(gap * PER_SECOND, -MOST), MOST);
    this.setRate(Math.abs(gap) > NEAR ? 1 + change : 1);
  }

  jump() {
    if (performance.now() - (this.jumpedAt ?? -Infinity) < PATIENCE) return;
    this.jumpedAt = performance.now();
    this.isJumping = true;
    this.setRate(1);
    this.video.currentTime = Math.min(this.position + this.lead, this.told.length);
  }

  /* What a jump takes on this device and in this network is added to the next one. */
  learn() {
    if (!this.isJumping) return;
    this.isJumping = false;
    const late = this.lead + this.position - this.video.currentTime;
    this.lead = Math.min(Math.max(late, 0), LONGEST_LEAD);
  }

  setRate(rate) {
    if (this.video.playbackRate !== rate) this.video.playbackRate = rate;
  }

  halt() {
    this.isHalted = true;
    if (!this.video.paused) this.video.pause();
    const isOff = Math.abs(this.position - this.video.currentTime) > NEAR;
    if (isOff && !this.video.seeking) this.video.currentTime = this.position;
  }

  /* By the reader: they come back to the common moment when they play on. */
  hold() {
    this.isHeld = !this.isHalted && !this.video.ended;
  }

  /* With sound, if the browser lets us; else without, and one button brings it. */
  async begin() {
    if (this.isBeginning) return;
    this.isBeginning = true;
    const { sound } = this.player;
    if (this.video.readyState === 0) this.video.currentTime = this.position;
    if (!(await this.tryToPlay()) && !sound.muted) {
      this.isMuted = sound.muted = true;
      this.isHeld = !(await this.tryToPlay());
    }
    this.isBeginning = false;
    this.showWays();
  }

  tryToPlay() {
    return this.video.play().then(() => true, (error) => error.name !== "NotAllowedError");
  }

  /* That we muted it is nothing to remember for the next film. */
  hearSound() {
    if (this.isMuted) remember({ muted: false });
    this.isMuted &&= this.player.sound.muted;
    this.showWays();
  }

  // -- what people do

  withSound() {
    this.isMuted = this.player.sound.muted = false;
    this.player.play();
    this.player.button("toggle").focus();
  }

  leave() {
    if (this.isAlone || this.shown === "over") return;
    this.isAlone = true;
    this.player.speed.disabled = false;
    this.video.playbackRate = Number(this.player.speed.value);
    this.showWays();
  }

  fromStart() {
    this.player.seek(0);
    this.player.play();
    this.part("back").focus();
  }

  back() {
    this.isAlone = this.isHeld = false;
    this.player.speed.disabled = true;
    this.jumpedAt = -Infinity;
    this.showWays();
    this.tick();
    this.part("leave").focus();
  }

  // -- what is shown

  showWays() {
    const isSilent = this.isMuted || (this.isHeld && this.shown === "running");
    this.part("sound").hidden = !isSilent || this.isAlone;
    this.part("together").hidden = this.isAlone || this.shown === "paused";
    this.part("paused").hidden = this.isAlone || this.shown !== "paused";
    this.part("alone").hidden = !this.isAlone;
    this.part("leave").hidden = Boolean(this.isAlone);
    this.part("back").hidden = !this.isAlone;
  }

  count() {
    const rest = Math.max(0, Math.ceil((this.told.begins - serverNow()) / 1000));
    this.part("countdown").hidden = rest >= DAY || rest === 0;
    this.part("late").hidden = rest > 0 || this.told.ready;
    this.part("rest").textContent = timecode(rest);
    if (SPOKEN.includes(rest) && rest !== this.spoken) {
      const words = rest > 60 ? "minutes" : rest === 60 ? "minute" : "seconds";
      this.say(this.dataset[words].replace("{number}", rest > 60 ? rest / 60 : rest));
    }
    this.spoken = rest;
  }

  showStart() {
    const start = this.part("start");
    const begins = new Date(this.told.begins);
    const options = { hour: "2-digit", minute: "2-digit", timeZone: this.dataset.zone };
    start.dateTime = begins.toISOString();
    start.textContent = begins.toLocaleTimeString(document.documentElement.lang, options);
    this.say(this.dataset.moved.replace("{time}", start.textContent));
  }

  say(words) {
    this.part("news").textContent = words;
  }
}

customElements.define("video-premiere", VideoPremiere);

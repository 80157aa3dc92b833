/* A companion (sign language, audio description) that runs in step with its film: it plays,
   pauses and jumps with it, and makes up for small differences by its speed. */

const NEAR = 0.015; // seconds, which nobody sees or hears
const FAR = 0.3; // seconds, beyond which it jumps
const PER_SECOND = 2; // of the difference that its speed makes up for …
const MOST = 0.15; // … and of its speed
const EVERY = 150; // milliseconds
const PATIENCE = 1_500; // milliseconds between two jumps
const LONGEST_LEAD = 2; // seconds that a jump may take on a slow device

export class InStep {
  constructor(film, companion) {
    this.film = film;
    this.companion = companion;
    this.lead = 0;
  }

  begin() {
    this.end();
    this.abort = new AbortController();
    const { signal } = this.abort;
    for (const name of ["play", "playing", "pause", "waiting", "seeking", "seeked", "ratechange"])
      this.film.addEventListener(name, () => this.follow(), { signal });
    for (const name of ["loadedmetadata", "canplay"])
      this.companion.addEventListener(name, () => this.follow(), { signal });
    this.companion.addEventListener("seeked", () => this.learn(), { signal });
    this.beat = setInterval(() => this.follow(), EVERY);
    this.companion.currentTime = this.film.currentTime;
    this.follow();
  }

  end() {
    this.abort?.abort();
    clearInterval(this.beat);
    this.companion.pause();
  }

  /* Seconds by which the companion is ahead. */
  get ahead() {
    return this.companion.currentTime - this.film.currentTime;
  }

  get runs() {
    const { paused, seeking, readyState, currentTime } = this.film;
    return !paused && !seeking && readyState > 2 && !(currentTime >= this.companion.duration);
  }

  follow() {
    const { film, companion, runs, ahead } = this;
    if (runs && companion.paused) companion.play().catch(() => {});
    if (!runs && !companion.paused) companion.pause();
    if (companion.readyState === 0 || film.currentTime >= companion.duration) return;
    if (!runs && Math.abs(ahead) > NEAR) companion.currentTime = film.currentTime;
    if (companion.seeking) return;
    if (runs && Math.abs(ahead) > FAR) this.jump();
    const gain = runs && Math.abs(ahead) > NEAR ? -ahead * PER_SECOND : 0;
    const rate = film.playbackRate * (1 + Math.max(-MOST, Math.min(MOST, gain)));
    if (companion.playbackRate !== rate) companion.playbackRate = rate;
  }

  jump() {
    const now = performance.now();
    if (now - (this.jumpedAt ?? -PATIENCE) < PATIENCE) return;
    this.jumpedAt = now;
    this.isJumping = true;
    this.companion.currentTime = this.film.currentTime + this.lead;
  }

  /* What a jump takes on this device and in this network is added to the next one. */
  learn() {
    if (this.isJumping && this.runs)
      this.lead = Math.min(Math.max(this.lead - this.ahead, 0), LONGEST_LEAD);
    this.isJumping = false;
  }
}

/* <video-resume data-at> goes on where the person stopped, and keeps where they stop now:
   on the server for who is logged in, else in this browser. */

import { timecode } from "./timecode.js";

const EVERY = 10_000; // milliseconds while it plays

class VideoResume extends HTMLElement {
  connectedCallback() {
    this.video = this.closest("video-player").querySelector("video");
    this.form = this.querySelector("form");
    this.notice = this.querySelector(".player__resume");
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.resume(this.linked ?? (this.form ? Number(this.dataset.at) : this.recall()));
    this.querySelector("button").addEventListener("click", () => this.again());
    for (const name of ["pause", "ended", "seeked"])
      this.video.addEventListener(name, () => this.keep(), { signal });
    this.video.addEventListener("timeupdate", () => this.keepNowAndThen(), { signal });
    addEventListener("pagehide", () => this.keep(), { signal });
    document.addEventListener(
      "visibilitychange",
      () => document.hidden && this.keep(),
      { signal },
    );
  }

  /* Addresses may name a moment: #t=192. */
  get linked() {
    const moment = /^#t=(\d+)$/.exec(location.hash)?.[1];
    return moment && Number(moment);
  }

  disconnectedCallback() {
    this.abort.abort();
  }

  resume(seconds) {
    if (!(seconds > 0)) return;
    this.kept = seconds;
    this.querySelector("strong").textContent = timecode(seconds);
    this.notice.hidden = false;
    const go = () => (this.video.currentTime = seconds);
    go(); // streams begin there at once
    if (this.video.readyState === 0)
      this.video.addEventListener("loadedmetadata", go, { once: true });
  }

  again() {
    this.video.currentTime = 0;
    this.notice.hidden = true;
    this.closest("video-player").button("toggle").focus();
  }

  keepNowAndThen() {
    if (!this.video.paused && Date.now() - (this.keptAt ?? 0) > EVERY) this.keep();
  }

  keep() {
    const seconds = this.video.currentTime;
    if (this.video.readyState === 0 || seconds === this.kept) return;
    [this.kept, this.keptAt] = [seconds, Date.now()];
    if (!this.form) return this.remember(seconds);
    const body = new FormData(this.form);
    body.set("seconds", seconds);
    // A word that does not get through is followed by the next one.
    fetch(this.form.action, { method: "POST", body, keepalive: true }).catch(() => {});
  }

  // -- for strangers

  get key() {
    return `fachtag-position:${location.pathname}`;
  }

  recall() {
    try {
      return Number(localStorage.getItem(this.key));
    } catch {
      return 0;
    }
  }

  remember(seconds) {
    const length = this.video.duration;
    const isAtEdge = seconds < length * 0.02 || seconds > length * 0.98;
    try {
      if (isAtEdge) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, seconds);
    } catch {
      /* Then it starts over next time. */
    }
  }
}

customElements.define("video-resume", VideoResume);

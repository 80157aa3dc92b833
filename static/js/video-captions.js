/* <video-captions> writes the captions over the film itself, because the strict rules of the
   page and browsers' own captions leave no size and colours to choose. Where a browser shows
   the film elsewhere (picture in picture), its own take over. */

import { recall, remember } from "./player-memory.js";
import "./video-player.js";

class VideoCaptions extends HTMLElement {
  connectedCallback() {
    this.player = this.closest("video-player");
    this.video = this.player.video;
    this.tracks = [...this.video.textTracks].filter((track) => track.kind === "captions");
    this.button = this.player.button("captions");
    this.isOn = recall().captions;
    this.button.addEventListener("click", () => this.turn(!this.isOn));
    for (const name of ["captionLanguage", "captionSize", "captionColours"]) this.offer(name);
    for (const name of ["timeupdate", "seeked"])
      this.video.addEventListener(name, () => this.write());
    for (const track of this.video.querySelectorAll("track"))
      track.addEventListener("load", () => this.write());
    for (const name of ["enterpictureinpicture", "leavepictureinpicture"])
      this.video.addEventListener(name, () => this.show());
    this.take();
  }

  get track() {
    const wanted = recall().captionLanguage || this.dataset.language;
    return this.tracks.find((track) => track.language === wanted) ?? this.tracks[0];
  }

  turn(isOn) {
    this.isOn = isOn;
    remember({ captions: isOn });
    this.show();
  }

  offer(name) {
    const field = this.player.querySelector(`[data-control="${name}"]`);
    if (!field) return;
    field.value = recall()[name] || this.dataset.language;
    field.addEventListener("change", () => {
      remember({ [name]: field.value });
      this.take();
    });
  }

  /* The texts of one language, in the size and colours that were chosen. */
  take() {
    this.told?.abort();
    this.told = new AbortController();
    const { captionSize, captionColours } = recall();
    Object.assign(this.dataset, { size: captionSize, colours: captionColours });
    for (const track of this.tracks) track.mode = "disabled";
    this.track.addEventListener("cuechange", () => this.write(), { signal: this.told.signal });
    this.lang = this.track.language;
    this.show();
  }

  show() {
    const isElsewhere = document.pictureInPictureElement === this.video;
    // "hidden", not "disabled": its texts are told of all the same.
    this.track.mode = this.isOn && isElsewhere ? "showing" : "hidden";
    this.hidden = !this.isOn || isElsewhere;
    this.button.setAttribute("aria-pressed", this.isOn);
    this.write();
  }

  /* By their times: browsers that have not begun to play have no active ones. */
  write() {
    const now = this.video.currentTime;
    const cues = [...(this.track.cues ?? [])].filter(
      (cue) => cue.startTime <= now && now < cue.endTime,
    );
    if (cues.length === this.cues?.length && cues.every((cue, at) => cue === this.cues[at])) return;
    this.cues = cues;
    const lines = cues.map((cue) => {
      const line = document.createElement("p");
      const text = document.createElement("span");
      text.append(cue.getCueAsHTML());
      line.append(text);
      return line;
    });
    this.replaceChildren(...lines);
  }
}

customElements.define("video-captions", VideoCaptions);

/* <chat-signals> plays a sound and counts in the window's title when somebody writes. Each can
   be switched off; the sound is off until somebody wants it. */

const PAUSE = 2_000; // between two sounds
const NOTES = [
  [660, 0],
  [880, 0.12],
];

class ChatSignals extends HTMLElement {
  connectedCallback() {
    this.title = document.title;
    this.missed = 0;
    this.playedAt = 0;
    this.querySelectorAll("button").forEach((button) => this.remember(button));
    this.hidden = false;
    this.log = this.closest("chat-log");
    this.log.addEventListener("chat:new", () => this.signal());
    this.looked = () => !document.hidden && this.count(0);
    document.addEventListener("visibilitychange", this.looked);
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.looked);
  }

  remember(button) {
    const { name } = button.dataset;
    const set = (isOn) => button.setAttribute("aria-pressed", isOn);
    set((localStorage.getItem(`chat-${name}`) ?? button.dataset.default) === "on");
    button.addEventListener("click", () => {
      set(!this.wants(name));
      localStorage.setItem(`chat-${name}`, this.wants(name) ? "on" : "off");
      if (this.wants("sound") && name === "sound") this.play();
      if (name === "title") this.count(0);
    });
  }

  wants(name) {
    return this.querySelector(`[data-name="${name}"]`).getAttribute("aria-pressed") === "true";
  }

  signal() {
    if (this.wants("sound")) this.play();
    if (this.wants("title") && document.hidden) this.count(this.missed + 1);
  }

  count(missed) {
    this.missed = missed;
    document.title = missed ? `(${missed}) ${this.title}` : this.title;
  }

  /* Two soft notes; browsers keep silent until the reader has touched the page. */
  play() {
    if (Date.now() - this.playedAt < PAUSE) return;
    this.playedAt = Date.now();
    this.audio ??= new AudioContext();
    this.audio.resume();
    for (const [pitch, delay] of NOTES) {
      const at = this.audio.currentTime + delay;
      const note = this.audio.createOscillator();
      const volume = this.audio.createGain();
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.15, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.3);
      note.connect(volume).connect(this.audio.destination);
      note.start(at);
      note.stop(at + 0.32);
    }
  }
}

customElements.define("chat-signals", ChatSignals);

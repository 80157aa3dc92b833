/* Where a film's pictures and sound come from: from its streams (data-playlist), in the quality
   that fits, by hls.js or by the browser itself; else from the plain file in its src.
   Tells "quality" when there is another, and "trouble". */

// Parts of hls.js that would touch our text tracks, or have no work here.
const UNUSED = [
  "cmcdController",
  "contentSteeringController",
  "emeController",
  "interstitialsController",
  "subtitleStreamController",
  "subtitleTrackController",
  "timelineController",
];
const GONE = [403, 404, 410]; // addresses of segments are short-lived
const SHUT = [401, 403];
const PAUSE = 10_000; // milliseconds between two tries to get new addresses
const AGAIN = 4_000; // milliseconds until a broken connection is tried again

export class VideoSource extends EventTarget {
  constructor(video) {
    super();
    this.video = video;
    this.plain = video.getAttribute("src");
    this.playlist = video.dataset.playlist;
    this.choice = "auto";
    const known = video.dataset.heights?.match(/\d+/g) ?? [];
    this.heights = known.map(Number).sort((one, other) => other - one);
  }

  get isPlain() {
    return !this.playlist;
  }

  get canBeSoundOnly() {
    return Boolean(this.hls && "sound" in this.video.dataset);
  }

  /* It stands beside the list of all. */
  get sound() {
    return new URL("sound.m3u8", new URL(this.playlist, location)).href;
  }

  /* Ready to start; nothing but the list of qualities is loaded until then. */
  async open() {
    if (this.isPlain) return;
    this.video.preload = "none";
    const { MediaSource, ManagedMediaSource } = globalThis;
    if (!MediaSource && !ManagedMediaSource) return this.openByBrowser();
    // The full build: the light one knows no sound apart from the pictures.
    await import("../vendor/hls/hls.min.js").catch(() => this.openPlain());
    if (this.isPlain) return;
    const { Hls } = globalThis;
    this.hls = new Hls({
      ...Object.fromEntries(UNUSED.map((part) => [part, undefined])),
      autoStartLoad: false,
      backBufferLength: 60,
      capLevelToPlayerSize: true,
      // Its own worker would come from a blob:, and for fMP4 has next to nothing to do.
      enableWorker: false,
      maxLiveSyncPlaybackRate: 1,
      maxMaxBufferLength: 60,
    });
    this.hls.on(Hls.Events.MANIFEST_PARSED, () => this.known());
    this.hls.on(Hls.Events.LEVEL_SWITCHED, () => this.tell("quality"));
    this.hls.on(Hls.Events.ERROR, (_name, error) => this.heal(error));
    this.hls.attachMedia(this.video);
    this.load();
    this.tell("quality");
    for (const name of ["play", "seeking"])
      this.video.addEventListener(name, () => this.start());
    addEventListener("online", () => this.isBroken && this.renew());
  }

  openByBrowser() {
    if (this.video.canPlayType("application/vnd.apple.mpegurl")) this.video.src = this.playlist;
    else this.openPlain();
  }

  /* The plain file plays everywhere; so it is also the last way out. */
  openPlain() {
    const { currentTime, paused } = this.video;
    this.hls?.destroy();
    this.hls = this.playlist = null;
    this.heights = [];
    this.video.src = this.plain;
    this.video.preload = "metadata";
    this.video.currentTime = currentTime;
    if (!paused) this.video.play().catch(() => {});
    this.tell("quality");
  }

  close() {
    this.hls?.destroy();
  }

  start() {
    if (!this.hls || this.isStarted) return;
    this.isStarted = true;
    if (this.isKnown) this.hls.startLoad(this.video.currentTime);
  }

  // -- quality

  /* The height that is shown; undefined as long as nobody knows. */
  get height() {
    return this.hls?.levels[this.hls.currentLevel]?.height;
  }

  /* "auto", "sound", or a height, of which the next lower one will do. */
  choose(choice) {
    const turns = (choice === "sound") !== (this.choice === "sound");
    this.choice = choice;
    if (!this.hls) return;
    if (turns && this.canBeSoundOnly) this.load();
    else if (this.isKnown) this.hls.nextLevel = this.level;
    this.tell("quality");
  }

  get level() {
    const heights = this.hls.levels.map((level) => level.height);
    const fitting = heights.filter((height) => height <= Number(this.choice));
    return fitting.length ? heights.lastIndexOf(Math.max(...fitting)) : -1;
  }

  // -- loading, and loading anew

  load() {
    const { currentTime, paused } = this.video;
    this.isKnown = false;
    this.position = currentTime;
    this.wasPlaying = !paused;
    const isSound = this.choice === "sound" && this.canBeSoundOnly;
    this.hls.loadSource(isSound ? this.sound : this.playlist);
  }

  known() {
    this.isKnown = true;
    this.isBroken = false;
    if (this.choice !== "sound") this.hls.loadLevel = this.level;
    this.tell("quality");
    if (!this.isStarted) return;
    this.hls.startLoad(this.position || this.video.currentTime);
    if (this.wasPlaying && this.video.paused) this.video.play().catch(() => {});
  }

  renew() {
    if (Date.now() - (this.renewedAt ?? 0) < PAUSE) return;
    this.renewedAt = Date.now();
    this.load();
  }

  /* After somebody asked for it. */
  retry() {
    this.renewedAt = 0;
    if (this.hls) this.renew();
    else this.video.load();
  }

  heal({ type, details, fatal, response }) {
    const { ErrorTypes } = globalThis.Hls;
    if (details === "fragLoadError" && GONE.includes(response?.code)) return this.renew();
    if (!fatal) return;
    if (type === ErrorTypes.NETWORK_ERROR) return this.breakDown(response?.code);
    if (type === ErrorTypes.MEDIA_ERROR && !this.isHealed) {
      this.isHealed = true;
      return this.hls.recoverMediaError();
    }
    this.openPlain();
  }

  /* What is there plays on; then it says so, and goes on by itself when it can. */
  breakDown(code) {
    this.isBroken = true;
    const isShut = SHUT.includes(code);
    const say = () => this.isBroken && this.tell("trouble", { isShut });
    if (this.video.readyState > 2) this.video.addEventListener("waiting", say, { once: true });
    else say();
    if (!isShut) setTimeout(() => this.isBroken && this.load(), AGAIN);
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

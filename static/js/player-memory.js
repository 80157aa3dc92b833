/* What people chose in the player, remembered in this browser for all recordings. */

const STORE = "fachtag-player";

const DEFAULTS = {
  volume: 1,
  muted: false,
  speed: 1,
  quality: "auto",
  captions: true,
  captionLanguage: "",
  captionSize: "medium",
  captionColours: "white-on-black",
  description: false,
  signs: false,
  signsPlace: "beside",
};

export function recall() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(STORE)) };
  } catch {
    return { ...DEFAULTS };
  }
}

export function remember(choice) {
  try {
    localStorage.setItem(STORE, JSON.stringify({ ...recall(), ...choice }));
  } catch {
    /* Without a memory it works all the same. */
  }
}

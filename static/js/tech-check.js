/* <tech-check> finds out what it can by itself, says so, and puts it into the form that stands:
   whether a socket gets through, or the plain requests that replace it; whether the browser
   knows what the pages use; whether the film runs. */

const PATIENCE = 8_000; // as in live-socket.js

class TechCheck extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.show("browser", isRecent() ? "good" : "old");
    findConnection().then((found) => this.show("live", found));
    const video = this.querySelector("video");
    video.addEventListener("timeupdate", () => {
      if (video.currentTime > 1) this.choose("video", "yes");
    });
    video.addEventListener("error", () => this.choose("video", "no"));
  }

  show(what, found) {
    const text = this.querySelector(`[data-found="${what}"]`);
    text.textContent = text.dataset[found];
    text.dataset.result = found;
    text.hidden = false;
    this.form.elements[what].value = found;
  }

  /* What the person has said themselves stays. */
  choose(what, answer) {
    const answers = this.form.elements[what];
    if (!answers.value) answers.value = answer;
  }
}

function isRecent() {
  return CSS.supports("selector(:has(*))") && CSS.supports("color", "light-dark(#fff, #000)");
}

async function findConnection() {
  if (await opensSocket()) return "socket";
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? "polling" : "none";
}

/* Strangers are shown out at once, but the handshake got through. */
function opensSocket() {
  return new Promise((resolve) => {
    const url = new URL("/live/", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    const patience = setTimeout(() => finish(false), PATIENCE);
    const finish = (result) => {
      clearTimeout(patience);
      socket.close();
      resolve(result);
    };
    socket.addEventListener("open", () => finish(true));
    socket.addEventListener("error", () => finish(false));
  });
}

customElements.define("tech-check", TechCheck);

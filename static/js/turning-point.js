/* <turning-point seconds="90"> fires "turn" after so many seconds, for htmx to fetch what is
   new from then on. Seconds, since the reader's clock may be wrong; a device that slept looks
   again when it wakes. */

const LONGEST = 2 ** 31 - 1; // milliseconds that a timer can count

class TurningPoint extends HTMLElement {
  connectedCallback() {
    const seconds = Number(this.getAttribute("seconds"));
    // Not all who wait ask in the same instant.
    this.due = performance.now() + seconds * 1000 + Math.random() * 1000;
    this.abort = new AbortController();
    const { signal } = this.abort;
    document.addEventListener("visibilitychange", () => this.wait(), { signal });
    this.wait();
  }

  disconnectedCallback() {
    this.abort.abort();
    clearTimeout(this.timer);
  }

  wait() {
    clearTimeout(this.timer);
    const rest = this.due - performance.now();
    if (rest > 0) this.timer = setTimeout(() => this.wait(), Math.min(rest, LONGEST));
    else this.turn();
  }

  turn() {
    this.abort.abort();
    this.dispatchEvent(new CustomEvent("turn"));
  }
}

customElements.define("turning-point", TurningPoint);

/* <local-time data-zone data-text> adds the reader's own times to those in the event's zone. */

const format = (moment, options) =>
  new Intl.DateTimeFormat(document.documentElement.lang, options).format(moment);
const HOUR = { hour: "2-digit", minute: "2-digit" };
const DAY = { weekday: "short" };

class LocalTime extends HTMLElement {
  connectedCallback() {
    this.observer = new MutationObserver(() => this.show());
    this.show();
  }

  disconnectedCallback() {
    this.observer.disconnect();
  }

  /* A morph takes away what the server does not know of: the observer puts it back. */
  show() {
    this.observer.disconnect();
    this.querySelector(".time__own")?.remove();
    this.normalize();
    const moments = [...this.querySelectorAll("time")].map((time) => new Date(time.dateTime));
    const differs = (options) =>
      moments.some(
        (moment) =>
          format(moment, options) !== format(moment, { ...options, timeZone: this.dataset.zone }),
      );
    if (differs({ ...DAY, ...HOUR })) {
      const options = differs(DAY) ? { ...DAY, ...HOUR } : HOUR;
      const own = document.createElement("span");
      own.className = "time__own";
      own.textContent = this.dataset.text.replace(
        "{times}",
        moments.map((moment) => format(moment, options)).join(" – "),
      );
      this.append(" ", own);
    }
    this.observer.observe(this, { childList: true, subtree: true, characterData: true });
  }
}

customElements.define("local-time", LocalTime);

/* <event-tabs> brings the current page's tab into view where not all tabs fit. */

class EventTabs extends HTMLElement {
  connectedCallback() {
    const strip = this.parentElement;
    const current = this.querySelector("[aria-current]");
    if (current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.clientWidth) / 2;
  }
}

customElements.define("event-tabs", EventTabs);

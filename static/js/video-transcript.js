/* <video-transcript data-video> follows the video, jumps by a click, and can be searched. */

import { TimedList } from "./timed-list.js";

class VideoTranscript extends TimedList {
  connectedCallback() {
    super.connectedCallback();
    this.list = this.querySelector("ol");
    this.search = this.querySelector("search");
    this.search.hidden = false;
    this.field.addEventListener("input", () => this.find());
    this.details.addEventListener("toggle", () => this.follow());
  }

  get details() {
    return this.querySelector("details");
  }

  open() {
    this.details.open = true;
    this.querySelector("summary").focus();
  }

  get field() {
    return this.search.querySelector("input");
  }

  /* Only the list scrolls, never the page; and not while somebody reads with the keyboard. */
  follow() {
    if (!this.current || this.list.contains(document.activeElement)) return;
    const [inside, row] = [this.list, this.current].map((one) => one.getBoundingClientRect());
    this.list.scrollTop += row.top - inside.top - inside.height / 3;
  }

  find() {
    const wanted = this.field.value.trim().toLocaleLowerCase();
    let count = 0;
    for (const link of this.links) {
      const fits = link.textContent.toLocaleLowerCase().includes(wanted);
      link.parentElement.hidden = !fits;
      count += fits;
    }
    const { none, one, many } = this.dataset;
    const found = count === 0 ? none : count === 1 ? one : many.replace("{count}", count);
    this.search.querySelector("[role=status]").textContent = wanted ? found : "";
    if (!wanted) this.follow();
  }
}

customElements.define("video-transcript", VideoTranscript);

/* A list of links with data-start (seconds) beside a video: a click jumps there, and the link
   that fits the video's moment is marked as current. */

export class TimedList extends HTMLElement {
  connectedCallback() {
    this.video = document.getElementById(this.dataset.video);
    this.links = [...this.querySelectorAll("a[data-start]")];
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.addEventListener("click", (event) => this.jump(event), { signal });
    for (const name of ["timeupdate", "seeked", "loadedmetadata"])
      this.video.addEventListener(name, () => this.mark(), { signal });
  }

  disconnectedCallback() {
    this.abort.abort();
  }

  jump(event) {
    const link = event.target.closest("a[data-start]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const player = this.video.closest("video-player");
    player.seek(Number(link.dataset.start));
    player.play();
  }

  mark() {
    const moment = this.video.currentTime + 0.05;
    const current = this.links.findLast((link) => Number(link.dataset.start) <= moment);
    if (current === this.current) return;
    this.current?.removeAttribute("aria-current");
    current?.setAttribute("aria-current", "true");
    this.current = current;
    this.follow();
  }

  follow() {}
}

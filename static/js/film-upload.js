/* <film-upload data-address> sends the file in its form piece by piece (tus): it goes on after
   an interruption, and after a reload once the same file is chosen again. */

const PIECE = 4 * 1024 * 1024; // bytes, as the server takes them
// Milliseconds between tries, ten minutes in all; with each piece that arrives they begin anew.
const PAUSES = [500, 1000, 2000, 4000, ...Array(75).fill(8000)];

class FilmUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector(".film__upload");
    this.bar = this.state.querySelector("progress");
    this.form.addEventListener("submit", (event) => {
      const [file] = this.form.elements.file.files;
      if (!file) return;
      event.preventDefault();
      this.send(file);
    });
    this.querySelector("[data-do=cancel]").addEventListener("click", () => this.cancel());
  }

  disconnectedCallback() {
    this.upload?.abort();
  }

  async send(file) {
    this.tell("name", file.name);
    this.showProgress(0, file.size);
    this.showTrouble("");
    this.swap(true);
    await import("../vendor/tus/tus.min.js"); // it leaves its name on the window
    this.upload = new window.tus.Upload(file, {
      endpoint: this.dataset.address,
      chunkSize: PIECE,
      retryDelays: PAUSES,
      removeFingerprintOnSuccess: true,
      metadata: { filename: file.name },
      headers: { "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      onProgress: (sent, size) => this.showProgress(sent, size),
      onChunkComplete: () => this.showTrouble(""),
      onShouldRetry: (error) => this.goesOn(error),
      onError: (error) => this.fail(error),
      onSuccess: () => this.finish(),
    });
    const [earlier] = await this.upload.findPreviousUploads();
    if (earlier) this.upload.resumeFromPreviousUpload(earlier);
    this.upload.start();
  }

  /* After a lost connection and a busy server, not after a "no". */
  goesOn(error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    const goesOn = status === 0 || status >= 500 || status === 409 || status === 429;
    if (goesOn && status === 0) this.showTrouble(this.dataset.waits);
    return goesOn && status !== 507;
  }

  fail(error) {
    const response = error.originalResponse;
    const says = response?.getHeader("Content-Type")?.startsWith("text/plain");
    this.upload = null;
    this.swap(false);
    this.showTrouble(says ? response.getBody() : this.dataset.trouble);
  }

  finish() {
    this.upload = null;
    this.form.reset();
    this.swap(false);
    this.refresh();
  }

  async cancel() {
    await this.upload?.abort(true).catch(() => {});
    this.upload = null;
    this.form.reset();
    this.swap(false);
    this.form.elements.file.focus();
    this.refresh();
  }

  /* The part of the page around it shows what the server knows. */
  refresh() {
    this.previousElementSibling.dispatchEvent(new Event("film-changed"));
  }

  swap(isSending) {
    this.form.hidden = isSending;
    this.state.hidden = !isSending;
    if (isSending) this.querySelector("[data-do=cancel]").focus();
  }

  showProgress(sent, size) {
    const percent = Math.floor((sent * 100) / size);
    this.bar.value = percent;
    const texts = { percent, size: bytes(size) };
    this.tell("progress", this.dataset.progress.replace(/{(\w+)}/g, (_all, key) => texts[key]));
  }

  showTrouble(text) {
    this.tell("trouble", text).hidden = !text;
  }

  tell(what, text) {
    const place = this.querySelector(`[data-show=${what}]`);
    if (place.textContent !== text) place.textContent = text;
    return place;
  }
}

function bytes(size) {
  const [unit, share] = size < 1e9 ? ["megabyte", 1e6] : ["gigabyte", 1e9];
  const options = { style: "unit", unit, maximumFractionDigits: 1 };
  return (size / share).toLocaleString(document.documentElement.lang, options);
}

customElements.define("film-upload", FilmUpload);

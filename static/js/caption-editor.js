/* <caption-editor data-kind> makes a table of the form's WebVTT, beside the video. The text in
   the form stays what is saved: each change of a row is written back into it. */

import { isText, read, rewrite, seconds, stamp, write } from "./cue-text.js";

const SHORTEST = 0.1; // seconds between two texts

class CaptionEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.field = this.form.elements.body;
    this.video = this.querySelector("video");
    this.table = this.querySelector(".cues__table tbody");
    this.blocks = read(this.field.value.trim() || "WEBVTT");
    this.saved = this.field.value;
    this.listen();
    if (this.blocks) this.build();
    else this.showMistake();
  }

  get isChapters() {
    return this.dataset.kind === "chapters";
  }

  get rows() {
    return [...this.table.rows];
  }

  build() {
    this.classList.add("cues--table");
    this.querySelector(".cues__tools").hidden = false;
    this.table.replaceChildren(...this.blocks.filter(isText).map((block) => this.row(block)));
    this.count();
    this.check(this.rows);
    this.captions = this.isChapters ? null : this.video?.addTextTrack("captions");
    this.showCaptions();
    this.showMistake();
  }

  row(block) {
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true);
    row.block = block;
    row.id = `text-${(this.made = (this.made ?? 0) + 1)}`;
    row.cells[0].id = `${row.id}-number`;
    for (const field of row.querySelectorAll("[name]")) {
      field.setAttribute("aria-labelledby", `${row.cells[0].id} cues-${field.name}`);
      field.setAttribute("aria-describedby", `${row.id}-note`);
      field.removeAttribute("name"); // only the whole text is sent
    }
    row.querySelector(".cues__note").id = `${row.id}-note`;
    this.fill(row);
    return row;
  }

  fill(row) {
    for (const field of row.querySelectorAll("[data-part]")) {
      const value = row.block[field.dataset.part];
      field.value = typeof value === "number" ? stamp(value) : value;
    }
  }

  // -- what people do

  listen() {
    this.addEventListener("change", (event) => this.take(event.target));
    this.addEventListener("input", (event) => this.take(event.target, { isTyping: true }));
    this.addEventListener("keydown", (event) => this.press(event));
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) this[button.dataset.do](button.closest("tr"));
    });
    this.form.addEventListener("submit", () => (this.saved = this.field.value));
    addEventListener("beforeunload", (event) => {
      if (this.field.value !== this.saved) event.preventDefault();
    });
    for (const name of ["timeupdate", "seeked"])
      this.video?.addEventListener(name, () => this.follow());
  }

  /* A field of a row into its block; times only when they are complete. */
  take(field, { isTyping = false } = {}) {
    const row = field.closest("tr");
    const part = field.dataset.part;
    if (!row || !part || field.value === row.block[part]) return;
    if (part !== "start" && part !== "end") row.block[part] = field.value;
    else if (isTyping) return;
    else if (Number.isNaN(seconds(field.value))) return this.check([row]);
    else if (stamp(seconds(field.value)) === stamp(row.block[part])) return this.fill(row);
    else row.block[part] = seconds(field.value);
    if (!isTyping) this.fill(row);
    this.keep([row]);
  }

  press(event) {
    const row = event.target.closest("tr");
    if (!row || event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (event.shiftKey) this.split(row);
      else this.play(row);
    } else if (event.target.matches("input")) {
      event.preventDefault(); // saving is a button's to do
      this.take(event.target);
    }
  }

  // -- verbs

  play(row) {
    if (!this.video) return;
    if (!this.video.paused && row === this.current) return this.video.pause();
    this.video.currentTime = row.block.start;
    this.video.play().catch(() => {});
  }

  begin(row) {
    this.move(row, "start");
  }

  finish(row) {
    this.move(row, "end");
  }

  /* To where the video stands. */
  move(row, part) {
    if (!this.video) return;
    row.block[part] = this.video.currentTime;
    this.fill(row);
    this.keep([row]);
    this.say(this.dataset.moved.replace("{time}", stamp(row.block[part])));
  }

  /* Where the writer stands in the text, else at the gap nearest to its middle. */
  split(row) {
    const { block } = row;
    const field = row.querySelector('[data-part="text"]');
    const gaps = [...field.value.matchAll(/\s+/g)].map((gap) => gap.index);
    const middle = field.value.length / 2;
    const nearest = gaps.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
    const cursor = field.selectionStart;
    const at = cursor > 0 && cursor < field.value.length ? cursor : nearest;
    if (at === undefined) return this.say(this.dataset.unsplit);
    const moment = block.start + ((block.end - block.start) * at) / field.value.length;
    const rest = { ...block, name: "", start: moment, text: field.value.slice(at).trim() };
    block.text = field.value.slice(0, at).trim();
    block.end = moment;
    this.fill(row);
    this.insert(rest, row);
    this.keep([row]);
    this.say(this.dataset.split);
  }

  add(row) {
    const before = (row ?? this.rows.at(-1))?.block;
    const now = this.video?.currentTime ?? 0;
    const start = Math.max(before?.end ?? 0, row ? 0 : now);
    const after = row?.nextElementSibling?.block.start ?? Infinity;
    const end = Math.max(Math.min(start + 3, after), start + SHORTEST);
    this.insert({ start, end, voice: "", text: "" }, row ?? this.rows.at(-1));
    this.say(this.dataset.added);
  }

  insert(block, before) {
    rewrite(block);
    const place = before ? this.blocks.indexOf(before.block) + 1 : this.blocks.length;
    this.put(block, place);
  }

  put(block, place) {
    this.blocks.splice(place, 0, block);
    const row = this.row(block);
    const number = this.blocks.filter(isText).indexOf(block);
    this.table.insertBefore(row, this.table.rows[number] ?? null);
    this.count();
    this.keep([row]);
    row.querySelector('[data-part="text"]').focus();
  }

  remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const place = this.blocks.indexOf(row.block);
    this.lost = { block: row.block, place };
    this.blocks.splice(place, 1);
    row.remove();
    this.count();
    this.keep(next ? [next] : []);
    (next?.querySelector('[data-part="text"]') ?? this.querySelector('.cues__more [data-do="add"]')).focus();
    this.querySelector(".cues__undo").hidden = false;
    this.say(this.dataset.removed);
  }

  /* The one that was deleted last. */
  restore() {
    this.put(this.lost.block, Math.min(this.lost.place, this.blocks.length));
    this.querySelector(".cues__undo").hidden = true;
    this.say(this.dataset.back);
  }

  /* All texts by so many seconds, none before the start. */
  shift() {
    const by = Number(this.querySelector("#cues-shift").value.replace(",", "."));
    const first = Math.min(...this.rows.map((row) => row.block.start));
    if (!by || first + by < 0) return this.say(by ? this.dataset.early : this.dataset.number);
    for (const row of this.rows) {
      row.block.start += by;
      row.block.end += by;
      this.fill(row);
    }
    this.keep(this.rows);
    this.say(this.dataset.shifted.replace("{seconds}", by.toLocaleString(document.documentElement.lang)));
  }

  // -- what follows

  /* Into the text that is saved; a chapter ends where the next one begins. */
  keep(rows) {
    if (this.isChapters) rows = this.endChapters(rows);
    for (const { block } of rows) rewrite(block);
    this.field.value = write(this.blocks);
    this.check(rows.flatMap((row) => [row.previousElementSibling, row, row.nextElementSibling]));
    this.showCaptions();
  }

  endChapters(changed) {
    const rows = new Set(changed);
    for (const row of this.rows) {
      const next = row.nextElementSibling?.block.start;
      const length = this.video?.duration || Number(this.dataset.length);
      const end = next ?? Math.max(length || 0, row.block.end, row.block.start + 1);
      if (end !== row.block.end) rows.add(row);
      row.block.end = end;
    }
    return [...rows];
  }

  /* What is wrong keeps from saving nothing: the server has the last word. */
  check(rows) {
    for (const row of rows) {
      if (!row) continue;
      const fields = [...row.querySelectorAll('[data-part="start"], [data-part="end"]')];
      const wrong = fields.filter((field) => Number.isNaN(seconds(field.value)));
      for (const field of fields) field.setAttribute("aria-invalid", wrong.includes(field));
      const note = row.querySelector(".cues__note");
      note.textContent = wrong.length ? this.dataset.time : this.doubt(row);
      note.hidden = !note.textContent;
    }
  }

  doubt(row) {
    const { start, end, text } = row.block;
    const before = row.previousElementSibling?.block;
    if (end <= start) return this.dataset.end;
    if (before && start < before.start) return this.dataset.order;
    if (!text.trim()) return this.dataset.empty;
    return before && start < before.end ? this.dataset.overlap : "";
  }

  count() {
    for (const [index, row] of this.rows.entries()) {
      row.cells[0].firstElementChild.textContent = index + 1;
    }
    this.querySelector(".cues__none").hidden = this.rows.length > 0;
  }

  /* The line that the server named, in the table or in the text. */
  showMistake() {
    const line = Number(this.dataset.line);
    if (!line) return;
    const row = this.blocks && this.rows.findLast((one) => one.block.line <= line);
    if (row) {
      row.classList.add("cues__row--wrong");
      const note = row.querySelector(".cues__note");
      note.textContent = this.dataset.mistake;
      note.hidden = false;
      row.querySelector("[data-part]").focus();
    } else {
      const lines = this.field.value.split("\n");
      const start = lines.slice(0, line - 1).join("\n").length + (line > 1);
      this.field.focus();
      this.field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    }
  }

  /* In the picture, as they are now; the browser lays them out. */
  showCaptions() {
    if (!this.captions) return;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => {
      for (const cue of [...(this.captions.cues ?? [])]) this.captions.removeCue(cue);
      for (const { block } of this.rows)
        if (block.end > block.start)
          this.captions.addCue(new VTTCue(block.start, block.end, block.raw.split("\n").slice(block.name ? 2 : 1).join("\n")));
      this.captions.mode = "showing";
    }, 300);
  }

  follow() {
    const moment = this.video.currentTime + 0.05;
    const row = this.rows.findLast((one) => one.block.start <= moment);
    if (row === this.current) return;
    this.current?.removeAttribute("aria-current");
    row?.setAttribute("aria-current", "true");
    this.current = row;
    if (!this.video.paused && !this.table.contains(document.activeElement))
      row?.scrollIntoView({ block: "nearest" });
  }

  say(sentence) {
    this.querySelector(".cues__said").textContent = sentence;
  }
}

customElements.define("caption-editor", CaptionEditor);

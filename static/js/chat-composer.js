import { Suggestions } from "./chat-suggestions.js";
import { post } from "./live-socket.js";

/* <chat-composer> shows what one writes at once, sends it when that is possible, in order and
   once, and gives it back with the reason when it is refused. What is not sent yet is kept.
   It goes by the open socket, or else, and if nobody answers there, as the form. */

const MOST_WAITING = 20;
const MOST_TRIES = 12;
const QUOTED = 119; // signs, as the server does it

class ChatComposer extends HTMLElement {
  connectedCallback() {
    this.chat = this.closest(".chat");
    this.log = this.chat.querySelector("chat-log");
    this.form = this.querySelector("form");
    this.field = this.querySelector("textarea");
    if ("frozen" in this.log.dataset) return; // the plain form leads to where it is seen
    this.error = this.querySelector(".composer__error");
    this.answers = this.querySelector(".composer__answers");
    this.draft = `chat-draft-${this.chat.dataset.room}-${this.chat.dataset.me}`;
    this.key = `chat-waiting-${this.chat.dataset.room}-${this.chat.dataset.me}`;
    this.waiting = JSON.parse(sessionStorage.getItem(this.key) ?? "[]");
    this.querySelector(".composer__keys").hidden = false;
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    this.field.addEventListener("input", () => this.count());
    this.field.addEventListener("input", () => this.keep());
    this.log.addEventListener("chat:reply", (event) => this.reply(event));
    this.answers.querySelector("button").addEventListener("click", () => this.forgetReply());
    this.answers.addEventListener("keydown", (event) => event.key === "Escape" && this.forgetReply());
    this.answers.querySelector("button").hidden = false;
    this.suggestions = new Suggestions(
      this.field,
      this.querySelector(".suggestions"),
      `${this.log.dataset.url}personen/`,
    );
    this.restore();
    this.again = () => this.resume();
    addEventListener("online", this.again);
    this.log.addEventListener("chat:state", ({ detail }) => {
      if (["live", "polling"].includes(detail)) this.resume();
    });
    customElements.whenDefined("chat-log").then(() => {
      this.waiting.forEach((message) => this.show(message));
      this.flush();
    });
    this.log.addEventListener("chat:rules", ({ detail }) => this.follow(detail));
    this.slow = Number(this.dataset.slow);
    this.readyAt = Date.now() + 1_000 * Number(this.dataset.wait);
    this.mute = this.dataset.until && { until: this.dataset.until, reason: this.dataset.reason };
    this.showRules();
    this.count();
  }

  disconnectedCallback() {
    clearTimeout(this.ticking);
    removeEventListener("online", this.again);
    clearTimeout(this.retry);
  }

  // -- writing

  pressed(event) {
    if (this.suggestions.pressed(event)) return;
    if (event.key === "Escape" && !this.answers.hidden) return this.forgetReply();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  get left() {
    return Number(this.form.dataset.most) - [...this.field.value.trim()].length;
  }

  count() {
    const { left } = this;
    const text = left < 0 ? this.dataset.textOver : this.dataset.textLeft;
    this.querySelector(".composer__count").textContent =
      left > 200 ? "" : text.replace("{number}", Math.abs(left));
  }

  submit(event) {
    event.preventDefault();
    const body = this.field.value.trim();
    if (!body) return this.complain(this.dataset.textEmpty);
    if (this.silence) return this.complain(this.silence);
    if (this.secondsLeft)
      return this.complain(this.dataset.textWait.replace("{seconds}", this.secondsLeft));
    if (this.left < 0) return this.complain(this.dataset.textOver.replace("{number}", -this.left));
    if (this.waiting.length >= MOST_WAITING) return this.complain(this.dataset.textFull);
    this.complain("");
    const message = { id: uuid(), body, answers: this.answered, tries: 0 };
    this.field.value = "";
    this.quote(null);
    this.count();
    this.keep();
    this.waiting.push(message);
    this.save();
    this.show(message);
    this.flush();
  }

  complain(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = !sentence;
    this.field.setAttribute("aria-invalid", Boolean(sentence));
    const [hint] = this.field.getAttribute("aria-describedby").split(" ").slice(-1);
    this.field.setAttribute("aria-describedby", sentence ? `${this.error.id} ${hint}` : hint);
    if (sentence) this.field.focus();
  }

  // -- how the room is kept

  /* "paused" and "slow" are everybody's, "mute" is one's own. */
  follow(rules) {
    if ("slow" in rules) {
      if (!rules.slow) this.readyAt = 0;
      this.slow = rules.slow;
      this.chat.toggleAttribute("data-paused", rules.paused);
      if (!rules.paused) this.dataset.textPaused = this.dataset.textShut;
      const choice = this.chat.querySelector(".keeping__choice");
      if (choice && choice !== document.activeElement) choice.value = rules.slow;
    }
    if ("mute" in rules) this.mute = rules.mute;
    this.showRules();
  }

  get keeps() {
    return this.chat.dataset.role !== "member";
  }

  /* Why nothing can be sent now; an empty string if it can. */
  get silence() {
    if (this.mute && new Date(this.mute.until) > new Date()) {
      const time = new Date(this.mute.until).toLocaleTimeString("de", {
        hour: "2-digit",
        minute: "2-digit",
      });
      const { textMuted, textReason } = this.dataset;
      const why = this.mute.reason ? ` ${textReason.replace("{reason}", this.mute.reason)}` : "";
      return textMuted.replace("{time}", time) + why;
    }
    return "paused" in this.chat.dataset && !this.keeps ? this.dataset.textPaused : "";
  }

  get secondsLeft() {
    return this.keeps ? 0 : Math.max(0, Math.ceil((this.readyAt - Date.now()) / 1_000));
  }

  showRules() {
    clearTimeout(this.ticking);
    const { silence, secondsLeft } = this;
    const slow = this.slow && !this.keeps ? this.dataset.textSlow.replace("{seconds}", this.slow) : "";
    const rule = this.querySelector(".composer__rule");
    if (rule.textContent !== (silence || slow)) rule.textContent = silence || slow;
    this.querySelector(".composer__wait").textContent =
      secondsLeft && !silence ? this.dataset.textWait.replace("{seconds}", secondsLeft) : "";
    if (secondsLeft || this.mute) this.ticking = setTimeout(() => this.showRules(), 1_000);
  }

  // -- what it answers to

  get answered() {
    return this.form.elements.answers.value;
  }

  reply(event) {
    event.preventDefault();
    const row = event.detail;
    const body = row.querySelector(".message__body").textContent.trim().replace(/\s+/g, " ");
    const signs = [...body];
    this.quote({
      number: row.dataset.number,
      href: row.querySelector(".message__link").href,
      author: row.querySelector(".message__author").textContent,
      words: signs.length > QUOTED ? `${signs.slice(0, QUOTED).join("")}…` : body,
    });
    this.keep();
    this.field.focus();
  }

  forgetReply() {
    this.quote(null);
    this.keep();
    this.field.focus();
  }

  quote(message) {
    const place = this.querySelector(".composer__quote");
    this.form.elements.answers.value = message?.number ?? "";
    this.answers.hidden = !message;
    this.quoted = message;
    place.replaceChildren();
    if (!message) return;
    const link = this.querySelector("template.composer__empty").content.cloneNode(true);
    link.querySelector("a").href = message.href;
    link.querySelector("a").dataset.quoted = message.number;
    link.querySelector(".quote__author").textContent = message.author;
    link.querySelector(".quote__text").textContent = message.words;
    place.append(link);
  }

  // -- what is not sent yet

  keep() {
    const draft = { body: this.field.value, quoted: this.quoted };
    if (draft.body || draft.quoted) localStorage.setItem(this.draft, JSON.stringify(draft));
    else localStorage.removeItem(this.draft);
  }

  restore() {
    if (this.field.value || this.answered) return; // the server gave something back
    const { body = "", quoted = null } = JSON.parse(localStorage.getItem(this.draft) ?? "{}");
    this.field.value = body;
    if (quoted) this.quote(quoted);
  }

  // -- what waits

  show({ id, body }) {
    const row = this.querySelector(".composer__pending").content.firstElementChild.cloneNode(true);
    row.dataset.client = id;
    row.querySelector(".message__body").textContent = body;
    row.querySelector("button").addEventListener("click", () => this.resume());
    this.log.showPending(row);
    this.mark(id, this.dataset.textSending);
  }

  mark(id, text, isStuck = false) {
    const row = this.log.querySelector(`.message--pending[data-client="${id}"]`);
    if (!row) return;
    row.querySelector(".message__waiting span").textContent = text;
    row.querySelector("button").hidden = !isStuck;
  }

  save() {
    sessionStorage.setItem(this.key, JSON.stringify(this.waiting));
  }

  resume() {
    if (!this.waiting.length || this.isSending) return;
    this.waiting.forEach((message) => (message.tries = Math.min(message.tries, 1)));
    this.flush();
  }

  /* One after the other: what was written first is read first. */
  async flush() {
    if (this.isSending) return;
    this.isSending = true;
    clearTimeout(this.retry);
    while (this.waiting.length && (await this.send(this.waiting[0]))) {
      this.waiting.shift();
      this.save();
    }
    this.isSending = false;
  }

  /* Resolves to whether the message is settled: stored, or refused and given back. */
  async send(message) {
    const { id, body, answers } = message;
    const room = Number(this.chat.dataset.room);
    const answer = await post({ room, id, body, answers: answers ? Number(answers) : null });
    if (answer?.error) return this.refuse(message, answer);
    if (!answer?.number) return this.sendForm(message);
    this.noteWait(this.slow);
    this.log.expect(id, answer.number);
    return true;
  }

  async sendForm(message) {
    const body = new FormData(this.form);
    body.set("body", message.body);
    body.set("client_id", message.id);
    body.set("answers", message.answers ?? "");
    try {
      const response = await fetch(this.form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(15_000),
      });
      if (response.status >= 500 || response.status === 408) throw new Error(response.status);
      if (response.redirected) return this.giveBack(message, this.dataset.textLogin);
      const answer = await response.json().catch(() => ({}));
      if (!response.ok) return this.refuse(message, answer);
      this.noteWait(this.slow);
      answer.frames.forEach((frame) => this.log.take(frame));
    } catch {
      return this.wait(message);
    }
    this.log.dropPending(message.id);
    return true;
  }

  wait(message) {
    message.tries += 1;
    this.save();
    this.waiting.forEach(({ id, tries }) =>
      this.mark(id, this.dataset.textWaiting, tries >= MOST_TRIES),
    );
    if (message.tries < MOST_TRIES) {
      const delay = Math.min(30_000, 1_000 * 2 ** message.tries) * (0.5 + Math.random());
      this.retry = setTimeout(() => this.flush(), delay);
    }
    return false;
  }

  noteWait(seconds) {
    if (seconds) this.readyAt = Date.now() + 1_000 * seconds;
    this.showRules();
  }

  refuse(message, { error, seconds }) {
    this.noteWait(seconds);
    return this.giveBack(message, error ?? this.dataset.textFailed);
  }

  giveBack(message, sentence) {
    this.log.dropPending(message.id);
    this.field.value = [message.body, this.field.value].filter(Boolean).join("\n");
    this.keep();
    this.count();
    this.complain(sentence);
    return true;
  }
}

/* crypto.randomUUID() is there for pages with HTTPS only. */
function uuid() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

customElements.define("chat-composer", ChatComposer);

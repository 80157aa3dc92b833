/* <chat-log data-url data-head> shows a room's messages as they come, each at its number.

   A room's changes are numbered without gaps. "head" is the number up to which nothing is
   missing here; what arrives further ahead is shown at once, and the gap is fetched. */

import { act, press } from "./chat-actions.js";
import { dress, show } from "./chat-reactions.js";
import { join, leave, tell } from "./live-socket.js";

const NEAR = 80; // pixels
const READ_PAUSE = 2_000;
const WIDE = 736; // as in chat.css

class ChatLog extends HTMLElement {
  connectedCallback() {
    this.chat = this.closest(".chat");
    ({ room: this.room, me: this.me } = this.chat.dataset);
    this.scroller = this.querySelector(".chat__scroll");
    this.list = this.querySelector(".chat__list");
    this.pinned = this.querySelector(".chat__pinned");
    this.older = this.querySelector(".chat__older");
    this.button = this.querySelector(".chat__new");
    this.announcer = this.querySelector("chat-announcer");
    this.head = Number(this.dataset.head);
    this.told = this.head;
    this.read = this.head; // by the page itself
    this.ahead = new Set();
    this.unseen = 0;
    this.rows.forEach((row) => this.finish(row));
    this.pinned.querySelectorAll(".message").forEach((row) => this.finish(row));
    this.separateDays();
    this.addEventListener("click", (event) => act(this, event));
    this.addEventListener("keydown", (event) => press(this, event));
    this.reacted = this.dataset.reacted;
    this.chat.querySelector(".composer__quote").addEventListener("click", (event) => act(this, event));
    if ("frozen" in this.dataset) return this.toTarget();
    this.scroller.addEventListener("scroll", () => this.scrolled());
    this.observer = new ResizeObserver(() => this.isStuck && this.toEnd());
    this.observer.observe(this.scroller);
    this.older.addEventListener("click", (event) => this.fetchOlder(event));
    this.button.addEventListener("click", () => this.toEnd());
    this.toEnd();
    this.toUnread();
    this.toTarget();
    this.looked = () => this.tellRead();
    document.addEventListener("visibilitychange", this.looked);
    this.chat.querySelector(".here").open = this.chat.clientWidth > WIDE;
    join(this.room, this);
  }

  disconnectedCallback() {
    this.observer?.disconnect();
    document.removeEventListener("visibilitychange", this.looked);
    leave(this.room);
  }

  get rows() {
    return this.list.querySelectorAll(".message[data-number]");
  }

  get first() {
    return Number(this.list.querySelector(".message[data-number]")?.dataset.number ?? 0);
  }

  // -- what arrives

  hear(frame) {
    this.tellRules(frame);
    if (frame.premiere)
      this.dispatchEvent(new CustomEvent("premiere:told", { bubbles: true, detail: frame.premiere }));
    if (frame.reactions || frame.mine) show(this, frame);
    if (frame.html) this.take(frame);
    else if (frame.people) this.showPeople(frame.people);
    else if (frame.dismissed) this.show("dismissed");
    else if ("head" in frame) this.missNothing(frame.head);
  }

  /* How the room is kept, and what is about this reader alone: the composer shows it. */
  tellRules(frame) {
    if (["paused", "mute", "reports"].some((name) => name in frame))
      this.dispatchEvent(new CustomEvent("chat:rules", { detail: frame }));
  }

  /* A message, new or changed; again is fine. */
  take(frame) {
    queueMicrotask(() => this.tellRead());
    this.place(frame);
    if (frame.changed > this.head) this.ahead.add(frame.changed);
    while (this.ahead.delete(this.head + 1)) this.head += 1;
    this.missNothing(Math.max(0, ...this.ahead));
  }

  /* Others may have sent what comes before this number; it may still be on its way. */
  missNothing(number) {
    this.told = Math.max(this.told, number);
    if (this.told <= this.head) return;
    this.gap ??= setTimeout(() => {
      this.gap = null;
      if (this.told > this.head) this.catchUp();
    }, 200 + 800 * Math.random());
  }

  /* Resolves to whether the server answered. */
  catchUp() {
    this.catching ??= this.fetchChanges().finally(() => (this.catching = null));
    return this.catching;
  }

  async fetchChanges() {
    let answer = { more: true };
    while (answer?.more) {
      const read = this.unsaid ? `&read=${this.unsaid}` : "";
      answer = await this.ask(`?since=${this.head}${read}&reacted=${this.reacted}`);
      answer?.frames.forEach((frame) => this.place(frame));
      if (answer && read) this.unsaid = 0;
      if (answer) this.head = Math.max(this.head, answer.head);
    }
    this.ahead.forEach((number) => number <= this.head && this.ahead.delete(number));
    if (answer) {
      this.showPeople(answer.people);
      this.tellRules(answer);
      show(this, answer);
      this.reacted = answer.reacted;
    }
    this.tellRead();
    return Boolean(answer);
  }

  async ask(query) {
    try {
      const response = await fetch(this.dataset.url + query, {
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(10_000),
      });
      if (response.redirected) this.show("login");
      else if (response.status === 403) this.show("dismissed");
      else if (response.ok) return await response.json();
    } catch {
      // the connection is away; whoever asked tries again
    }
    return null;
  }

  // -- what was read

  /* Who looks at the end has read it all. Without a socket it goes along when they next ask. */
  tellRead() {
    if (document.hidden || !this.isStuck || this.head <= this.read || this.reading) return;
    this.reading = setTimeout(() => {
      this.reading = null;
      if (document.hidden || !this.isStuck) return;
      this.read = this.head;
      this.unsaid = tell(`${this.room}:${this.read}`) ? 0 : this.read;
    }, READ_PAUSE);
  }

  /* To the message that the address names. */
  toTarget() {
    this.querySelector(".message:target")?.scrollIntoView({ block: "center" });
  }

  /* To where the new ones begin, if that is further up. */
  toUnread() {
    const line = this.querySelector(".chat__unread");
    if (!line || line.offsetTop - this.scroller.offsetTop >= this.scroller.scrollTop) return;
    this.isStuck = false;
    this.scroller.scrollTop = line.offsetTop - this.scroller.offsetTop;
  }

  // -- rows

  place({ number, changed, pinned, html }) {
    this.pin(number, changed, pinned, html);
    const old = this.querySelector(`#message-${this.room}-${number}`);
    const isStale = old && Number(old.dataset.changed) >= changed;
    if (isStale || (!old && number < this.first && !this.older.hidden)) return;
    const row = rowFrom(html);
    if (old?.dataset.mine) row.dataset.mine = old.dataset.mine;
    this.finish(row);
    const wasAtEnd = this.isAtEnd;
    const focused = old?.contains(document.activeElement) && document.activeElement.className;
    if ("own" in row.dataset) this.dropPending(row.dataset.client);
    const hadMenu = old?.querySelector(":popover-open");
    if (old) old.replaceWith(row);
    else this.insert(row, number);
    if (hadMenu) row.querySelector("[popover]")?.showPopover({ source: row.querySelector(".message__menu") });
    if (focused) this.focusOn(row, focused);
    this.separateDays();
    if (wasAtEnd) this.toEnd();
    else if (!old && number > this.head) this.countUnseen();
    if (old || number <= this.head || "own" in row.dataset) return;
    this.announce(row);
    this.dispatchEvent(new CustomEvent("chat:new"));
  }

  /* One message may stand above the log, too; in its place there it stays. */
  pin(number, changed, isPinned, html) {
    const list = this.pinned.querySelector("ol");
    const [old] = list.children;
    const isOld = old?.dataset.number === String(number);
    if ((!isPinned && !isOld) || Number(old?.dataset.changed) > changed) return;
    const row = this.finish(rowFrom(html));
    row.removeAttribute("id");
    row.querySelector("[popover]")?.removeAttribute("id");
    list.replaceChildren(...(isPinned ? [row] : []));
    this.pinned.hidden = !isPinned;
  }

  insert(row, number) {
    let before = this.list.lastElementChild;
    while (before && !(Number(before.dataset.number) < number)) before = before.previousElementSibling;
    if (before) before.after(row);
    else this.list.prepend(row);
  }

  /* What only the reader's browser knows: whether it is theirs, and their time of day. */
  finish(row) {
    row.toggleAttribute("data-own", row.dataset.author === this.me);
    row.querySelector(`.mention[data-person="${this.me}"]`)?.setAttribute("data-me", "");
    const time = row.querySelector("time");
    time.textContent = new Date(time.dateTime).toLocaleTimeString("de", {
      hour: "2-digit",
      minute: "2-digit",
    });
    dress(this, row);
    return row;
  }

  separateDays() {
    this.list.querySelectorAll(".chat__day").forEach((day) => day.remove());
    let last = "";
    for (const row of this.rows) {
      const at = new Date(row.querySelector("time").dateTime);
      if (at.toDateString() === last) continue;
      last = at.toDateString();
      const day = document.createElement("li");
      day.className = "chat__day";
      day.textContent = at.toLocaleDateString(document.documentElement.lang, {
        weekday: "long",
        day: "numeric",
        month: "long",
      });
      row.before(day);
    }
  }

  /* Focus never falls out of the log: what it was on has been replaced. */
  focusOn(row, className) {
    const ways = [...row.querySelectorAll(".message__actions :is(a, button)")];
    const visible = ways.filter((way) => way.checkVisibility());
    const same = visible.find((way) => way.className === className);
    (same ?? row.querySelector(".message__menu") ?? visible[0] ?? this.scroller).focus();
  }

  showPending(row) {
    this.list.append(row);
    this.toEnd();
  }

  /* It is stored under this number; its row is here, or on its way. */
  expect(client, number) {
    if (number <= this.head) this.dropPending(client);
    else this.missNothing(number);
  }

  dropPending(client) {
    this.list.querySelector(`.message--pending[data-client="${client}"]`)?.remove();
  }

  // -- scrolling

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.isStuck = true;
    this.forgetUnseen();
  }

  forgetUnseen() {
    this.unseen = 0;
    if (this.button.contains(document.activeElement)) this.scroller.focus();
    this.button.hidden = true;
  }

  countUnseen() {
    this.unseen += 1;
    const { textNew, textNewOne } = this.dataset;
    this.button.textContent =
      this.unseen === 1 ? textNewOne : textNew.replace("{number}", this.unseen);
    this.button.hidden = false;
  }

  scrolled() {
    this.isStuck = this.isAtEnd;
    if (this.isStuck) this.forgetUnseen();
    if (this.isStuck) this.tellRead();
    else if (this.scroller.scrollTop < NEAR) this.fetchOlder();
  }

  /* Returns whether it is on this page. */
  jumpTo(number) {
    const row = this.querySelector(`#message-${this.room}-${number}`);
    if (!row) return false;
    this.isStuck = false;
    row.scrollIntoView({ block: "center" });
    row.tabIndex = -1;
    row.focus({ preventScroll: true });
    return true;
  }

  async fetchOlder(event) {
    event?.preventDefault();
    if (this.older.hidden || this.fetching) return;
    this.fetching = true;
    const answer = await this.ask(`?before=${this.first}`);
    this.fetching = false;
    if (!answer) return;
    const fromEnd = this.scroller.scrollHeight - this.scroller.scrollTop;
    for (const { number, html } of answer.frames) {
      if (!this.querySelector(`#message-${this.room}-${number}`))
        this.insert(this.finish(rowFrom(html)), number);
    }
    show(this, answer);
    this.separateDays();
    if (!answer.more && this.older.contains(document.activeElement)) this.scroller.focus();
    this.older.hidden = !answer.more;
    this.scroller.scrollTop = this.scroller.scrollHeight - fromEnd;
  }

  // -- around

  show(state) {
    if (this.chat.dataset.state === state) return;
    const texts = {
      live: this.dataset.textLive,
      polling: this.dataset.textPolling,
      lost: this.dataset.textLost,
      dismissed: this.dataset.textDismissed,
      login: this.dataset.textLogin,
    };
    this.chat.dataset.state = state;
    this.querySelector(".chat__state").textContent = texts[state];
    this.dispatchEvent(new CustomEvent("chat:state", { detail: state }));
  }

  showPeople(html) {
    const place = this.chat.querySelector(".here__content");
    if (this.people === html) return;
    this.people = place.innerHTML = html;
    place.querySelector(`[data-person="${this.me}"]`)?.setAttribute("data-me", "");
  }

  announce(row) {
    const author = row.querySelector(".message__author").textContent;
    const body = row.querySelector(".message__body")?.textContent ?? "";
    this.announcer.say(`${author}: ${body.slice(0, 200)}`);
  }
}

function rowFrom(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

customElements.define("chat-log", ChatLog);

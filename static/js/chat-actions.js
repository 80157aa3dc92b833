/* Answering, editing, deleting and hiding, in the row itself. Without this the same links lead
   to pages with plain forms. */

import { choose, toggle } from "./chat-reactions.js";

const ACTIONS = [
  ["message__react", choose],
  ["palette__who", more],
  ["reaction", toggle],
  ["message__reply", reply],
  ["message__link", copy],
  ["quote", jump],
  ["message__edit", edit],
  ["message__delete", askWhetherToDelete],
  ["message__hide", (log, link, row) => send(log, link, row, "ausblenden/")],
  ["message__reveal", (log, link, row) => send(log, link, row, "einblenden/")],
  ["message__report", more],
  ["message__more", more],
];

/* What acts as a button hears the space bar, too. */
export function press(log, event) {
  if (event.key !== " " || event.target.getAttribute("role") !== "button") return;
  event.preventDefault();
  event.target.click();
}

export function act(log, event) {
  const link = event.target.closest("a");
  const [, action] = ACTIONS.find(([name]) => link?.classList.contains(name)) ?? [];
  if (!action || event.ctrlKey || event.metaKey) return;
  if (action !== copy) link.closest("[popover]")?.hidePopover();
  if (action(log, link, link.closest(".message")) !== false) event.preventDefault();
}

/* Where the focus returns to: a link in a closed menu cannot have it. */
function back(link) {
  const isHidden = link.closest("[popover]:not(:popover-open)");
  (isHidden ? link.closest(".message__actions").querySelector(".message__menu") : link).focus();
}

/* The next three leave the link to lead where it leads if they cannot do better. */

function reply(log, link, row) {
  return !log.dispatchEvent(new CustomEvent("chat:reply", { detail: row, cancelable: true }));
}

function copy(log, link) {
  if (!navigator.clipboard) return false; // there for pages with HTTPS only
  link.words ??= [...link.childNodes]; // a second click finds others there
  navigator.clipboard.writeText(link.href).then(() => {
    link.textContent = log.dataset.textCopied;
    log.announcer.region.textContent = log.dataset.textCopied;
    setTimeout(() => link.replaceChildren(...link.words), 3_000);
  }, () => (location.href = link.href));
}

function jump(log, link) {
  return log.jumpTo(link.dataset.quoted);
}

async function more(log, link) {
  const isShown = await log.chat.querySelector("chat-panel").open(link.href);
  if (!isShown) location.assign(link.href);
}

function edit(log, link, row) {
  const body = row.querySelector(".message__body");
  const form = element("form", "message__editing");
  const field = element("textarea", "composer__text");
  field.value = body.textContent;
  field.setAttribute("aria-label", log.dataset.textEdit);
  form.append(field, button(log.dataset.textSave, "submit"), button(log.dataset.textCancel));
  const close = () => {
    form.replaceWith(body);
    back(link);
  };
  form.querySelector("[type=button]").addEventListener("click", close);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && event.target === field && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(log, link, row, "bearbeiten/", { body: field.value }).then((isDone) => {
      if (isDone && form.isConnected) close(); // nothing had changed
    });
  });
  body.replaceWith(form);
  field.focus();
}

function askWhetherToDelete(log, link, row) {
  row.querySelector(".message__sure")?.remove();
  const question = element("p", "message__sure");
  question.append(
    log.dataset.textSure,
    " ",
    button(log.dataset.textDelete, "submit"),
    button(log.dataset.textCancel),
  );
  const [yes, no] = question.querySelectorAll("button");
  const close = () => {
    question.remove();
    back(link);
  };
  yes.addEventListener("click", () => send(log, link, row, "loeschen/"));
  no.addEventListener("click", close);
  question.addEventListener("keydown", (event) => event.key === "Escape" && close());
  row.append(question);
  yes.focus();
}

async function send(log, link, row, path, fields = {}) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", log.chat.querySelector("[name=csrfmiddlewaretoken]").value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  let sentence = log.dataset.textFailed;
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(link.href + path, { method: "POST", body, headers });
    const answer = await response.json();
    if (response.ok) {
      answer.frames.forEach((frame) => log.take(frame));
      return true;
    }
    sentence = answer.error ?? sentence;
  } catch {
    // no answer, or none of ours: the sentence says so
  }
  complain(row, sentence);
  return false;
}

function complain(row, sentence) {
  row.querySelector(".composer__error")?.remove();
  const error = element("p", "composer__error");
  error.setAttribute("role", "alert");
  row.append(error);
  error.textContent = sentence;
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function button(text, type = "button") {
  const made = element("button", type === "submit" ? "chat__button chat__button--main" : "chat__button");
  made.type = type;
  made.textContent = text;
  return made;
}

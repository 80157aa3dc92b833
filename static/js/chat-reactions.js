/* Reactions in a message's row: how many of each sign, one's own, and a palette to choose from.
   Without this the same links lead to a page with plain forms. */

/* Links act as buttons that are pressed or not. */
export function dress(log, row) {
  const mine = (row.dataset.mine ?? "").split(" ");
  for (const link of row.querySelectorAll(".message__reactions .reaction")) {
    const { sign } = link.dataset;
    const label = palette(log).querySelector(`[data-sign="${sign}"]`)?.getAttribute("aria-label");
    link.setAttribute("role", "button");
    link.setAttribute("aria-label", `${label}: ${link.textContent.replace(sign, "").trim()}`);
    link.setAttribute("aria-pressed", mine.includes(sign));
  }
}

/* "reactions" has all counts of a message, "mine" all of one's own signs; again is fine. */
export function show(log, { reactions = {}, mine = {} }) {
  for (const [number, signs] of Object.entries(mine))
    rowsOf(log, number).forEach((row) => (row.dataset.mine = signs.join(" ")));
  for (const [number, counts] of Object.entries(reactions))
    rowsOf(log, number).forEach((row) => fill(row, counts));
  for (const number of [...Object.keys(mine), ...Object.keys(reactions)])
    rowsOf(log, number).forEach((row) => dress(log, row));
}

function fill(row, counts) {
  const body = row.querySelector(".message__body");
  if (!body) return;
  const place = row.querySelector(".message__reactions") ?? document.createElement("p");
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.sign;
  place.className = "message__reactions";
  place.replaceChildren(
    ...Object.entries(counts).map(([sign, count]) => {
      const link = document.createElement("a");
      link.className = "reaction";
      link.href = row.querySelector(".message__react").href;
      link.dataset.sign = sign;
      link.textContent = `${sign} ${count}`;
      return link;
    }),
  );
  if (!place.isConnected) body.after(place);
  if (focused !== false)
    (place.querySelector(`[data-sign="${focused}"]`) ?? row.querySelector(".message__react")).focus();
}

export function toggle(log, link, row) {
  give(log, row, link.dataset.sign);
}

export function choose(log, link, row) {
  const open = log.querySelector(".message > .palette");
  const wasHere = row.contains(open);
  open?.remove();
  if (wasHere) return;
  const signs = palette(log).cloneNode(true).firstElementChild;
  const close = () => {
    signs.remove();
    link.focus();
  };
  signs.addEventListener("click", (event) => {
    const { sign } = event.target.dataset;
    if (sign) give(log, row, sign);
    if (sign) close();
  });
  signs.addEventListener("keydown", (event) => event.key === "Escape" && close());
  signs.querySelector(".palette__who").href = link.href;
  row.append(signs);
  signs.querySelector("button").focus();
}

async function give(log, row, sign) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", log.chat.querySelector("[name=csrfmiddlewaretoken]").value);
  body.set("sign", sign);
  const address = row.querySelector(".message__react").href;
  try {
    const headers = { Accept: "application/json" };
    const response = await fetch(address, { method: "POST", body, headers });
    const answer = await response.json();
    if (response.ok) show(log, answer);
    else log.announcer.region.textContent = answer.error;
  } catch {
    log.announcer.region.textContent = log.dataset.textFailed;
  }
}

const palette = (log) => log.chat.querySelector(".chat__palette").content;

const rowsOf = (log, number) => log.querySelectorAll(`.message[data-number="${number}"]`);

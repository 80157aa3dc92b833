/* One socket per page, shared by its rooms. Where sockets do not get through, rooms are asked
   every few seconds instead, and the socket is tried again now and then.

   A room is what was given to join(): hear(frame) takes what arrives, catchUp() fetches what
   is missing and resolves to whether that worked, show(state) says how things are: "live",
   "polling", "lost" or "dismissed". */

const HANDSHAKE = 8_000; // proxies may swallow one without a word
const SILENCE = 45_000; // the server beats every 10 s
const TELL_FRAMES = 50; // after which the server hears how many have come …
const TELL_CHARACTERS = 30_000; // … or after so much text
const POLL = 4_000;
const OPEN = 1; // as WebSocket has it, which may not be there
const ANSWER = 4_000; // for which one who posts waits here, and then goes another way
const LOGGED_OUT = 4401; // chat.consumers.Code
const REFUSED = [LOGGED_OUT, 4403, 4410]; // not to come back

const rooms = new Map();
const asked = new Map(); // what is to be done with the answer, by the id of what was posted
let listener = null;
let socket = null;
let received = 0;
let told = 0;
let isDeaf = false; // it may hear us, and we do not hear it: nobody posts by it
let untold = 0;
let heardAt = 0;
let hasWorked = false;
let tries = 0;
let retry = 0;
let polling = 0;

export function join(pk, room) {
  rooms.set(String(pk), room);
  reconnect();
}

/* What is for the reader themselves, on whatever page. */
export function listen(hearNotice) {
  listener = hearNotice;
  reconnect();
}

export function leave(pk) {
  rooms.delete(String(pk));
  reconnect();
}

/* Returns whether it went out. */
export function tell(text) {
  if (socket?.readyState !== OPEN || !hasWorked) return false;
  socket.send(text);
  return true;
}

/* A message by the open socket: room, id, body, answers. Resolves to the answer, with a number
   or an error; or to null if there is no socket, or no answer in time: then send the form, with
   the same id. */
export function post(message) {
  const lang = document.documentElement.lang;
  const isPosted = navigator.onLine && !isDeaf && tell(JSON.stringify({ ...message, lang }));
  if (!isPosted) return Promise.resolve(null);
  return new Promise((resolve) => {
    const patience = setTimeout(() => {
      isDeaf = true;
      answer(message.id, null);
    }, ANSWER);
    asked.set(message.id, (frame) => {
      clearTimeout(patience);
      resolve(frame);
    });
  });
}

function answer(id, frame) {
  const settle = asked.get(id);
  asked.delete(id);
  settle?.(frame);
}

function giveUp() {
  for (const id of [...asked.keys()]) answer(id, null);
}

const jittered = (delay) => delay * (0.5 + Math.random());
const show = (state) => rooms.forEach((room) => room.show(state));

function reconnect() {
  const old = socket;
  socket = null;
  old?.close();
  giveUp();
  clearTimeout(retry);
  retry = setTimeout(connect);
}

function connect() {
  clearTimeout(retry);
  if (socket || !(rooms.size || listener)) return;
  const url = new URL("/live/", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  for (const pk of rooms.keys()) url.searchParams.append("raum", pk);
  received = told = untold = 0;
  isDeaf = false;
  try {
    socket = open(url);
  } catch {
    lose();
  }
}

function open(url) {
  const opened = new WebSocket(url);
  const patience = setTimeout(() => opened.close(), HANDSHAKE);
  opened.addEventListener("message", (event) => {
    clearTimeout(patience);
    if (opened === socket) hear(event.data);
  });
  opened.addEventListener("close", (event) => {
    clearTimeout(patience);
    if (opened === socket) lose(event.code);
  });
  return opened;
}

function hear(data) {
  heardAt = Date.now();
  acknowledge(data);
  if (tries || !hasWorked || polling) show("live");
  hasWorked = true;
  tries = 0;
  clearTimeout(polling);
  polling = 0;
  for (const line of data.split("\n")) {
    const frame = JSON.parse(line);
    if (frame.notice) listener?.(frame.notice);
    if (frame.id) answer(frame.id, frame);
    rooms.get(String(frame.room))?.hear(frame);
  }
}

function acknowledge(data) {
  received += 1;
  untold += data.length;
  if (received - told < TELL_FRAMES && untold < TELL_CHARACTERS) return;
  told = received;
  untold = 0;
  socket.send(String(received));
}

function lose(code) {
  socket = null;
  giveUp();
  if (REFUSED.includes(code)) {
    clearTimeout(polling);
    polling = 0;
    show(code === LOGGED_OUT ? "login" : "dismissed");
    return;
  }
  tries += 1;
  if (!polling && rooms.size) polling = setTimeout(poll, jittered(1_000));
  const delay = Math.min(30_000, 500 * 2 ** tries);
  retry = setTimeout(connect, jittered(!hasWorked && tries > 2 ? 60_000 : delay));
}

async function poll() {
  const answers = await Promise.all([...rooms.values()].map((room) => room.catchUp()));
  if (!polling) return;
  show(answers.every(Boolean) ? "polling" : "lost");
  polling = setTimeout(poll, jittered(document.hidden ? 5 * POLL : POLL));
}

function wake() {
  if (document.hidden) return;
  if (socket && Date.now() - heardAt < SILENCE) rooms.forEach((room) => room.catchUp());
  else if (rooms.size || listener) reconnect();
}

setInterval(() => {
  if (socket?.readyState === OPEN && Date.now() - heardAt > SILENCE) {
    const silent = socket;
    lose();
    silent.close();
  }
}, 10_000);
addEventListener("online", reconnect);
addEventListener("offline", () => show("lost"));
document.addEventListener("visibilitychange", wake);

/* The server's time, whatever this device believes. Several samples are taken, and the one with
   the shortest way there and back counts; again every now and then, and after sleep. */

const ADDRESS = "/uhr/";
const SAMPLES = 5;
const AGAIN = 120_000; // milliseconds
const RETRY = 3_000;
const AGING = 1.5; // a sample of last time counts so much less

let offset = 0; // milliseconds from performance.now() to the server's time
let trip = Infinity; // there and back, of the sample that counts
let started = null;

/* Milliseconds since 1970, once started() has resolved. */
export function serverNow() {
  return performance.now() + offset;
}

export function start() {
  if (started) return started;
  document.addEventListener("visibilitychange", wake);
  return (started = new Promise((resolve) => goOn(resolve)));
}

async function goOn(resolve) {
  trip *= AGING;
  for (let count = 0; count < SAMPLES; count += 1) await sample();
  if (trip < Infinity) resolve();
  setTimeout(() => goOn(resolve), trip < Infinity ? AGAIN : RETRY);
}

async function sample() {
  try {
    const sent = performance.now();
    const response = await fetch(ADDRESS, { signal: AbortSignal.timeout(5_000) });
    const { now } = await response.json();
    const received = performance.now();
    if (received - sent >= trip) return;
    trip = received - sent;
    offset = now - (sent + received) / 2;
  } catch {
    // the next one counts
  }
}

/* While a device sleeps its own clock may stand still. */
function wake() {
  if (document.hidden) return;
  trip = Infinity;
  sample();
}

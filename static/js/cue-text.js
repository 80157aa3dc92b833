/* WebVTT as blocks, as they stand between empty lines. Those with times are texts that can be
   edited; all others, and every text that nobody touches, stay letter by letter. */

const TIME = String.raw`((?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3})`;
const TIMING = new RegExp(String.raw`^\s*${TIME}[ \t]+-->[ \t]+${TIME}([ \t]+\S.*)?\s*$`);
const ASIDE = /^(NOTE|STYLE|REGION)([ \t].*)?$/;
const VOICE = /^<v(?:\.[^\s<>]*)?\s+([^<>]+)>([^]*?)(?:<\/v>)?$/;
const TAG = /(<\/?(?:b|i|u|c|v|lang|ruby|rt)\b[^<>]*>|<[\d:.]+>)/;
const ENTITY = /&(?!(?:amp|lt|gt|nbsp|lrm|rlm|#\d+|#x[\da-f]+);)/gi;

/* Blocks with ``raw``; texts also with ``start`` and ``end`` in seconds, ``voice``, ``text``,
   ``settings`` and the ``line`` of their times. Null where one has no times: then only the
   text as a whole can be edited. */
export function read(source) {
  const lines = source.replace(/\r\n?/g, "\n").split("\n");
  if (!/^\uFEFF?WEBVTT([ \t]|$)/.test(lines[0])) return null;
  const blocks = [];
  let block = null;
  for (const [index, line] of lines.entries()) {
    if (!line.trim()) block = null;
    else if (block) block.raw += `\n${line}`;
    else blocks.push((block = { raw: line, line: index + 1 }));
  }
  return blocks.every((one, index) => index === 0 || readText(one)) ? blocks : null;
}

function readText(block) {
  const lines = block.raw.split("\n");
  if (ASIDE.test(lines[0]) && !lines[0].includes("-->")) return true;
  block.name = lines[0].includes("-->") ? "" : `${lines.shift()}\n`;
  const times = TIMING.exec(lines.shift() ?? "");
  if (!times || lines.some((line) => line.includes("-->"))) return false;
  if (block.name) block.line += 1;
  [block.start, block.end] = [seconds(times[1]), seconds(times[2])];
  block.settings = times[3]?.trimEnd() ?? "";
  const voice = VOICE.exec(lines.join("\n"));
  const rest = voice && !/<\/?v\b/.test(voice[2]) ? voice : null;
  block.voice = plain(rest?.[1].trim() ?? "");
  block.text = plain(rest ? rest[2] : lines.join("\n"));
  return true;
}

export function isText(block) {
  return block.start !== undefined;
}

/* What became of the blocks, as WebVTT. */
export function write(blocks) {
  return `${blocks.map((block) => block.raw).join("\n\n")}\n`;
}

/* After its parts have changed. */
export function rewrite(block) {
  const text = marked(block.text.replace(/\n\s*\n/g, "\n").trim());
  const voice = marked(block.voice.trim()).replace(/[<>\n]/g, " ");
  const times = `${stamp(block.start)} --> ${stamp(block.end)}${block.settings ?? ""}`;
  block.raw = `${block.name ?? ""}${times}\n${voice ? `<v ${voice}>` : ""}${text}`;
}

/* "1:05", "65", "1:05,5" and "01:01:05.500", in seconds; else NaN. */
export function seconds(text) {
  const parts = /^\s*(?:(?:(\d+):)?(\d+):)?(\d+)(?:[.,](\d{1,3}))?\s*$/.exec(text);
  if (!parts) return NaN;
  const [, hours = 0, minutes = 0, whole, rest = ""] = parts;
  return hours * 3600 + minutes * 60 + Number(whole) + Number(rest.padEnd(3, "0")) / 1000;
}

/* As WebVTT has it: 00:03:05.250. */
export function stamp(moment) {
  const thousandths = Math.max(0, Math.round(moment * 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(thousandths / 3_600_000), thousandths / 60_000];
  const rest = String(thousandths % 1000).padStart(3, "0");
  return `${two(hours)}:${two(Math.floor(minutes) % 60)}:${two(Math.floor(thousandths / 1000) % 60)}.${rest}`;
}

function plain(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/* Tags stay tags; every other sign of that kind is just a letter. */
function marked(text) {
  const letters = (part) =>
    part.replace(ENTITY, "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return text
    .split(TAG)
    .map((part, index) => (index % 2 ? part : letters(part)))
    .join("");
}

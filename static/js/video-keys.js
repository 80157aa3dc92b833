/* Keys of the video: they count while the focus is inside; fields and buttons keep their own. */

export function press(player, event) {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (target.closest("select, .player__panel")) return;
  if (target.closest("summary") && key.length > 1) return;
  if (key === " " && target.closest("a, button, summary")) return;
  if (target === player.volume && /^(Arrow|Home|End)/.test(key)) return;
  const act = {
    " ": () => player.toggle(),
    k: () => player.toggle(),
    ArrowLeft: () => player.back(5),
    ArrowRight: () => player.on(5),
    ArrowUp: () => player.louder(0.1),
    ArrowDown: () => player.louder(-0.1),
    j: () => player.back(),
    l: () => player.on(),
    m: () => player.mute(),
    c: () => player.button("captions")?.click(),
    f: () => player.fullscreen(),
    Home: () => player.seek(0),
    End: () => player.seek(player.length),
  }[key.length === 1 ? key.toLowerCase() : key];
  const tenth = () => player.seek((player.length * Number(key)) / 10);
  const does = /^\d$/.test(key) ? tenth : act;
  if (!does) return;
  event.preventDefault();
  does();
}

// The cursor in time: its slider, steps from change to change, playing, and the window.
const SPEEDS = [
  ["1 s/s", SECOND],
  ["10 s/s", 10 * SECOND],
  ["1 min/s", MINUTE],
  ["10 min/s", 10 * MINUTE],
  ["1 h/s", HOUR],
  ["6 h/s", 6 * HOUR],
  ["1 day/s", DAY],
];
const player = { last: 0, timer: 0 };

// How many accounts are in which state at a time, in words.
function census(time) {
  const counts = new Map();
  for (const { states } of state.run?.accounts ?? []) {
    const name = words(valueAt(states, time) ?? "gone");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const { accounts = [], accounts_of: of } = state.run ?? {};
  const first = of > accounts.length ? `the first ${accounts.length} of ${of} accounts: ` : "";
  return first + [...counts].map(([name, number]) => `${number} ${name}`).join(", ");
}

function showTime() {
  const { cursor, window: shown, run } = state;
  if (!shown || !run) return;
  const [from, until] = shown;
  const slider = $("cursor");
  const step = Math.max(SECOND, Math.round((until - from) / 600 / SECOND) * SECOND);
  Object.assign(slider, { min: from, max: until, step });
  slider.value = cursor;
  const date = calendar(cursor);
  const said = census(cursor);
  say($("clock"), clock(cursor));
  say($("census"), said + (date ? ` (${date})` : ""));
  slider.setAttribute("aria-valuetext", `${clock(cursor)}: ${said}`);
}

// The instants at which something changes, each account's own among them.
function instants() {
  const times = new Set();
  const { lines = [], accounts = [] } = state.run ?? {};
  for (const { from, until } of lines) times.add(from).add(until);
  for (const { states } of accounts) for (const [time] of states.slice(1)) times.add(time);
  return [...times].sort((a, b) => a - b);
}

function step(by) {
  const times = instants();
  const time = by > 0 ? times.find((it) => it > state.cursor) : times.findLast((it) => it < state.cursor);
  if (time === undefined) return announce(by > 0 ? "That was the last change." : "That was the first change.");
  change({ playing: false });
  moveTo(time);
  announce(`${clock(time)}: ${lineAt(time)?.text ?? "no change yet"}. ${census(time)}.`);
}

function zoom(by) {
  const [from, until] = state.window ?? [0, end()];
  const width = (until - from) * by;
  // The cursor keeps its place on the screen.
  const share = clamp((state.cursor - from) / (until - from), 0, 1);
  look(state.cursor - width * share, state.cursor + width * (1 - share));
}

function play() {
  if (!state.playing && state.cursor >= end()) moveTo(state.window[0]);
  change({ playing: !state.playing });
}

function showPlaying() {
  say($("play"), state.playing ? "Pause" : "Play");
  clearTimeout(player.timer);
  cancelAnimationFrame(player.timer);
  if (!state.playing) return;
  // Who wants little motion sees one step a second.
  player.last = performance.now();
  if (calm.matches) player.timer = setTimeout(goOn, 1000);
  else player.timer = requestAnimationFrame(goOn);
}

function goOn() {
  if (!state.playing) return;
  const now = performance.now();
  const time = state.cursor + ((now - player.last) / 1000) * Number($("speed").value);
  // Times are whole milliseconds: what is left of a frame counts in the next one.
  if (Math.round(time) > state.cursor) {
    player.last = now;
    moveTo(time);
  }
  if (state.cursor >= end()) return change({ playing: false });
  player.timer = calm.matches ? setTimeout(goOn, 1000) : requestAnimationFrame(goOn);
}

for (const [name, speed] of SPEEDS)
  $("speed").append(make("option", { value: speed, selected: speed === MINUTE }, name));
$("cursor").addEventListener("input", () => moveTo(Number($("cursor").value)));
$("previous").addEventListener("click", () => step(-1));
$("next").addEventListener("click", () => step(1));
$("play").addEventListener("click", play);
$("zoom-in").addEventListener("click", () => zoom(1 / 2));
$("zoom-out").addEventListener("click", () => zoom(2));
$("whole").addEventListener("click", () => look(0, end()));
$("closer").addEventListener("click", () => state.run && look(...state.run.window));
watch("cursor window run good", showTime);
watch("playing", showPlaying);

// What the page shows, in one place. Whoever shows a part of it watches that part.
const page = JSON.parse($("data").textContent);
const state = {
  source: null, // the scenario as it came: name, text, files, command
  original: "", // the text that "Back to the original" brings back
  text: "",
  replication: 0,
  window: null, // from, until: what the time axes show; null until the first run says
  cursor: 0,
  account: 0, // the storage account whose key is shown
  story: null, // what happened to one account, while it is open
  loaded: null, // what the engine says of the text
  good: null, // the scenario of the last text without mistakes
  run: null,
  polls: null,
  recent: null, // polls shortly before the cursor
  picture: null,
  balance: null,
  pinned: null, // the run before, pale in the pictures
  held: null, // what the check of the scene expects: in this run, and in many
  heldInMany: null,
  problem: null,
  playing: false,
  study: null,
  studying: false,
  measure: "dropped",
  scene: -1,
  phase: "free", // guess, open (the answer is shown), or free where there is no scene
};

const watchers = [];
const changed = new Set();
let frame = 0;

function watch(names, act) {
  watchers.push([names.split(" "), act]);
}

// Shows changes before the next frame is painted; or at once, where a frame later is too late.
function change(patch, atOnce = false) {
  for (const [key, value] of Object.entries(patch)) {
    if (state[key] === value) continue;
    state[key] = value;
    changed.add(key);
  }
  if (changed.size === 0) return;
  if (atOnce) settle();
  else frame ||= requestAnimationFrame(settle);
}

function settle() {
  cancelAnimationFrame(frame);
  frame = 0;
  const now = new Set(changed);
  changed.clear();
  for (const [names, act] of watchers) if (names.some((name) => now.has(name))) act(now);
}

const end = () => state.run?.end ?? state.good?.duration ?? DAY;

// A window of the run; the cursor stays where it is.
function look(from, until) {
  const width = clamp(until - from, Math.min(SECOND * 10, end()), end());
  const left = clamp(Math.round(from), 0, end() - width);
  change({ window: [left, Math.round(left + width)] });
  picture.most = null;
  flow.view = true;
  pump();
}

// Moves the cursor; the window follows where the cursor leaves it.
function moveTo(time) {
  const cursor = clamp(Math.round(time), 0, end());
  course.moved = true;
  change({ cursor });
  flow.now = true;
  const [from, until] = state.window ?? [0, end()];
  if (cursor < from || cursor > until) {
    const ahead = state.playing ? 0.1 : 0.5;
    look(cursor - (until - from) * ahead, cursor + (until - from) * (1 - ahead));
  } else {
    pump();
  }
}

// Panels that are on the screen, or nearly.
const near = new Set();
const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) near[isIntersecting ? "add" : "delete"](target.id);
  },
  { rootMargin: "100px" },
);
for (const id of ["accounts", "volumes"]) sight.observe($(id));

// Whether a panel is unfolded. Asking the browser would have it lay out the page each time.
function isShown(id) {
  if (state.phase === "guess") return false;
  return $(id).parentElement.id !== "rest-stage" || $("more").open;
}

const measureOf = (run, name) => run?.measures.find((it) => it.name === name) ?? null;
// The states as they are written in files, and in legends.
const words = (name) => name.replaceAll("_", " ").replace(/^gone$/, "not there");

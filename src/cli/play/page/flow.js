// What follows from a change. At most one list of asks is with the live worker; of what comes
// meanwhile, the newest wins.
const RESTART_AFTER = 300,
  PIN_AFTER = 800,
  SHOW_PROGRESS_AFTER = 200,
  REST = 200;
const flow = {
  hand: null, // the live worker
  run: false, // what is wanted: a new run, a new window, a new cursor
  view: false,
  now: false,
  pin: false,
  fresh: true, // the worker knows nothing yet
  files: true, // it does not know the files of this scenario yet
  writes: new Map(), // values to write into the text, by path
  version: 0, // of the text; what is typed meanwhile wins over what comes back
  touched: -Infinity, // when something was last changed
  began: null, // the input that the next run answers
  job: null,
  took: 0, // how long the last list of asks took
  adopt: false, // the text that comes back is the one to go back to
  cold: 4, // how often a new engine is still to be warmed up
  later: false, // panels out of sight wait until a drag has come to rest
};
window.__timings = [];

// A change of the scenario. A new row of changes keeps the run before it to compare with.
function touch({ keep = true } = {}) {
  const now = performance.now();
  if (keep && now - flow.touched > PIN_AFTER && state.run && !flow.run) flow.pin = true;
  flow.touched = now;
  flow.began ??= window.event?.timeStamp ?? now;
  flow.run = true;
  pump();
}

function edit(text) {
  flow.version += 1;
  flow.writes.clear();
  change({ text });
  touch();
}

function write(settings, text = null) {
  if (text !== null && text !== state.text) {
    flow.version += 1;
    change({ text });
  }
  for (const [path, value] of settings) flow.writes.set(path, value);
  touch();
}

function replicate(replication) {
  change({ replication });
  touch();
}

// Takes another scenario; what is set is written into it before it is shown.
function open(source, { text = source.text, set = [], window: shown = null, cursor = 0, replication = 0 } = {}) {
  flow.version += 1;
  flow.writes = new Map(set.map(split));
  Object.assign(flow, { files: true, pin: false, run: true, touched: performance.now() });
  change({
    source,
    text,
    original: text,
    replication,
    window: shown,
    cursor,
    account: 0,
    story: null,
    run: null,
    polls: null,
    recent: null,
    picture: null,
    balance: null,
    pinned: null,
    held: null,
    study: null,
    problem: null,
  });
  flow.adopt = set.length > 0;
  pump();
}

const split = (setting) => {
  const at = setting.indexOf("=");
  return [setting.slice(0, at).trim(), setting.slice(at + 1).trim()];
};

function pump() {
  if (!flow.hand) return;
  if (flow.job) {
    // A long run that nobody waits for any more is given up.
    const left = flow.job.since + RESTART_AFTER - performance.now();
    if (flow.run && left > 0) setTimeout(pump, left);
    else if (flow.run) halt();
    return;
  }
  // Without a run there is nothing to look at.
  const what = flow.run ? "run" : !state.run ? null : flow.view ? "view" : flow.now ? "now" : null;
  if (!what) return idle();
  send([...beginning(what), ...{ run: runAsks, view: viewAsks, now: nowAsks }[what]()]);
}

// Whether a panel need not be brought up to date yet: nobody sees it, and the next change is near.
function canWait(id) {
  if (near.has(id) || performance.now() - flow.touched > REST) return false;
  flow.later = true;
  catchUp();
  return true;
}

const catchUp = afterRest(REST + 50, () => {
  flow.later = false;
  flow.view = true;
  drawStrips();
  pump();
});

function idle() {
  if (flow.later) return;
  delete document.documentElement.dataset.busy;
  if (state.run || state.loaded) document.documentElement.dataset.ready = "true";
  if (flow.cold > 0 && state.run) {
    flow.cold -= 1;
    setTimeout(warmUp, 50);
  }
}

// A browser compiles what runs often once more, into faster code. So the same run is shown again
// before the first change, which nobody notices. What takes long is not done twice.
function warmUp() {
  if (flow.job || flow.run || flow.took > RESTART_AFTER / 2) return;
  flow.run = true;
  pump();
}

function halt() {
  flow.hand.stop();
}

const replayAsk = () => [{ ask: "replay", replication: state.replication }, replayed];

// What a worker must know before it can answer.
function beginning(what) {
  const asks = [];
  const { name, files } = state.source;
  if (flow.files || flow.fresh) asks.push([{ ask: "unpin" }], [{ ask: "files", name, files: files ?? {} }]);
  if (flow.fresh && what !== "run") asks.push([{ ask: "load", text: state.text }, () => ({})], replayAsk());
  flow.fresh = flow.files = false;
  return asks;
}

function runAsks() {
  const asks = [];
  if (flow.pin) {
    picture.most = state.picture?.most ?? null;
    asks.push([{ ask: "pin" }, pinned]);
  }
  const wanted = [...flow.writes];
  const load = { ask: "load", text: state.text, write: wanted.map((it) => it.join("=")) };
  const version = flow.version;
  asks.push([load, (answer) => loaded(answer, version, wanted)], replayAsk());
  flow.pin = flow.run = false;
  return [...asks, ...viewAsks(), ...checkAsks()];
}

function viewAsks() {
  flow.view = false;
  if (!state.window) return [];
  const [from, until] = state.window;
  const asks = nowAsks();
  if (isShown("accounts") && !canWait("accounts")) asks.push([{ ask: "polls", from, until }, (polls) => ({ polls })]);
  if (isShown("volumes") && !canWait("volumes"))
    asks.push([
      { ask: "picture", from, until, width: picture.width(), ...picture.reach() },
      (picture) => ({ picture }),
    ]);
  return asks;
}

function nowAsks() {
  flow.now = false;
  const asks = [];
  if (isShown("volumes")) asks.push([{ ask: "balance", at: [state.cursor] }, ([balance]) => ({ balance })]);
  if (isShown("key"))
    asks.push([
      { ask: "polls", from: Math.max(0, state.cursor - 5 * MINUTE), until: state.cursor + 1 },
      (recent) => ({ recent }),
    ]);
  return asks;
}

function loaded(answer, version, wanted) {
  const patch = { loaded: answer, problem: null };
  if (version === flow.version) {
    patch.text = answer.text;
    if (flow.adopt) patch.original = answer.text;
    flow.adopt = false;
    for (const [path, value] of wanted) if (flow.writes.get(path) === value) flow.writes.delete(path);
  }
  if (answer.scenario) patch.good = answer.scenario;
  return patch;
}

function replayed(run) {
  const [from, until] = state.window ?? run.window;
  run.rules = Object.fromEntries(run.rules.map((rule) => [rule.id, rule]));
  const patch = { run };
  if (!state.window || until > run.end) {
    const width = Math.min(until - from, run.end);
    const right = Math.min(until, run.end);
    patch.window = [right - width, right];
    flow.view = true;
  }
  if (state.run === null && state.cursor === 0 && state.scene < 0) {
    patch.cursor = run.lines.find((line) => line.from > run.window[0])?.from ?? run.window[0];
    flow.now = true;
  }
  if (state.cursor > run.end) patch.cursor = run.end;
  return patch;
}

const pinned = () => ({ pinned: { gist: state.run.gist, text: state.text, fingerprint: state.run.fingerprint } });

// Sends [[ask, what to make of the answer], ...] and shows all answers together.
async function send(list) {
  const since = performance.now();
  const job = { since, began: flow.began };
  flow.job = job;
  flow.began = null;
  document.documentElement.dataset.busy = "true";
  const late = setTimeout(showProgress, SHOW_PROGRESS_AFTER, true);
  const reply = await flow.hand.ask(
    list.map(([ask]) => ask),
    (part) => {
      $("progress").querySelector("progress").value = part;
    },
  );
  clearTimeout(late);
  flow.took = performance.now() - since;
  showProgress(false);
  flow.job = null;
  const patch = {};
  reply.answers.forEach((answer, at) => {
    if (answer !== null && list[at][1]) Object.assign(patch, list[at][1](JSON.parse(answer)));
  });
  if (reply.refused) {
    patch.problem = reply.refused;
    flow.writes.clear();
  }
  if (reply.trap) patch.problem = `The engine stopped: ${reply.trap}`;
  if (reply.trap || reply.stopped) {
    Object.assign(flow, { fresh: true, pin: false });
    patch.pinned = null;
  }
  if (reply.stopped && !flow.run) patch.problem = "Stopped. The page shows the run before.";
  change(patch, true);
  if (patch.run && job.began !== null) painted(job.began);
  pump();
}

// Asks that nothing else waits for: they go when the worker is free.
async function soon(list) {
  while (flow.job || flow.run || !state.run) await new Promise((done) => setTimeout(done, 20));
  await send([...beginning("soon"), ...list]);
}

// After the frame that shows it.
function painted(began) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.__timings.push(performance.now() - began);
    port2.postMessage(null);
  });
}

function showProgress(shown) {
  $("progress").hidden = !shown;
  if (shown) $("progress").querySelector("progress").value = 0;
}

$("stop").addEventListener("click", halt);

// One row for each storage account: its state at the cursor in words, and a strip of its states
// and polls over the window.
const POLLS = ["granted", "unreachable", "denied"];
const strips = { rows: [], shape: "", left: 0, width: 0, axis: null, line: null };
const STATES = [
  "serving",
  "revoking",
  "isolated",
  "recovering from outage",
  "revoked",
  "recovering from revocation",
  "storage down",
  "not there",
  "deleted",
];
const stateClass = (name) => `s-${name.replaceAll(" ", "-")}`;
const swatch = (name) =>
  draw(
    "svg",
    { class: "swatch", viewBox: "0 0 14 14", "aria-hidden": "true" },
    draw("rect", { width: 14, height: 14, class: stateClass(name) }),
  );

const several = () => (state.good?.clusters.length ?? 1) > 1;

function accountName({ cluster, number }) {
  return several() ? `${cluster} ${number}` : `Account ${number}`;
}

function buildStrips() {
  const accounts = state.run?.accounts ?? [];
  const shape = accounts.map(accountName).join();
  if (shape === strips.shape) return;
  strips.shape = shape;
  strips.rows = accounts.map((account, index) => {
    const row = { word: make("span", { class: "word" }), box: make("span", { class: "box" }), name: null };
    row.svg = draw("svg", { class: "strip", "aria-hidden": "true", preserveAspectRatio: "none" });
    row.button = make(
      "button",
      { type: "button", class: "account", click: () => openStory(index) },
      make(
        "span",
        { class: "name" },
        several() ? accountName(account) : [make("span", { class: "unseen" }, "Account "), String(account.number)],
      ),
      row.box,
      row.word,
    );
    row.element = make("div", { class: "row" }, row.button, row.svg);
    return row;
  });
  // The states stand below each other, however long the names are.
  const longest = Math.max(2, ...accounts.map((account) => (several() ? accountName(account).length : 2)));
  $("strips").style.setProperty("--name", `${longest}ch`);
  strips.axis = draw("svg", { class: "axis", "aria-hidden": "true" });
  strips.line = make("div", { class: "line" });
  const note =
    state.run && state.run.accounts_of > accounts.length
      ? make("p", { class: "note" }, `The first ${accounts.length} of ${state.run.accounts_of} accounts.`)
      : null;
  $("strips").replaceChildren(
    ...strips.rows.map((row) => row.element),
    make("div", { class: "row" }, make("span", {}), strips.axis),
    strips.line,
    ...(note ? [note] : []),
  );
  measureStrips();
}

function measureStrips() {
  if (!strips.axis || !isShown("accounts")) return;
  const outer = $("strips").getBoundingClientRect();
  const inner = strips.axis.getBoundingClientRect();
  strips.left = inner.left - outer.left;
  strips.width = inner.width;
}

const stripX = (time) => {
  const [from, until] = state.window;
  return ((time - from) / (until - from)) * strips.width;
};

// A path for each state: rectangles from its beginning to the next one's.
function statePaths(states, height) {
  const [from, until] = state.window;
  const paths = new Map();
  for (let at = Math.max(0, indexAt(states, from)); at < states.length && states[at][0] <= until; at += 1) {
    const left = Math.max(0, stripX(states[at][0]));
    const right = Math.min(strips.width, stripX(states[at + 1]?.[0] ?? end()));
    const name = words(states[at][1]);
    // What is narrower than a pixel can still be seen.
    const d = `M${left.toFixed(1)} 0h${Math.max(1, right - left).toFixed(1)}v${height}h${-Math.max(1, right - left).toFixed(1)}z`;
    paths.set(name, (paths.get(name) ?? "") + d);
  }
  return [...paths].map(([name, d]) => draw("path", { d, class: stateClass(name) }));
}

// Granted: an upright line; unreachable: a hollow diamond; denied: a cross. They differ without colours.
function pollMark(answer, x, top, height, dense = false) {
  const middle = top + height / 2;
  const half = Math.max(2, Math.round(height * (dense ? 0.25 : 0.4)));
  if (answer === "granted") return `M${x} ${top}v${height}`;
  if (answer === "unreachable") return `M${x - half} ${middle}l${half} ${-half}l${half} ${half}l${-half} ${half}z`;
  return `M${x - half} ${middle - half}l${2 * half} ${2 * half}M${x - half} ${middle + half}l${2 * half} ${-2 * half}`;
}

function pollPaths(polls, top, height) {
  const paths = { granted: "", unreachable: "", denied: "" };
  const dense = polls.length * height > strips.width;
  for (const [, time, answer] of polls)
    paths[answer] += pollMark(answer, Math.round(stripX(time) * 2) / 2, top, height, dense);
  return POLLS.filter((answer) => paths[answer]).map((answer) =>
    draw("path", { d: paths[answer], class: `p-${answer}` }),
  );
}

function drawStrips() {
  if (!state.run || !state.window || !isShown("accounts") || canWait("accounts")) return;
  buildStrips();
  if (!strips.width) measureStrips();
  const row = Math.round(rem() * 1.625);
  const marked = state.polls?.polls.length > 0;
  const band = Math.round(row * (marked ? 0.46 : 0.75));
  const box = `0 0 ${strips.width} ${Math.round(rem() * 1.5)}`;
  const byAccount = Map.groupBy?.(state.polls?.polls ?? [], (poll) => poll[0]) ?? groupPolls(state.polls?.polls ?? []);
  strips.rows.forEach(({ svg }, index) => {
    const account = state.run.accounts[index];
    svg.setAttribute("viewBox", box);
    svg.replaceChildren(
      ...statePaths(account.states, band),
      ...pollPaths(byAccount.get(index) ?? [], band + 1, row - band - 4),
    );
  });
  drawAxis();
  showCursor();
  showLegend();
}

function groupPolls(polls) {
  const groups = new Map();
  for (const poll of polls) {
    if (!groups.has(poll[0])) groups.set(poll[0], []);
    groups.get(poll[0]).push(poll);
  }
  return groups;
}

function drawAxis() {
  const most = Math.max(2, Math.floor(strips.width / (rem() * 5.8)));
  const parts = ticks(state.window, most).flatMap(([time, label]) => {
    const x = stripX(time);
    const anchor = x < 30 ? "start" : x > strips.width - 34 ? "end" : "middle";
    return [
      draw("path", { d: `M${x.toFixed(1)} 0v5`, class: "tick" }),
      draw("text", { x: x.toFixed(1), y: "1.15em", "text-anchor": anchor }, label),
    ];
  });
  strips.axis.setAttribute("viewBox", `0 0 ${strips.width} ${Math.round(rem() * 1.5)}`);
  strips.axis.replaceChildren(...parts);
}

function showCursor() {
  const { run, cursor, window: shown, account } = state;
  if (!run || !shown || !strips.line) return;
  const x = stripX(cursor);
  strips.line.hidden = x < -1 || x > strips.width + 1;
  strips.line.style.transform = `translateX(${strips.left + x}px)`;
  strips.rows.forEach((row, index) => {
    const name = words(valueAt(run.accounts[index].states, cursor) ?? "gone");
    if (row.name !== name) {
      row.name = name;
      say(row.word, name);
      row.box.replaceChildren(swatch(name));
    }
    row.button.setAttribute("aria-pressed", index === account && state.story !== null);
  });
}

function showLegend() {
  const { run, polls } = state;
  const [from, until] = state.window;
  const seen = new Set(
    run.accounts.flatMap(({ states }) =>
      states
        .filter(([time], at) => time <= until && (states[at + 1]?.[0] ?? Infinity) > from)
        .map(([, name]) => words(name)),
    ),
  );
  const key = [...seen].join() + (polls?.polls.length > 0);
  if (strips.legend !== key) {
    strips.legend = key;
    const marks = POLLS.map((answer) =>
      make(
        "span",
        {},
        draw(
          "svg",
          { class: "swatch", viewBox: "0 0 14 14", "aria-hidden": "true" },
          draw("path", { d: pollMark(answer, 7, 2, 10), class: `p-${answer}` }),
        ),
        `poll ${answer}`,
      ),
    );
    $("legend").replaceChildren(
      ...STATES.filter((name) => seen.has(name)).map((name) => make("span", {}, swatch(name), name)),
      ...(polls?.polls.length ? marks : []),
    );
  }
  say(
    $("polls-note"),
    polls && polls.polls.length === 0 && polls.of > 0
      ? `${count(polls.of)} polls in this window: zoom in to see them.`
      : "Select an account to read its story.",
  );
}

// The story of one account, in words.
async function openStory(account) {
  change({ account });
  await soon([[{ ask: "account", account }, (story) => ({ story })]]);
  strips.told = state.run.fingerprint;
  $("story").focus();
}

function closeStory() {
  change({ story: null });
  strips.rows[state.account]?.button.focus();
}

function showStory() {
  const { story, account, run, cursor } = state;
  $("story").hidden = story === null;
  if (story === null || !run) return;
  const passed = story.findLastIndex(({ at }) => at <= cursor);
  const items = story.map(({ at, text, rule }, index) =>
    make(
      "li",
      { "aria-current": index === passed ? "step" : null },
      button(clock(at), () => moveTo(at), { class: "quiet" }),
      ` ${text.replace(/^storage account[^:]*: /, "").replace(" -> ", " \u2192 ")} `,
      rule ? make("span", { class: "note" }, `[${rule}]`) : "",
    ),
  );
  $("story").replaceChildren(
    make(
      "div",
      { class: "bar" },
      make(
        "h3",
        { id: "story-title" },
        `The story of ${accountName(run.accounts[account]).replace("Account", "account")}`,
      ),
      button("Close", closeStory),
    ),
    make("ol", { class: "lines" }, items),
  );
}

function dragCursor(event) {
  const x = event.clientX - $("strips").getBoundingClientRect().left - strips.left;
  const [from, until] = state.window;
  const second = Math.round((from + clamp(x / strips.width, 0, 1) * (until - from)) / SECOND) * SECOND;
  // The window stays under the pointer.
  moveTo(clamp(second, from, until));
}

$("strips").addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || event.target.closest("button") || !state.run) return;
  $("strips").setPointerCapture(event.pointerId);
  change({ playing: false });
  dragCursor(event);
});
$("strips").addEventListener("pointermove", (event) => {
  if ($("strips").hasPointerCapture(event.pointerId)) dragCursor(event);
});
$("story").tabIndex = -1;
watch("run polls window", drawStrips);
watch("cursor account story", showCursor);
watch("story cursor", showStory);
// A story is of one run.
watch("run", () => state.story && strips.told !== state.run?.fingerprint && change({ story: null }));

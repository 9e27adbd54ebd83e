// A guess before the answer: one of several sentences, a number, or a curve; and what is said of it.
const UNITS = { minutes: 60, hours: 3600, GB: 1e9, TB: 1e12, percent: 0.01, count: 1 };
const SAMPLES = 65;

// How a volume is written that is a round number.
function volume(bytes) {
  const unit = [
    ["TB", 1e12],
    ["GB", 1e9],
    ["MB", 1e6],
    ["kB", 1e3],
  ].find(([, size]) => bytes >= size) ?? ["B", 1];
  return `${+(bytes / unit[1]).toPrecision(3)} ${unit[0]}`;
}

function roundTop(bytes) {
  const power = 10 ** Math.floor(Math.log10(Math.max(bytes, 1)));
  return [1, 2, 2.5, 5, 10, 20].map((it) => it * power).find((it) => it >= bytes * 1.05);
}

// The form of a guess. `ready` is called with whether there is a guess now.
function guessForm(guess, own, ready) {
  if (guess.kind === "choice") return choiceForm(guess.choices, own, ready);
  if (guess.kind === "number") return numberForm(guess, own, ready);
  return curveForm(guess, own, ready);
}

function choiceForm(choices, own, ready, act = () => {}) {
  const items = choices.map(({ text }, at) =>
    button(
      text,
      () => {
        own.guess = at;
        items.forEach((it, index) => it.setAttribute("aria-pressed", index === at));
        ready(true);
        act(at);
      },
      { class: "choice", "aria-pressed": own.guess === at },
    ),
  );
  return make("div", { class: "choices" }, items);
}

function numberForm({ unit }, own, ready) {
  const input = make("input", {
    type: "number",
    step: "any",
    min: 0,
    id: "guess-number",
    value: own.guess ?? null,
    "aria-label": unit === "count" ? "Your guess" : `Your guess in ${unit}`,
    input: () => {
      own.guess = input.value === "" || Number(input.value) < 0 ? undefined : Number(input.value);
      ready(own.guess !== undefined);
    },
    keydown: (event) => {
      if (event.key === "Enter" && own.guess !== undefined) reveal();
    },
  });
  return make("div", { class: "bar" }, input, unit === "count" ? "" : unit === "percent" ? "%" : unit);
}

function curveForm({ series }, own, ready) {
  const box = make("div", { class: "curve-box" }, make("p", { class: "note" }, "The run is computed."));
  own.guess ??= Array(POINTS).fill(0);
  const drawn = () => ready(own.guess.some((share) => share > 0));
  drawn();
  askTruth(series).then((truth) => {
    if (!truth) return;
    own.truth = truth;
    box.replaceChildren(
      curveWidget({ shares: own.guess, window: truth.window, top: truth.top, says: truth.says, drawn }),
      make("p", { class: "note" }, "Draw with the pointer, or move the points with the arrow keys."),
    );
  });
  return box;
}

// The true curve over the window of the scene.
async function askTruth(series) {
  const scene = state.scene;
  const [from, until] = page.scenes[scene].window ?? state.window;
  const at = Array.from({ length: SAMPLES }, (_, index) => Math.round(from + ((until - from) * index) / (SAMPLES - 1)));
  let truth = null;
  await soon([
    [
      { ask: "balance", at },
      (balances) => {
        const values = balances.map((balance) => balance.find((it) => it.name === series));
        const most = roundTop(Math.max(...values.map((it) => it.bytes)));
        truth = {
          window: [from, until],
          top: { text: volume(most) },
          says: values[0].says,
          shares: values.map((it) => it.bytes / most),
        };
        return {};
      },
    ],
  ]);
  return scene === state.scene ? truth : null;
}

// What is said after the answer is known.
function guessFeedback(guess, own) {
  if (own.guess === undefined) return make("p", { class: "note" }, "You skipped the guess.");
  if (guess.kind === "choice") return choiceFeedback(guess.choices, own.guess);
  if (guess.kind === "number") return numberFeedback(guess, own);
  return curveFeedback(own);
}

function choiceFeedback(choices, own) {
  const right = choices.findIndex((it) => it.right);
  const shown = choices.map((choice, at) => ({ ...choice, at })).filter(({ at }) => at === own || at === right);
  return make(
    "ul",
    { class: "feedback" },
    shown.map(({ text, says, at }) =>
      make(
        "li",
        { class: at === right ? "pass" : "fail" },
        make("b", {}, at === own ? (at === right ? "Your guess, and right" : "Your guess") : "Right"),
        `: ${text}`,
        says ? make("p", {}, says) : "",
      ),
    ),
  );
}

function numberFeedback({ answer, unit, within = 10 }, own) {
  own.true ??= measureOf(state.run, answer);
  if (!own.true) return make("p", {}, `Your guess: ${own.guess}.`);
  const truth = own.true.number / (UNITS[unit] ?? 1);
  const right = Math.abs(own.guess - truth) <= (Math.abs(truth) * within) / 100;
  const shown = `${+truth.toPrecision(3)}${unit === "percent" ? "%" : unit === "count" ? "" : ` ${unit}`}`;
  const most = Math.max(own.guess, truth, 1e-9);
  const bar = (label, value, kind) => [
    make("dt", {}, label),
    make(
      "dd",
      {},
      barOf(value / most, kind),
      value === truth ? shown : `${own.guess}${unit === "percent" ? "%" : unit === "count" ? "" : ` ${unit}`}`,
    ),
  ];
  return make(
    "div",
    { class: `feedback ${right ? "pass" : "fail"}` },
    make("b", {}, right ? "Right, or near enough" : own.guess > truth ? "Too high" : "Too low"),
    make("dl", { class: "beside" }, bar("your guess", own.guess, "own"), bar("the run", truth, "true")),
  );
}

const barOf = (share, kind) =>
  draw(
    "svg",
    { class: `bar-of b-${kind}`, viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { width: Math.max(0.5, share * 100).toFixed(1), height: 10 }),
  );

function curveFeedback(own) {
  if (!own.truth) return make("p", { class: "note" }, "The true curve is in the picture.");
  const { shares, top, says, window: shown } = own.truth;
  const drawn = shares.map((_, at) => {
    const place = (at / (SAMPLES - 1)) * (POINTS - 1),
      low = Math.min(Math.floor(place), POINTS - 2);
    return own.guess[low] + (own.guess[low + 1] - own.guess[low]) * (place - low);
  });
  const off = drawn.reduce((sum, share, at) => sum + Math.abs(share - shares[at]), 0) / SAMPLES;
  const most = Math.max(...shares, 0.01);
  const right = off / most < 0.15;
  return make(
    "div",
    { class: `feedback ${right ? "pass" : "fail"}` },
    make("b", {}, right ? "Right, or near enough" : "Not quite"),
    ` On average your curve is ${Math.round((off / most) * 100)}% of the highest value away from the true one.`,
    curveWidget({ shares: own.guess, window: shown, top, truth: shares, says }),
    make(
      "p",
      { class: "note" },
      make("span", { class: "key k-guess" }),
      "your curve ",
      make("span", { class: "key k-true" }),
      "the run",
    ),
  );
}

// The one control of a scene, and whether what it asks for is reached.
const goalsOfRun = () => (sceneNow()?.check?.goal ?? []).filter((goal) => !isProbability(goal));

function checkAsks() {
  const expectations = goalsOfRun();
  return expectations.length ? [[{ ask: "holds", expectations }, (held) => ({ held })]] : [];
}

async function drawControl(control) {
  const box = $("control");
  box.hidden = !control;
  if (!control) return box.replaceChildren();
  const scene = state.scene;
  box.replaceChildren(...paragraphs(control.text), control.choices ? switchOf(control.choices) : "");
  if (!control.path) return;
  await soon([
    [
      { ask: "values", axis: `${control.path}=${control.values}` },
      (values) => {
        if (scene === state.scene && state.phase === "open")
          box.replaceChildren(...paragraphs(control.text), sliderOf(control.path, values));
        return {};
      },
    ],
  ]);
}

function sliderOf(path, values) {
  const known =
    state.good?.controls.find((it) => it.path === path)?.value ??
    (sceneNow().set ?? []).map(split).find(([it]) => it === path)?.[1];
  const output = make("output", { for: "scene-control" });
  const show = () => {
    course.value = values[input.value];
    say(output, values[input.value]);
    input.setAttribute("aria-valuetext", values[input.value]);
  };
  const input = make("input", {
    type: "range",
    id: "scene-control",
    min: 0,
    max: values.length - 1,
    step: 1,
    "aria-label": path,
    input: () => {
      show();
      write([[path, values[input.value]]]);
    },
  });
  input.value = known === undefined ? 0 : nearest(values, known);
  show();
  if (known !== undefined && !values.includes(known)) say(output, known);
  course.follow = () => {
    const value = state.good?.controls.find((it) => it.path === path)?.value;
    if (value === undefined || flow.writes.has(path)) return;
    input.value = nearest(values, value);
    course.value = value;
    say(output, value);
    input.setAttribute("aria-valuetext", value);
  };
  return make("div", { class: "control" }, output, input);
}

// Each way writes into the text as it was at the beginning of the scene.
function switchOf(choices) {
  const written = ([path, value]) =>
    new RegExp(`^\\s*${path.split(".").at(-1)}\\s*=\\s*"?${value.replace(/[^\w]/g, "\\$&")}"?\\s*(#|$)`, "m").test(
      state.text,
    );
  const isWritten = ({ set }) => (set ?? []).length > 0 && set.map(split).every(written);
  const tried = (course.tried = new Set(choices.flatMap((choice, at) => (isWritten(choice) ? [at] : []))));
  const options = choices.map((choice, at) =>
    make(
      "label",
      {},
      make("input", {
        type: "radio",
        name: "scene-switch",
        value: at,
        checked: isWritten(choice),
        change: () => {
          tried.add(at);
          write((choice.set ?? []).map(split), state.original);
          showCheck();
        },
      }),
      choice.text,
    ),
  );
  return make("div", { class: "switch", role: "radiogroup", "aria-label": "What happens" }, options);
}

function showCheck() {
  const { check } = sceneNow() ?? {};
  if (!check || state.phase !== "open" || !course.status) return;
  const own = ownNow();
  const all = [...(state.held ?? []), ...(state.heldInMany ?? [])];
  const [parts, reached] = check.goal
    ? goalStatus(check, all)
    : check.cursor
      ? cursorStatus(check.cursor)
      : choiceStatus(check, own.checked);
  if (reached && !own.done && !hasRested()) return course.status.replaceChildren(...parts);
  if (reached && !own.done) {
    own.done = true;
    keep();
    showScenes();
    announce(`Reached. ${check.done ?? ""}`);
  }
  if (own.done) parts.push(make("p", { class: "done" }, make("b", {}, "Done. "), check.done ?? ""));
  course.status.replaceChildren(...parts);
  if (!reached) check.since = 0;
  $("control").classList.toggle("is-done", Boolean(own.done));
}

// Who only passes by has not found it.
const SETTLED_AFTER = 800;
function hasRested() {
  const { check } = sceneNow();
  check.since ||= performance.now();
  const left = check.since + SETTLED_AFTER - performance.now();
  if (left > 0) setTimeout(showCheck, left + 1);
  return left <= 0;
}

const sameValue = (one, other) => one?.replaceAll(" ", "") === other.replaceAll(" ", "");

function goalStatus({ goal: goals, value }, all) {
  const found = goals.map((goal) => all.find((it) => it.text === goal) ?? null);
  const ordered = all.length === goals.length ? all : found;
  const items = goals.map((goal, at) => goalItem(goal, ordered[at]));
  // While runs are counted, the last word is not spoken.
  const hold = ordered.every((it) => it?.passed === true) && !state.studying;
  const wanted = !value || sameValue(course.value, value);
  const parts = [make("ul", { class: "goals" }, items)];
  if (hold && !wanted) parts.push(make("p", { class: "open" }, "It holds here, but not only here: go on."));
  return [parts, hold && wanted];
}

const GOALS = { true: ["pass", "holds"], false: ["open", "not yet"], null: ["open", "undecided"] };
function goalItem(goal, found) {
  const [kind, word] = GOALS[found?.passed ?? null];
  // Exact numbers are for the program.
  const actual = found?.actual?.replace(/, [\d,.]+ (B|s)$/, "");
  const note = actual ? make("span", { class: "note" }, ` (${/^\d/.test(actual) ? "it is " : ""}${actual})`) : "";
  return make("li", {}, make("b", { class: kind }, word), ` ${goal}`, note);
}

function cursorStatus([from, until]) {
  return [[], state.cursor >= timeOf(from) && state.cursor <= timeOf(until) && course.moved];
}

function choiceStatus({ choices }, picked) {
  const choice = choices?.[picked];
  const all = sceneNow().control?.choices?.length ?? 0;
  const tried = course.tried?.size ?? 0;
  if (tried < all) return [[make("p", { class: "open" }, `Try the others first: ${tried} of ${all} so far.`)], false];
  if (!choice) return [[], false];
  return [
    [make("p", { class: choice.right ? "pass" : "fail" }, choice.says ?? (choice.right ? "Right." : "No."))],
    Boolean(choice.right),
  ];
}

watch("held heldInMany cursor studying", showCheck);
watch("good", () => course.follow?.());

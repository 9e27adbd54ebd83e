// Controls for values in the text. Moving one writes its value into the text; typing moves the control.
const OPEN_GROUPS = 2;
const controls = { shape: "", of: "", rows: new Map() };

const groupWords = (group) => group.charAt(0).toUpperCase() + group.slice(1);

function showControls() {
  const all = state.good?.controls ?? [];
  const shape = JSON.stringify([state.source.name, all.map(({ path, says, group }) => [path, says, group])]);
  if (shape !== controls.shape) buildControls(all);
  controls.shape = shape;
  for (const control of all) {
    const row = controls.rows.get(control.path);
    updateControl(row, control);
  }
}

function buildControls(all) {
  controls.rows.clear();
  const groups = new Map();
  for (const control of all) {
    if (!groups.has(control.group)) groups.set(control.group, []);
    groups.get(control.group).push(controlRow(control));
  }
  const same = controls.of === state.source.name;
  controls.of = state.source.name;
  const wasOpen = new Set(
    !same ? [] : [...$("controls").querySelectorAll("details[open]")].map((it) => it.dataset.group),
  );
  const first = same ? 0 : OPEN_GROUPS;
  $("controls").replaceChildren(
    ...[...groups].map(([group, rows], at) =>
      make(
        "details",
        { "data-group": group, open: at < first || wasOpen.has(group) },
        make("summary", {}, groupWords(group), make("span", { class: "note" }, ` ${rows.length}`)),
        make("fieldset", { "aria-label": groupWords(group) }, rows),
      ),
    ),
  );
}

function controlRow(control) {
  const id = `control-${control.path}`;
  const output = make("output", { for: id });
  const input = make("input", {
    id,
    type: "range",
    min: 0,
    step: 1,
    input: () => {
      const value = row.values[input.value];
      shownValue(row, value);
      write([[control.path, value]]);
    },
  });
  const row = { values: [], input, output };
  controls.rows.set(control.path, row);
  return make(
    "div",
    { class: "control", title: control.path },
    make("label", { for: id }, control.says),
    output,
    input,
  );
}

function shownValue({ input, output }, value) {
  say(output, value);
  input.setAttribute("aria-valuetext", value);
}

function updateControl(row, { path, value, at, values }) {
  // What is still on its way to the text is newer than what the text says.
  if (flow.writes.has(path)) return;
  // The engine suggests values around the one in the text. A control that can show it stays as it
  // is, so that nothing jumps under the pointer.
  const known = row.values.indexOf(value);
  if (known < 0) row.values = values;
  row.input.max = row.values.length - 1;
  row.input.value = known >= 0 ? known : (at ?? nearest(values, value));
  row.input.disabled = row.values.length < 2;
  shownValue(row, value);
}

// A duration, a volume or a number, to compare with others of its kind.
function sizeOf(value) {
  if (/^[\d.]+ ?[dhms]/.test(value)) return timeOf(value);
  const unit = { k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 }[/^[\d.]+ ([kMGTP])B/.exec(value)?.[1]] ?? 1;
  return parseFloat(value) * unit;
}

// Where a value stands that is none of the steps.
function nearest(values, value) {
  const wanted = sizeOf(value);
  if (Number.isNaN(wanted)) return 0;
  const distances = values.map((it) => Math.abs(sizeOf(it) - wanted));
  return Math.max(0, distances.indexOf(Math.min(...distances)));
}

watch("good", showControls);

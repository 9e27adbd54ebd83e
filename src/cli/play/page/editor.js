// The scenario as text: numbered lines, mistakes marked where they are, and listed below.
const editor = { lines: 0 };
const SEVERITY = { error: "Mistake", warning: "Warning", hint: "Hint" };

function showText() {
  const area = $("text");
  if (area.value !== state.text) {
    const { selectionStart, selectionEnd } = area;
    const focused = document.activeElement === area;
    area.value = state.text;
    if (focused) area.setSelectionRange(selectionStart, selectionEnd);
  }
  $("original").disabled = state.text === state.original;
}

function showNumbers() {
  const mistakes = state.loaded?.mistakes ?? [];
  const lines = state.text.split("\n").length;
  const worst = new Map();
  for (const { line, file, severity } of mistakes) if (!file && worst.get(line) !== "error") worst.set(line, severity);
  const key = lines + JSON.stringify([...worst]);
  if (editor.lines === key) return;
  editor.lines = key;
  const numbers = Array.from({ length: lines }, (_, at) =>
    make("div", { class: worst.get(at + 1) ?? null }, String(at + 1)),
  );
  $("numbers").replaceChildren(...numbers);
}

// A layer under the text, with the same letters, of which only the marks can be seen.
function showMarks() {
  const parts = [];
  let at = 0;
  const places = (state.loaded?.mistakes ?? [])
    .filter((it) => !it.file && it.from !== null)
    .sort((a, b) => a.from - b.from);
  for (const { from, to, severity } of places) {
    if (from < at) continue;
    parts.push(
      state.text.slice(at, from),
      make("mark", { class: severity }, state.text.slice(from, Math.max(to, from + 1)).replace("\n", " \n")),
    );
    at = Math.max(to, from + 1);
  }
  $("marks").replaceChildren(...parts, state.text.slice(at), "\n");
}

function mistakesInWords(mistakes) {
  const errors = mistakes.filter((it) => it.severity === "error");
  if (errors.length === 0)
    return mistakes.length === 0
      ? "No mistakes."
      : `${mistakes.length === 1 ? "1 remark" : `${mistakes.length} remarks`}; the scenario runs.`;
  const first = errors[0];
  return `${errors.length === 1 ? "1 mistake" : `${errors.length} mistakes`}. Line ${first.line}: ${first.message}`;
}

function showMistakes() {
  const mistakes = state.loaded?.mistakes ?? [];
  say(
    $("mistakes-count"),
    state.loaded
      ? mistakesInWords(mistakes)
          .split(". Line")[0]
          .replace(/([a-z])$/, "$1.")
      : "",
  );
  $("mistakes").replaceChildren(...mistakes.map(mistakeItem));
}

function mistakeItem(mistake) {
  const { severity, message, label, file, line, column, from, to, help, remedies } = mistake;
  const place = `${file ? `${file}, ` : ""}line ${line}, column ${column}`;
  const head = [make("b", { class: severity }, SEVERITY[severity] ?? severity), ` ${message}`];
  if (label) head.push(make("span", { class: "note" }, ` (${label})`));
  return make(
    "li",
    {},
    make(
      "p",
      {},
      ...head,
      " ",
      file || from === null
        ? make("span", { class: "note" }, place)
        : button(place, () => jump(from, to), { class: "quiet" }),
    ),
    (help ?? []).map((it) => make("p", { class: "note" }, it)),
    (remedies ?? []).map((remedy) => button(remedy.says, () => mend(remedy))),
  );
}

function jump(from, to) {
  const area = $("text");
  area.focus();
  area.setSelectionRange(from, to);
  const line = state.text.slice(0, from).split("\n").length;
  const height = parseFloat(getComputedStyle(area).lineHeight);
  area.scrollTop = (line - 1) * height - area.clientHeight / 2;
}

function mend({ from, to, text, says }) {
  edit(state.text.slice(0, from) + text + state.text.slice(to));
  announce(`${says}: done.`);
  $("text").focus();
}

function scrollTogether() {
  const { scrollTop, scrollLeft } = $("text");
  $("numbers").style.transform = `translateY(${-scrollTop}px)`;
  $("marks").style.transform = `translate(${-scrollLeft}px, ${-scrollTop}px)`;
}

// While something is dragged the text shows where it was changed, if it is in sight at all.
$("text").addEventListener("input", () => edit($("text").value));
$("text").addEventListener("scroll", scrollTogether);
$("original").addEventListener("click", () => {
  change({ replication: 0 });
  edit(state.original);
  announce("The original text is back.");
});
$("replication").addEventListener("change", () => {
  const number = Math.max(0, Math.floor(Number($("replication").value) || 0));
  replicate(number);
});
watch("text original", showText);
watch("text loaded", showNumbers);
watch("text loaded", showMarks);
watch("loaded", showMistakes);
watch("replication", () => {
  $("replication").value = state.replication;
});

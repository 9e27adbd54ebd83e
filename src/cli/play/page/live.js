// The head of the page, and what is said aloud: what a change did, once it has come to rest.
function announce(words) {
  // The same words twice would not be read out again.
  const live = $("live");
  live.textContent = live.textContent === words ? words + "\u00a0" : words;
}

const clearFlash = afterRest(2500, () => $("flash")?.remove());
function flash(words) {
  $("flash")?.remove();
  document.body.append(make("p", { id: "flash", "aria-hidden": "true" }, words));
  clearFlash();
}

const spoken = { run: null };
const TOLD = [
  ["dropped", (text) => (nothing(text) ? "nothing dropped" : `${text} dropped`)],
  ["query_downtime", (text) => (nothing(text) ? "queries always worked" : `queries failed for ${text}`)],
];
const nothing = (text) => /^0 ?(B|s|ms)?$/.test(text);

// "nothing dropped (before: 12 GB); queries failed for 16m 30s"
function difference(run, before) {
  return TOLD.map(([name, tell]) => {
    const [now, then] = [measureOf(run, name), measureOf(before, name)];
    if (!now) return null;
    const changed = then && then.text !== now.text;
    return tell(now.text) + (changed ? ` (before: ${nothing(then.text) ? "none" : then.text})` : "");
  })
    .filter(Boolean)
    .join("; ");
}

const tellRun = afterRest(700, () => {
  const { run, phase, loaded } = state;
  if (loaded && !loaded.scenario) return announce(mistakesInWords(loaded.mistakes));
  if (!run || phase === "guess") return;
  if (spoken.run === null) announce(run.gist);
  else if (spoken.run.fingerprint !== run.fingerprint) announce(`Run again: ${difference(run, spoken.run)}.`);
  spoken.run = run;
});

function showHead() {
  const { good, run, phase, problem, loaded, scene } = state;
  const title = page.scenes[scene]?.title ?? (good?.title || state.source?.name || "cmksim");
  say($("title"), title);
  if (document.title !== `${title} (cmksim)`) document.title = `${title} (cmksim)`;
  const hidden = phase === "guess" || !run;
  say(
    $("gist"),
    run
      ? phase === "guess"
        ? good?.clusters.length
          ? scenarioInWords(good)
          : ""
        : run.gist
      : loaded && !loaded.scenario
        ? "The scenario has mistakes. They are marked in the text."
        : "The engine starts.",
  );
  $("stage").hidden = Boolean(loaded && !run && !good);
  $("fingerprint").hidden = hidden;
  if (run) {
    say($("fingerprint"), `fingerprint ${run.fingerprint.slice(0, 16)}`);
    $("fingerprint").title = `${run.fingerprint}: copy`;
    document.documentElement.dataset.fingerprint = run.fingerprint;
  }
  $("problem").hidden = !problem;
  say($("problem"), problem ?? "");
  $("stale").hidden = !(loaded && !loaded.scenario && run);
  // A scene asks for something else than its scenario expects.
  showVerdict(hidden || scene >= 0 ? null : run);
}

// Before the answer: only what the scenario is, not what comes of it.
function scenarioInWords({ clusters, workspaces, duration }) {
  const many = (list, word) => (list.length === 1 ? `1 ${word}` : `${list.length} ${word}s`);
  return `${many(clusters, "cluster")}, ${many(workspaces, "workspace")}, ${span(duration)}`;
}

function verdictInWords(all) {
  const failed = all.filter((it) => it.passed === false).length;
  const open = all.filter((it) => it.passed === null).length;
  const parts = [failed && `${failed} of ${all.length} expectations fail`, open && `${open} undecided`].filter(Boolean);
  return parts.join(", ") || (all.length === 1 ? "the expectation holds" : `all ${all.length} expectations hold`);
}

const VERDICT = { pass: "holds", fail: "fails" };
function showVerdict(run) {
  const box = $("verdict");
  const all = run?.expectations ?? [];
  box.hidden = all.length === 0;
  const failed = all.some((it) => it.passed === false);
  const summary = box.querySelector("summary");
  summary.className = failed ? "fail" : "pass";
  say(summary, verdictInWords(all));
  box.querySelector("ul").replaceChildren(...all.map(verdictItem));
}

const verdictItem = ({ text, passed, actual }) => {
  const kind = passed === null ? "open" : passed ? "pass" : "fail";
  const word = passed === null ? "undecided" : VERDICT[kind];
  return make(
    "li",
    {},
    make("b", { class: kind }, word),
    ` ${text}`,
    actual ? make("span", { class: "note" }, ` (${/^\d/.test(actual) ? "it is " : ""}${actual})`) : "",
  );
};

watch("run good phase problem loaded scene source", showHead);
watch("run loaded phase", tellRun);

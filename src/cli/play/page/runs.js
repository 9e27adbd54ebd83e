// Many runs of the scenario, in a worker of their own, and how a measure is spread over them.
const BLOCK_TIME = 100;
const runs = { hand: null, wanted: false, block: 20, of: "", bars: [], count: 0 };

async function study() {
  if (!state.good || state.studying) return;
  const total = Number($("study-count").value);
  const { text, source } = state;
  runs.wanted = true;
  Object.assign(runs, { of: text, block: 20 });
  change({ studying: true, study: null });
  const first = [
    { ask: "files", name: source.name, files: source.files ?? {} },
    { ask: "load", text },
    { ask: "replay", replication: 0 },
  ];
  let reply = await runs.hand.ask(first, () => {});
  let done = 0;
  while (runs.wanted && done < total && !reply.trap && !reply.refused) {
    const began = performance.now();
    const block = Math.min(runs.block, total - done);
    reply = await runs.hand.ask([{ ask: "study", measure: state.measure, count: block }, ...goalsOfMany()], () => {});
    if (reply.stopped || !reply.answers[0]) break;
    done += block;
    runs.block = nextBlock(block, performance.now() - began);
    takeStudy(reply);
  }
  const patch = { studying: false };
  if (reply.trap || reply.refused) patch.problem = reply.trap ?? reply.refused;
  change(patch);
  if (state.study && state.phase !== "guess") announce(studyWords(state.study));
}

// Blocks grow until one takes about a tenth of a second.
const nextBlock = (block, took) => clamp(Math.round(block * clamp(BLOCK_TIME / Math.max(took, 1), 0.5, 4)), 5, 5000);

function takeStudy({ answers }) {
  const patch = { study: JSON.parse(answers[0]) };
  if (answers[1]) patch.heldInMany = JSON.parse(answers[1]);
  change(patch);
}

// A goal that is a probability is decided by many runs.
const isProbability = (goal) => /^\s*(probability|mean|p\d+|max|min|std)\b/.test(goal);
function goalsOfMany() {
  const goals = (page.scenes[state.scene]?.check?.goal ?? []).filter(isProbability);
  return goals.length ? [{ ask: "holds", expectations: goals }] : [];
}

function stopStudy() {
  runs.wanted = false;
}

// The same runs by another measure.
async function measureAgain() {
  change({ measure: $("measure").value });
  if (!state.study || state.studying) return;
  change({ studying: true });
  const reply = await runs.hand.ask([{ ask: "study", measure: state.measure, count: 0 }], () => {});
  if (reply.answers[0]) takeStudy(reply);
  change({ studying: false });
}

// Runs of another text say nothing of this one.
function outdated() {
  if (state.text === runs.of) return;
  if (state.studying) runs.hand.stop();
  runs.wanted = false;
  change({ study: null, heldInMany: null });
}

const lossWords = {
  dropped: "some data dropped",
  query_downtime: "some time without queries",
  buffered_peak: "some data buffered",
  hot_deleted: "some hot cache deleted",
};
const shareWords = ({ any, count: of }) => `${+((any.count / Math.max(of, 1)) * 100).toPrecision(3)}%`;
const studyWords = (study) =>
  `${count(study.count)} runs: ${lossWords[study.measure] ?? "any"} in ${shareWords(study)} (95% interval ${study.any.interval}).`;

function showStudy() {
  const { study, studying } = state;
  say($("study"), `Run ${count($("study-count").value)}`);
  $("study").disabled = studying || !state.good;
  $("study-stop").hidden = !studying;
  $("measure").value = state.measure;
  say(
    $("study-words"),
    study
      ? studyWords(study)
      : "Each run draws other random values. Together they show how far the result depends on chance.",
  );
  showBars(study);
  showFigures(study);
  showStudyVerdicts(study?.expectations ?? []);
}

function showStudyVerdicts(all) {
  const box = $("study-verdicts");
  box.hidden = all.length === 0;
  say(box.querySelector("summary"), verdictInWords(all));
  box.querySelector("ul").replaceChildren(...all.map(verdictItem));
}

function showBars(study) {
  const box = $("histogram");
  box.hidden = !study || !study.bins.length;
  if (box.hidden) return;
  const { bins } = study;
  if (runs.bars.length !== bins.length || runs.bars[0].parentElement !== box) {
    runs.bars = bins.map(() => make("button", { type: "button", class: "bin" }, make("span", { class: "fill" })));
    runs.bars.forEach((bar, at) => bar.addEventListener("click", () => pick(at)));
    box.replaceChildren(
      make("div", { class: "bins", role: "group", "aria-label": "Runs by their result" }, runs.bars),
      make("p", { class: "ends note" }, make("span"), make("span")),
      make(
        "p",
        { class: "note" },
        "Select a bar to show one of its runs. The bar of the run on the page has the other colour.",
      ),
    );
  }
  const most = Math.max(...bins.map((bin) => bin.count), 1);
  bins.forEach((bin, at) => showBar(runs.bars[at], bin, most));
  const [low, high] = box.querySelectorAll(".ends span");
  say(low, bins[0].label.split(" to ")[0]);
  say(high, bins.at(-1).label.split(" to ").at(-1));
}

function showBar(bar, { label, count: number, replication }, most) {
  const share = number / most;
  bar.firstElementChild.style.height = number ? `max(3px, ${(share * 100).toFixed(1)}%)` : "0";
  const words = `${label}: ${number === 1 ? "1 run" : `${count(number)} runs`}${number ? `. Show replication ${replication}` : ""}`;
  bar.title = words;
  bar.setAttribute("aria-label", words);
  bar.disabled = number === 0;
  bar.setAttribute("aria-pressed", number > 0 && replication === state.replication);
}

function pick(at) {
  const { replication, label } = state.study.bins[at];
  replicate(replication);
  announce(`Replication ${replication} is shown: ${label}.`);
  flash(`Replication ${replication} is shown`);
}

function showFigures(study) {
  const figures = study ? [["mean", study.mean], ...study.quantiles] : [];
  const items = figures
    .filter(([, value]) => value)
    .map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)));
  if (study?.worst)
    items.push(
      make(
        "div",
        {},
        make("dt", {}, "worst"),
        make(
          "dd",
          {},
          button(study.worst.text, () => replicate(study.worst.replication), {
            class: "quiet",
            title: `Show replication ${study.worst.replication}`,
          }),
        ),
      ),
    );
  if (study?.fingerprint)
    items.push(make("div", {}, make("dt", {}, "fingerprint"), make("dd", {}, study.fingerprint.slice(0, 16))));
  $("study-figures").replaceChildren(...items);
}

$("study").addEventListener("click", study);
$("study-stop").addEventListener("click", stopStudy);
$("study-count").addEventListener("change", showStudy);
$("measure").addEventListener("change", measureAgain);
watch("text", outdated);
watch("study studying measure replication good", showStudy);

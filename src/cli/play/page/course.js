// The course: one scene at a time. First a guess, then the answer, then something to find out.
const PANELS = { accounts: "accounts", data: "volumes", key: "key", runs: "runs" };
const STAGE = ["control", "time", "accounts", "happened", "volumes", "key", "runs"];
const course = { key: "", progress: [], status: null, value: null, moved: false };

const sceneNow = () => page.scenes[state.scene] ?? null;
const ownNow = () => course.progress[state.scene];

function recall() {
  course.key = `cmksim course: ${page.scenes.map((it) => it.title).join("|")}`;
  let kept = [];
  // A browser may forbid it for files; then the page remembers nothing.
  try {
    kept = JSON.parse(localStorage.getItem(course.key)) ?? [];
  } catch {
    /* nothing to do */
  }
  course.progress = page.scenes.map((_, at) => kept[at] ?? {});
}

function keep() {
  try {
    localStorage.setItem(course.key, JSON.stringify(course.progress));
  } catch {
    /* nothing to do */
  }
}

// Shows the words of a scene; what runs is up to the caller.
function showScene(scene, phase = null) {
  const own = course.progress[scene];
  if (phase === "open") own.open = true;
  const guessing = page.scenes[scene].guess && !own.open;
  // Nothing of the scene before may be taken for this one's.
  change(
    {
      scene,
      run: null,
      picture: null,
      polls: null,
      phase: guessing ? "guess" : "open",
      playing: false,
      heldInMany: null,
    },
    true,
  );
}

function enter(scene) {
  showScene(scene);
  const { scenario, set, window: shown, cursor, reveal: answer } = sceneNow();
  const seen = state.phase === "open" ? (answer ?? {}) : {};
  open(scenario, {
    set: [...(set ?? []), ...(seen.set ?? [])],
    window: seen.window ?? shown ?? null,
    cursor: seen.cursor ?? cursor ?? 0,
  });
  spoken.run = null;
  course.moved = false;
  scrollTo(0, 0);
}

// Scenes have their panel beside them; all else is behind "More".
function arrange() {
  const scene = sceneNow();
  const guessing = state.phase === "guess";
  $("scenes").hidden = $("scene").hidden = $("more").hidden = !scene;
  $("title").classList.toggle("unseen", Boolean(scene));
  document.body.classList.toggle("course", Boolean(scene));
  document.body.classList.toggle("guessing", guessing);
  $("cover").hidden = !guessing;
  if (!scene) return;
  const panel = PANELS[(state.phase === "open" && scene.reveal?.panel) || scene.panel] ?? "accounts";
  const beside = new Set(["control", panel, ...(panel === "runs" ? [] : ["time", "happened"])]);
  $("rest-side").append($("scenario"));
  for (const id of STAGE) $(beside.has(id) ? "stage" : "rest-stage").append($(id));
  if (panel !== "runs") $("stage").append($(panel), $("happened"));
  $("more").hidden = guessing;
  if (scene.more) $("more").open = true;
}

function showScenes() {
  const items = page.scenes.map(({ title }, at) => {
    const done = course.progress[at].done;
    return make(
      "li",
      {},
      button(
        [make("span", { class: "number" }, String(at + 1)), " ", make("span", { class: "name" }, title)],
        () => enter(at),
        {
          "aria-current": at === state.scene ? "step" : null,
          title,
          class: done ? "is-done" : null,
        },
      ),
    );
  });
  $("scenes")
    .querySelector("ol")
    .replaceChildren(...items);
}

const paragraphs = (words) =>
  (words ?? "")
    .trim()
    .split(/\n\s*\n/)
    .filter(Boolean)
    .map((it) => make("p", {}, it.replace(/\s*\n\s*/g, " ")));

function drawScene() {
  const scene = sceneNow();
  if (!scene) return;
  const guessing = state.phase === "guess";
  const own = ownNow();
  const head = make(
    "p",
    { class: "note" },
    `Scene ${state.scene + 1} of ${page.scenes.length}${scene.minutes ? `, about ${scene.minutes} minutes` : ""}`,
  );
  const parts = [
    head,
    make("h2", { id: "scene-title", tabindex: -1 }, scene.title),
    make("details", { open: guessing }, make("summary", {}, "The situation"), paragraphs(scene.text)),
  ];
  if (scene.guess)
    parts.push(
      guessing
        ? guessPart(scene.guess, own)
        : make("section", { class: "part" }, make("h3", {}, scene.guess.ask), guessFeedback(scene.guess, own)),
    );
  if (!guessing && scene.reveal)
    parts.push(make("section", { class: "part", id: "answer" }, paragraphs(scene.reveal.text)));
  $("scene").replaceChildren(...parts);
  $("task")?.remove();
  if (!guessing) course.task = make("div", { id: "task" }, ...taskParts(scene));
  placeTask(guessing);
  drawControl(guessing ? null : scene.control);
  showCheck();
}

// In one column the task comes after the pictures that it is about.
const oneColumn = matchMedia("(max-width: 61.99rem)");
function placeTask(guessing = state.phase === "guess") {
  if (!course.task || guessing || !sceneNow()) return;
  if (oneColumn.matches) $("stage").after(course.task);
  else $("scene").append(course.task);
}
oneColumn.addEventListener("change", () => placeTask());

function guessPart(guess, own) {
  const go = button("Reveal", reveal, { class: "main", id: "reveal", disabled: true });
  const form = guessForm(guess, own, (ready) => {
    go.disabled = !ready;
  });
  go.disabled = own.guess === undefined;
  return make(
    "section",
    { class: "part", "aria-labelledby": "guess-ask" },
    make("h3", { id: "guess-ask" }, guess.ask),
    form,
    make("p", { class: "bar" }, go),
  );
}

function taskParts({ check, why, belief }) {
  const parts = [];
  if (check) parts.push(checkPart(check));
  if (why) parts.push(whyPart(why, belief));
  const next = page.scenes[state.scene + 1];
  if (next)
    parts.push(
      make(
        "p",
        { class: "bar" },
        button(
          `Next: ${next.title}`,
          () => {
            enter(state.scene + 1);
            $("scene-title").focus();
          },
          { class: "main" },
        ),
      ),
    );
  return parts;
}

function checkPart(check) {
  course.status = make("div", { class: "status" });
  const own = ownNow();
  const picked = { guess: own.checked };
  const answer = check.choices
    ? choiceForm(
        check.choices,
        picked,
        () => {},
        (at) => {
          own.checked = at;
          showCheck();
        },
      )
    : "";
  return make(
    "section",
    { class: "part", "aria-labelledby": "check-title" },
    make("h3", { id: "check-title" }, "Find out"),
    paragraphs(check.text),
    answer,
    course.status,
  );
}

function whyPart({ rule, text }, belief) {
  const about = make("p", { class: "note" });
  if (rule)
    soon([
      [
        { ask: "rule", id: rule },
        (known) => {
          say(
            about,
            known
              ? `Rule ${rule} (${known.status}): ${known.text}${known.source ? ` Source: ${known.source}` : ""}`
              : `Rule ${rule}`,
          );
          return {};
        },
      ],
    ]);
  const believed = belief ? make("p", {}, make("b", {}, "Often believed: "), `${belief}.`) : "";
  return make("details", { class: "part" }, make("summary", {}, "Why"), believed, paragraphs(text), about);
}

function reveal() {
  const { reveal: answer } = sceneNow();
  ownNow().open = true;
  if (answer?.set) write(answer.set.map(split));
  change({ phase: "open" }, true);
  keep();
  if (answer?.window) look(...answer.window);
  if (answer?.cursor !== undefined) moveTo(answer.cursor);
  course.moved = false;
  flow.view = true;
  pump();
  $("scene-title").focus({ preventScroll: true });
  announce(`${$("answer")?.textContent ?? ""}`);
}

function skip() {
  delete ownNow().guess;
  reveal();
}

function startAgain() {
  if (course.progress.some((it) => it.done || it.open) && !confirm("Forget all guesses and begin with scene 1?")) return;
  course.progress = page.scenes.map(() => ({}));
  keep();
  showScenes();
  enter(0);
}

$("skip").addEventListener("click", skip);
$("start-again").addEventListener("click", startAgain);
watch("scene phase", arrange);
watch("scene", showScenes);
watch("scene phase", drawScene);

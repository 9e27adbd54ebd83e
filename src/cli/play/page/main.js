// Starts the page.
async function begin() {
  say($("version"), `cmksim ${page.version}. This page needs no network and sends nothing.`);
  try {
    await compileEngine();
  } catch (error) {
    return change({ problem: `The engine does not start in this browser: ${error.message}` });
  }
  flow.hand = hire();
  runs.hand = hire();
  recall();
  const kept = await inAddress();
  if (kept && restore(kept)) return;
  if (page.scenes.length)
    enter(
      Math.max(
        0,
        course.progress.findIndex((it) => !it.done),
      ),
    );
  else open(page.scenario);
}

// Pictures are drawn for the width that they have.
const resized = afterRest(120, () => {
  sizes.rem = picture.room = key.width = 0;
  measureStrips();
  drawStrips();
  showPictureCursor();
  showKey();
  flow.view = true;
  pump();
});
// Paper cannot be opened: what is said lies open on it.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("#scene details, #rule")) details.open = true;
});

let width = 0;
new ResizeObserver(([{ contentRect }]) => {
  if (Math.abs(contentRect.width - width) < 1) return;
  width = contentRect.width;
  resized();
}).observe($("main"));
$("more").addEventListener("toggle", resized);

begin();

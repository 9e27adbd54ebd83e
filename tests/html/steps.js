// Presses what steps through each log, and says what is not as it should be; `null` where
// nothing steps.
(() => {
  const wrong = [];
  const boxes = [...document.querySelectorAll(".steps")];
  if (!boxes.length) return null;
  const logs = [...document.querySelectorAll("tbody")].filter((it) => it.querySelector("[data-from]"));
  if (logs.length !== boxes.length) wrong.push(`${logs.length} logs, ${boxes.length} to step through`);
  // What says what a change was, by which rule, and where it is, is to be that of a row.
  const expect = (box, log, number, by) => {
    const say = (what) => wrong.push(`${by}, change ${number + 1}: ${what}`);
    const row = log.rows[number];
    if (String([...log.querySelectorAll("[aria-current]")].map((it) => it.rowIndex)) !== String(row.rowIndex))
      say("is not marked in the log");
    const told = box.querySelector(".both").textContent;
    const link = row.querySelector("a");
    const rule = link && document.getElementById(link.hash.slice(1)).closest("tr");
    for (const cell of [...row.cells, ...(rule ? rule.cells : [])])
      if (!told.includes(cell.textContent)) say("does not show " + cell.textContent);
    if (!box.textContent.includes(`${number + 1} of ${log.rows.length}`)) say("has another number");
    const figure = box.closest("figure");
    const { width } = figure.querySelector("svg").viewBox.baseVal;
    const unit = width / figure.querySelector("svg").getAttribute("width");
    const { from } = row.querySelector("[data-from]").dataset;
    const places = [...figure.querySelectorAll("table[data-from]")].map((it) => it.dataset)
      .filter((it) => +it.from <= from && from <= +it.until)
      .map((it) => unit * (+it.left + (it.right - it.left) * (from - it.from) / (it.until - it.from)));
    const lines = [...figure.querySelectorAll(".mark line")].map((it) => +it.getAttribute("x1"));
    if (!places.length || lines.length !== places.length || places.some((x, at) => Math.abs(x - lines[at]) > 1))
      say(`is marked at ${lines}, not at ${places}`);
  };
  boxes.forEach((box, at) => {
    const log = logs[at];
    const last = log.rows.length - 1;
    const [back, on] = box.querySelectorAll("button");
    const slider = box.querySelector("input");
    const press = (key, more) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
    expect(box, log, 0, "at first");
    back.click();
    expect(box, log, 0, "before the first");
    on.click();
    expect(box, log, 1, "next");
    back.click();
    expect(box, log, 0, "previous");
    box.dispatchEvent(new Event("pointerdown", { bubbles: true }));
    press("ArrowRight");
    press("ArrowRight");
    press("ArrowRight", { altKey: true });
    expect(box, log, 2, "right");
    press("ArrowLeft");
    expect(box, log, 1, "left");
    slider.value = last + 1;
    slider.dispatchEvent(new Event("input"));
    expect(box, log, last, "the slider");
    on.click();
    expect(box, log, last, "behind the last");
    if (on.getAttribute("aria-disabled") !== "true" || back.getAttribute("aria-disabled") !== "false")
      wrong.push("the buttons do not say where the end is");
  });
  return wrong;
})()

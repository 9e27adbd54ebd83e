// Steps through the changes of a log above the last picture of a run before it: each change with
// its rule, and where it stands in the picture.
{
  const make = (name, attributes, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  // The cells of a row below the heads of their columns, but for the first ones.
  const entries = (row, first) => [...row.cells].slice(first).flatMap((cell) => [
    make("dt", {}, row.closest("table").tHead.rows[0].cells[cell.cellIndex].textContent),
    make("dd", {}, ...cell.cloneNode(true).childNodes),
  ]);
  const rule = (row) => {
    const link = row.querySelector("a");
    return link ? entries(document.getElementById(link.hash.slice(1)).closest("tr"), 1) : [];
  };
  const stepper = (figure, rows) => {
    const svg = figure.querySelector("svg");
    const panels = [...figure.querySelectorAll("table[data-from]")].map((table) => ({
      ...place(table), from: +table.dataset.from, until: +table.dataset.until }));
    const mark = svg.appendChild(draw(svg, "g", { class: "mark" }));
    const button = (words) => make("button", { type: "button" }, words);
    const [back, on] = [button("\u25c0 Previous change"), button("Next change \u25b6")];
    const slider = make("input", { type: "range", min: 1, max: rows.length, "aria-label": "Change" });
    const where = make("span", {});
    const [what, why] = [make("dl", {}), make("dl", {})];
    const caption = rows[0].closest("table").caption;
    const about = caption.className === "unseen" ? "" : caption.textContent + ".";
    let at = 0;
    const show = (to) => {
      rows[at].removeAttribute("aria-current");
      at = Math.max(0, Math.min(rows.length - 1, to));
      const row = rows[at];
      row.setAttribute("aria-current", "step");
      where.textContent = `${at + 1} of ${rows.length}`;
      slider.value = at + 1;
      slider.setAttribute("aria-valuetext", `${where.textContent}: ${row.cells[0].textContent}`);
      back.setAttribute("aria-disabled", at === 0);
      on.setAttribute("aria-disabled", at === rows.length - 1);
      const cells = entries(row, 0);
      what.replaceChildren(...cells.slice(0, -2));
      why.replaceChildren(...cells.slice(-2), ...rule(row));
      mark.replaceChildren(...panels.flatMap((panel) => shapes(panel, row.querySelector("[data-from]"))));
    };
    // From the first to the last time of a change, and a line with a tip at the first.
    const shapes = (panel, { dataset: { from, until } }) => {
      if (until < panel.from || panel.until < from) return [];
      const unit = point(svg);
      const x = (time) => (panel.left + (panel.right - panel.left) * Math.max(0, Math.min(1,
        (time - panel.from) / (panel.until - panel.from)))) * unit;
      const [top, bottom] = [panel.top * unit, panel.bottom * unit];
      const stretch = draw(svg, "rect", { x: x(from), y: top, width: x(until) - x(from), height: bottom - top });
      if (from < panel.from) return [stretch];
      const tip = `${x(from)},${top} ${x(from) - 5 * unit},${top - 8 * unit} ${x(from) + 5 * unit},${top - 8 * unit}`;
      return [stretch, draw(svg, "line", { x1: x(from), x2: x(from), y1: top, y2: bottom }),
        draw(svg, "polygon", { points: tip })];
    };
    // Where the picture is wider than its box, the box is moved to the mark.
    const step = (by) => {
      show(at + by);
      const tip = mark.lastElementChild.getBoundingClientRect();
      const scroller = svg.parentElement;
      scroller.scrollLeft += tip.left - scroller.getBoundingClientRect().left - scroller.clientWidth / 2;
    };
    back.addEventListener("click", () => step(-1));
    on.addEventListener("click", () => step(1));
    slider.addEventListener("input", () => step(slider.value - 1 - at));
    const keys = make("span", { class: "note keys" }, "The left and right arrow keys do the same.");
    const box = make("div", { class: "steps", role: "group", "aria-label": "Step through what happened" },
      make("div", { class: "bar" }, back, on, where, slider, keys),
      make("div", { class: "note" }, about),
      make("div", { class: "both", "aria-live": "polite" }, what, why));
    // Above the picture both are on a screen, however low that is.
    figure.prepend(box);
    show(0);
    return { figure, step };
  };
  const steppers = [];
  let figure = null;
  for (const table of document.querySelectorAll("table")) {
    if (table.dataset.from) figure = table.closest("figure");
    if (!figure || !table.querySelector("tbody [data-from]")) continue;
    steppers.push(stepper(figure, [...table.tBodies[0].rows]));
    figure = null;
  }
  // Of several the keys move the one that was used last.
  let [used] = steppers;
  for (const name of ["focusin", "pointerdown"])
    document.addEventListener(name, (event) => {
      used = steppers.find((of) => of.figure.contains(event.target)) ?? used;
    });
  document.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const scroller = event.target.closest(".scroll, pre");
    const own = event.target.matches("input") || (scroller && scroller.scrollWidth > scroller.clientWidth);
    if (!by || !used || own || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    used.step(by);
  });
}

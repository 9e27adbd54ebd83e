// Where a panel is in its picture, in points, and how much of the drawing's own unit a point is.
const place = (table) => ({
  left: +table.dataset.left, right: +table.dataset.right,
  top: +table.dataset.top, bottom: +table.dataset.bottom,
});
const point = (svg) => svg.viewBox.baseVal.width / svg.getAttribute("width");
const draw = (svg, name, attributes) => {
  const shape = document.createElementNS(svg.namespaceURI, name);
  for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
  return shape;
};

// A line under the pointer, and the row of the table that stands there.
for (const figure of document.querySelectorAll("figure")) {
  const svg = figure.querySelector("svg");
  const panels = [...figure.querySelectorAll("table[data-left]")].map((table) => ({
    ...place(table),
    names: [...table.tHead.rows[0].cells].map((cell) => cell.textContent),
    rows: [...table.tBodies[0].rows].map((row) => ({
      x: +row.dataset.x, cells: [...row.cells].map((cell) => cell.textContent) })),
  })).filter((panel) => panel.rows.length);
  if (!svg || !panels.length) continue;
  const line = draw(svg, "line", { class: "cursor" });
  const reading = document.createElement("output");
  reading.className = "reading";
  reading.textContent = "Point at the picture to read it.";
  figure.querySelector(".scroll").after(reading);
  const between = (low, value, high) => low <= value && value <= high;
  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * svg.getAttribute("width");
    const y = (event.clientY - box.top) / box.height * svg.getAttribute("height");
    const panel = panels.find((of) => between(of.left, x, of.right) && between(of.top, y, of.bottom));
    if (!panel) return line.remove();
    const row = panel.rows.reduce((a, b) => Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a);
    for (const [name, value] of [["x1", row.x], ["x2", row.x], ["y1", panel.top], ["y2", panel.bottom]])
      line.setAttribute(name, value * point(svg));
    svg.append(line);
    reading.textContent = row.cells.map((cell, at) => panel.names[at] + ": " + cell).join("; ");
  });
  svg.addEventListener("pointerleave", () => line.remove());
}

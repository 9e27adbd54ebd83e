// A curve over the window, drawn by hand: points that a pointer or the keys move.
const POINTS = 13,
  WIDE = 640,
  TALL = 260,
  EDGE = { left: 8, right: 8, top: 26, bottom: 28 };
const curveX = (at, of) => EDGE.left + ((WIDE - EDGE.left - EDGE.right) * at) / (of - 1);
const curveY = (share) => TALL - EDGE.bottom - (TALL - EDGE.top - EDGE.bottom) * share;
const curvePath = (shares) =>
  shares
    .map((share, at) => `${at ? "L" : "M"}${curveX(at, shares.length).toFixed(1)} ${curveY(share).toFixed(1)}`)
    .join("");

// `shares` are heights from 0 to 1, changed in place; `truth` is drawn over them, once it is known.
function curveWidget({ shares, window: shown, top, truth = null, says, drawn = () => {} }) {
  const line = draw("path", { class: "guess-line" });
  const handles = shares.map((_, at) => (truth ? null : handle(shares, at, shown, top, says, () => show())));
  const svg = draw("svg", {
    viewBox: `0 0 ${WIDE} ${TALL}`,
    class: "curve",
    role: truth ? "img" : "group",
    "aria-label": truth
      ? `Your curve of ${says}, and the true one`
      : `Draw ${says}: ${POINTS} points, each moved with the arrow keys`,
  });
  const show = () => {
    line.setAttribute("d", curvePath(shares));
    handles.forEach((it, at) => it && placeHandle(it, shares[at], at, top));
    drawn();
  };
  svg.append(
    draw("path", {
      d: `M${EDGE.left} ${curveY(0)}H${WIDE - EDGE.right}M${EDGE.left} ${curveY(1)}H${WIDE - EDGE.right}`,
      class: "tick",
    }),
    draw("text", { x: EDGE.left, y: curveY(1) - 6, class: "faint" }, top.text),
    ...curveTicks(shown),
    ...eventMarks(shown),
    line,
    ...(truth ? [draw("path", { d: curvePath(truth), class: "true-line" })] : handles),
  );
  if (!truth) drawByHand(svg, shares, show);
  show();
  return svg;
}

// When something begins or ends that the scenario says, and the text of the scene too.
const eventMarks = ([from, until]) =>
  (state.run?.lines ?? [])
    .filter(({ rule, from: time }) => rule === "scenario" && time > from && time < until)
    .map(({ from: time }) => {
      const x = curveX((time - from) / (until - from), 2).toFixed(1);
      return draw("path", { d: `M${x} ${curveY(0)}V${curveY(1)}`, class: "tick event" });
    });

const curveTicks = (shown) =>
  ticks(shown, 5).map(([time, label]) => {
    const x = curveX((time - shown[0]) / (shown[1] - shown[0]), 2);
    const anchor = x < 40 ? "start" : x > WIDE - 40 ? "end" : "middle";
    return draw("text", { x, y: TALL - 8, class: "faint", "text-anchor": anchor }, label);
  });

function handle(shares, at, shown, top, says, show) {
  const time = shown[0] + ((shown[1] - shown[0]) * at) / (POINTS - 1);
  const move = (event) => {
    const by = { ArrowUp: 0.02, ArrowDown: -0.02, PageUp: 0.1, PageDown: -0.1, Home: -1, End: 1 }[event.key];
    const next = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by && !next) return;
    event.preventDefault();
    event.stopPropagation();
    if (next)
      return event.target.parentElement.querySelectorAll("[role=slider]")[clamp(at + next, 0, POINTS - 1)].focus();
    shares[at] = clamp(shares[at] + by, 0, 1);
    show();
  };
  return draw("circle", {
    r: 8,
    cx: curveX(at, POINTS),
    class: "handle",
    tabindex: 0,
    role: "slider",
    "aria-valuemin": 0,
    "aria-valuemax": 100,
    "aria-label": `${says} at ${clock(time)}`,
    "aria-orientation": "vertical",
    keydown: move,
  });
}

function placeHandle(circle, share, at, top) {
  circle.setAttribute("cy", curveY(share).toFixed(1));
  circle.setAttribute("aria-valuenow", Math.round(share * 100));
  circle.setAttribute("aria-valuetext", `${Math.round(share * 100)}% of ${top.text}`);
}

function drawByHand(svg, shares, show) {
  let last = null;
  const point = (event) => {
    const box = svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * WIDE,
      y = ((event.clientY - box.top) / box.height) * TALL;
    const at = ((x - EDGE.left) / (WIDE - EDGE.left - EDGE.right)) * (POINTS - 1);
    const share = clamp((TALL - EDGE.bottom - y) / (TALL - EDGE.top - EDGE.bottom), 0, 1);
    // Points that were passed between two events lie on the line between them.
    const from = last ?? { at: Math.round(at), share };
    for (let index = 0; index < POINTS; index += 1) {
      const low = Math.min(from.at, at),
        high = Math.max(from.at, at);
      if (index < low - 0.5 || index > high + 0.5) continue;
      const part = high - low < 0.01 ? 1 : clamp((index - from.at) / (at - from.at), 0, 1);
      shares[index] = from.share + (share - from.share) * part;
    }
    last = { at, share };
    show();
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    last = null;
    point(event);
  });
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && point(event));
}

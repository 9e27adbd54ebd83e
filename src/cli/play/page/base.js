// Small helpers for elements.
const $ = (id) => document.getElementById(id);

function dress(element, attributes, inside) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(key, value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...inside.flat().filter((it) => it !== null && it !== undefined && it !== false));
  return element;
}

// An element; a function among the attributes listens to the event of that name.
const make = (name, attributes = {}, ...inside) => dress(document.createElement(name), attributes, inside);
const draw = (name, attributes = {}, ...inside) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, inside);
const button = (words, click, attributes = {}) => make("button", { type: "button", click, ...attributes }, words);

// Writes only what differs: an unchanged text is not laid out again, nor read out again.
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
const isField = (element) => element.matches("input, select, textarea, summary, [contenteditable], [role=slider]");
const inDialog = () => document.querySelector("dialog[open]") !== null;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
// Sizes on the page, measured once for each size of the window.
const sizes = { rem: 0 };
const rem = () => (sizes.rem ||= parseFloat(getComputedStyle(document.documentElement).fontSize));
const count = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

// The index of the last entry of [[time, value], ...] that holds at a time; -1 before the first.
function indexAt(entries, time) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle][0] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const valueAt = (entries, time) => entries[indexAt(entries, time)]?.[1] ?? null;

// Calls back after a rest; every call begins the rest anew.
function afterRest(milliseconds, act) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...given), milliseconds);
  };
}

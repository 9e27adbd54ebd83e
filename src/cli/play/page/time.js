// Times in milliseconds since the start of the run, as words.
const SECOND = 1000,
  MINUTE = 60 * SECOND,
  HOUR = 60 * MINUTE,
  DAY = 24 * HOUR;
const pad = (number, width = 2) => String(number).padStart(width, "0");

// 2d 10:29:45, as the program writes it.
function clock(time, smallest = SECOND) {
  const days = Math.floor(time / DAY);
  let words = `${days}d`;
  if (smallest >= DAY) return words;
  words += ` ${pad(Math.floor(time / HOUR) % 24)}:${pad(Math.floor(time / MINUTE) % 60)}`;
  if (smallest < MINUTE) words += `:${pad(Math.floor(time / SECOND) % 60)}`;
  return smallest < SECOND ? `${words}.${pad(Math.floor(time) % 1000, 3)}` : words;
}

// 16m 30s: the two largest units.
function span(milliseconds) {
  const units = [
    ["d", DAY],
    ["h", HOUR],
    ["m", MINUTE],
    ["s", SECOND],
  ];
  let rest = Math.round(milliseconds / SECOND) * SECOND;
  const words = [];
  for (const [name, unit] of units) {
    const whole = Math.floor(rest / unit);
    rest -= whole * unit;
    if (whole > 0) words.push(whole + name);
  }
  return words.slice(0, 2).join(" ") || "0s";
}

// "2d 10h 29m 30s" as milliseconds; numbers are milliseconds already.
function timeOf(it) {
  if (typeof it === "number") return it;
  const units = { d: DAY, h: HOUR, m: MINUTE, s: SECOND, ms: 1 };
  let sum = 0;
  for (const [, number, unit] of it.matchAll(/([\d.]+)\s*(ms|[dhms])/g)) sum += number * units[unit];
  return sum;
}

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 345600, 604800,
  1209600, 2592000, 7776000, 15552000, 31536000, 157680000,
].map((seconds) => seconds * SECOND);

// Round times in a window, at most so many, each with its words; of whole days, which are short, twice as many.
function ticks([from, until], most) {
  const step = STEPS.find((it) => (until - from) / it <= (it < DAY ? most : 2 * most)) ?? STEPS.at(-1);
  const times = [];
  for (let time = Math.ceil(from / step) * step; time <= until; time += step) times.push([time, clock(time, step)]);
  return times;
}

// The day and the hour of the calendar, where the scenario has one.
function calendar(time) {
  const start = state.good?.start;
  if (start === null || start === undefined) return "";
  return new Date(start + time).toISOString().slice(0, 19).replace("T", " ") + " UTC";
}

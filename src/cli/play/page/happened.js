// What happened, in words: the change last passed with its rule, and the list of all.
const SHOWN_LINES = 200;
const happened = { items: [], first: 0, current: null };

const lineAt = (time) => state.run?.lines.findLast((line) => line.from <= time) ?? null;
const lineWords = ({ text, event }) => (event ? `${text} (event ${event})` : text);

function showLast() {
  const { run, cursor } = state;
  if (!run) return;
  const line = lineAt(cursor);
  say(
    $("last"),
    line
      ? `${clock(line.from)}: ${lineWords(line)}.`
      : run.lines.length
        ? "Nothing yet: everything is as at the start."
        : "Nothing happens in this run.",
  );
  showRule(line);
  if (happened.current === line) return;
  happened.current = line;
  $("lines").querySelector("[aria-current]")?.removeAttribute("aria-current");
  const at = line ? run.lines.indexOf(line) - happened.first : 0;
  if (at < 0 || at >= SHOWN_LINES) return showLines();
  const item = line && happened.items[at];
  item?.setAttribute("aria-current", "step");
  // Only the list scrolls, never the page.
  if (item && happened.items.length > 6) $("lines").scrollTop = item.offsetTop - $("lines").clientHeight / 2;
}

function showRule(line) {
  const rule = line && state.run.rules[line.rule];
  $("rule").hidden = !rule;
  if (rule) ruleInto($("rule"), line.rule, rule);
}

function ruleInto(details, id, { status, text, source }) {
  say(details.querySelector("summary"), `Rule ${id} (${status})`);
  const [what, where] = details.querySelectorAll("p");
  say(what, text);
  say(where, source ? `Source: ${source}` : "");
}

function showLines() {
  const { run, cursor } = state;
  if (!run) return;
  const near = Math.max(
    0,
    run.lines.findLastIndex((line) => line.from <= cursor),
  );
  happened.first = clamp(near - SHOWN_LINES / 2, 0, Math.max(0, run.lines.length - SHOWN_LINES));
  const lines = run.lines.slice(happened.first, happened.first + SHOWN_LINES);
  happened.items = lines.map((line) =>
    make(
      "li",
      {},
      button(clock(line.from), () => moveTo(line.from), { class: "quiet" }),
      ` ${lineWords(line)} `,
      make("span", { class: "note" }, `[${line.rule}]`),
    ),
  );
  $("lines").replaceChildren(...happened.items);
  say(
    $("lines-note"),
    lines.length < run.lines_of ? `${lines.length} of ${count(run.lines_of)} changes are listed.` : "",
  );
  happened.current = null;
  showLast();
}

// A long list is built again only when a drag has come to rest.
const showLinesLater = afterRest(250, showLines);
watch("run", () => ((state.run?.lines.length ?? 0) > 30 ? showLinesLater() : showLines()));
watch("cursor run", showLast);

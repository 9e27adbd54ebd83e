// Which key encrypts what, and what the vault last answered to the account that is shown.
const NO_KEY = ["isolated", "revoked", "not there", "deleted", "storage down"];
const key = { shape: "", width: 0 };

// All that the picture and the words say of an account at the cursor.
function keyFacts() {
  const { run, cursor, account, recent } = state;
  const { cluster, states } = run.accounts[account];
  const of = run.keys.find((it) => it.cluster === cluster);
  const name = words(valueAt(states, cursor) ?? "gone");
  const since = states[indexAt(states, cursor)]?.[0] ?? 0;
  const uses = of ? of.keys[indexOfKey(of.keys, cursor)] : null;
  const poll = recent?.polls?.findLast(([index, time]) => index === account && time <= cursor) ?? null;
  const polls = of && !["not there", "deleted", "storage down"].includes(name);
  const answer = !polls ? "none" : (poll?.[2] ?? valueAt(of.answers, cursor) ?? "none");
  const version = uses?.vault ? uses.version : null;
  return {
    who: accountName(run.accounts[account]),
    vault: uses?.vault,
    key: uses?.key,
    name,
    since,
    answer: version ? answer : "none",
    at: poll?.[1] ?? null,
    version,
    rotated: version ? rotation(of.keys, uses) : null,
    cached: Boolean(version) && !NO_KEY.includes(name),
  };
}

const indexOfKey = (keys, time) => keys.findLastIndex(({ at }) => at <= time);

// From which key the cluster came to the one in use; null where it had none before.
function rotation(keys, uses) {
  const before = keys[keys.indexOf(uses) - 1];
  if (!before?.vault) return null;
  const other = before.key !== uses.key || before.vault !== uses.vault;
  const name = (it) => (other ? `version ${it.version} of "${it.key}"` : `version ${it.version}`);
  return { at: uses.at, from: name(before), to: name(uses) };
}

const STATE_WORDS = {
  serving: "It serves: it reads and writes with the AEK in its cache.",
  revoking: "The denial is not enforced yet: the account still works with the AEK in its cache.",
  isolated:
    "It has had no answer for too long and is isolated: queries fail, and arriving data waits in a buffer under a Microsoft key.",
  "recovering from outage": "It recovers from the outage: until it serves, queries fail and arriving data is buffered.",
  revoked:
    "The denial is enforced. The account uses no key: queries fail, arriving data is dropped, and its hot cache is deleted. The stored data stays, encrypted.",
  "recovering from revocation":
    "It recovers from the revocation: until it serves, queries fail and arriving data is dropped.",
  "storage down": "Its storage is down, and it does not poll.",
  "not there": "There is no such account at this time.",
  deleted: "It is deleted with its cluster.",
};

function pollWords({ who, answer, at, name }) {
  const when = at === null ? "" : `At ${clock(at, 1)} `;
  if (answer === "none" || answer === "mixed") return "";
  const asked = `${when}${when ? who.replace("Account", "account") : who} asked the vault to unwrap its AEK.`;
  if (answer === "granted") return `${asked} Granted.`;
  if (answer === "denied") return `${asked} Denied.`;
  const cached = name === "serving" ? " The cached AEK bridges the gap." : "";
  return `${asked} No answer came.${cached}`;
}

function keyWords(facts) {
  if (!facts.version && facts.name === "serving")
    return "The cluster has no customer-managed key at this time: its data is under a Microsoft key.";
  const said = [pollWords(facts), STATE_WORDS[facts.name] ?? facts.name];
  const { rotated } = facts;
  if (rotated)
    said.push(
      `At ${clock(rotated.at)} the cluster went from ${rotated.from} of the key to ${rotated.to}. The AEK is now wrapped with ${rotated.to}; no data is encrypted again.`,
    );
  return said.filter(Boolean).join(" ");
}

function showKey() {
  const { run } = state;
  if (!run || !run.accounts.length || !isShown("key")) return;
  fillWhose(run);
  const facts = keyFacts();
  say($("key-words"), keyWords(facts));
  key.width ||= $("key-picture").clientWidth;
  const narrow = key.width < rem() * 36;
  // The words say the time of the poll; the picture is the same from poll to poll.
  const shape = JSON.stringify([{ ...facts, at: null, since: null }, narrow]);
  if (shape === key.shape) return;
  key.shape = shape;
  $("key-picture").replaceChildren(keyPicture(facts, narrow));
}

function fillWhose({ accounts }) {
  const names = accounts.map(accountName);
  if ($("whose").dataset.names !== names.join()) {
    $("whose").replaceChildren(...names.map((name, at) => make("option", { value: at }, name)));
    $("whose").dataset.names = names.join();
  }
  $("whose").value = state.account;
}

// Boxes with two lines of text each; the arrows lie between them.
function keyPicture(facts, narrow) {
  const { who, vault, key: name, version, answer, cached } = facts;
  const place = narrow
    ? { size: [340, 470], vault: [10, 10, 320, 110], account: [10, 220, 320, 240] }
    : { size: [760, 250], vault: [10, 10, 230, 230], account: [430, 10, 320, 230] };
  const [vx, vy, vw, vh] = place.vault;
  const [ax, ay, aw] = place.account;
  const svg = draw("svg", { viewBox: `0 0 ${place.size.join(" ")}`, role: "img", "aria-label": keyWords(facts) });
  const pillY = narrow ? vy + 42 : vy + 90;
  svg.append(
    box(place.vault, "outer"),
    letters(vx + 12, vy + 24, vault ? `Key vault "${vault}"` : "Key vault", "strong"),
    ...labelled(
      [vx + 12, pillY, vw - 24, 54],
      "KEK: the customer's key",
      version ? `"${name}", version ${version}` : "none is in use",
      version ? "kek" : "missing",
    ),
  );
  if (!narrow) svg.append(letters(vx + 12, vy + vh - 14, "It never leaves the vault.", "faint"));
  const inner = [ax + 12, aw - 24];
  svg.append(
    box(place.account, "outer"),
    letters(ax + 12, ay + 24, `Storage account: ${who.replace("Account ", "")}`, "strong"),
    ...labelled(
      [inner[0], ay + 36, inner[1], 54],
      "AEK, wrapped",
      version ? `with version ${version}` : "with a Microsoft key",
      "wrapped",
    ),
    ...labelled(
      [inner[0], ay + 100, inner[1], 54],
      "AEK in the cache",
      cached ? "unwrapped, in use" : version ? "none" : "under a Microsoft key",
      cached ? "aek" : "missing",
    ),
    ...labelled(
      [inner[0], ay + 164, inner[1], 54],
      "DEKs, derived from the AEK",
      dataWords(facts),
      cached || !version ? "data" : "missing",
    ),
  );
  svg.append(
    ...(narrow
      ? arrows([90, vy + vh, 250, ay], answer, true)
      : arrows([vx + vw, vy + 75, ax, vy + 150], answer, false)),
  );
  return svg;
}

function dataWords({ name, version, cached }) {
  if (!version) return "encrypt each block of data";
  return cached && !name.startsWith("recovering") ? "encrypt each block of data" : "stored data cannot be read";
}

const box = ([x, y, width, height], kind) => draw("rect", { x, y, width, height, rx: 4, class: `box-${kind}` });
const letters = (x, y, words, kind = "", anchor = "start") =>
  draw("text", { x, y, class: kind, "text-anchor": anchor }, words);
const labelled = ([x, y, width, height], first, second, kind) => [
  box([x, y, width, height], kind),
  letters(x + 12, y + 22, first, "strong"),
  letters(x + 12, y + 42, second),
];

// The question on its way to the vault, and the answer on its way back.
function arrows([x1, y1, x2, y2], answer, upright) {
  if (answer === "none") return [letters((x1 + x2) / 2, (y1 + y2) / 2, "no polls", "faint", "middle")];
  const line = (from, to, kind) => {
    const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
    const tip = [0.45, -0.45].map((turn) =>
      [to[0] - 12 * Math.cos(angle + turn), to[1] - 12 * Math.sin(angle + turn)].map((it) => it.toFixed(1)).join(" "),
    );
    return draw("path", {
      d: `M${from.join(" ")}L${to.join(" ")}M${tip[0]}L${to.join(" ")}L${tip[1]}`,
      class: `arrow a-${kind}`,
    });
  };
  const lost = answer === "unreachable";
  const said = { granted: "granted", denied: "denied", unreachable: "no answer", mixed: "answers differ" }[answer];
  if (upright) {
    const middle = (y1 + y2) / 2;
    const stop = lost ? [x1, y1 + 40] : [x1, y1 + 6];
    return [
      line([x1, y2 - 4], stop, lost ? "unreachable" : "ask"),
      letters(x1 - 14, middle + 24, "unwrap?", "", "end"),
      ...(lost ? [cross(x1, y1 + 24)] : [line([x2, y1 + 4], [x2, y2 - 6], answer)]),
      letters(x2 - 14, middle - 6, said, `strong t-${answer}`, "end"),
    ];
  }
  const middle = (x1 + x2) / 2;
  const stop = lost ? [middle - 40, y1] : [x1 + 6, y1];
  return [
    letters(middle, y1 - 12, "unwrap the AEK?", "", "middle"),
    line([x2 - 4, y1], stop, lost ? "unreachable" : "ask"),
    ...(lost ? [cross(middle - 62, y1)] : [line([x1 + 4, y2], [x2 - 6, y2], answer)]),
    letters(middle, y2 - 12, said, `strong t-${answer}`, "middle"),
  ];
}

const cross = (x, y) =>
  draw("path", { d: `M${x - 8} ${y - 8}l16 16M${x - 8} ${y + 8}l16 -16`, class: "arrow a-denied" });

say(
  $("key-more"),
  "KEK: key encryption key, the customer's. AEK: account encryption key, one for each storage account; the KEK wraps it. DEKs: data encryption keys, derived from the AEK; they encrypt each block of data.",
);
$("whose").addEventListener("change", () => change({ account: Number($("whose").value), story: null }));
watch("run cursor recent account", showKey);

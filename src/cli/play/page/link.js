// The address holds what the page shows: compressed, after #s=.
const LINKED = ["text", "replication", "window", "cursor", "account", "measure", "scene", "phase"];
const remembered = { shown: "" };

const toAddress = (bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const fromAddress = (words) =>
  Uint8Array.from(atob(words.replaceAll("-", "+").replaceAll("_", "/")), (it) => it.charCodeAt(0));

async function through(bytes, way) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(way)).arrayBuffer());
}

async function fragment() {
  const kept = Object.fromEntries(LINKED.map((name) => [name, state[name]]));
  kept.name = state.source.name;
  // A text that the page holds already need not be in the address.
  if (kept.text === state.source.text) delete kept.text;
  if (state.original !== state.source.text) kept.original = state.original;
  const bytes = new TextEncoder().encode(JSON.stringify(kept));
  return "#s=" + toAddress(await through(bytes, new CompressionStream("deflate-raw")));
}

// What an address holds; null where it holds nothing, or nothing of this page.
async function inAddress() {
  if (!location.hash.startsWith("#s=")) return null;
  try {
    const bytes = await through(fromAddress(location.hash.slice(3)), new DecompressionStream("deflate-raw"));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function restore(kept) {
  const scene = Number.isInteger(kept.scene) && page.scenes[kept.scene] ? kept.scene : -1;
  const source = scene >= 0 ? page.scenes[scene].scenario : page.scenario;
  if (!source || source.name !== kept.name) return false;
  const window = Array.isArray(kept.window) && kept.window.length === 2 ? kept.window.map(Number) : null;
  if (scene >= 0) showScene(scene, kept.phase === "open" ? "open" : null);
  open(source, {
    text: String(kept.text ?? source.text),
    window,
    cursor: Number(kept.cursor) || 0,
    replication: Number(kept.replication) || 0,
  });
  change({
    original: kept.original ?? source.text,
    account: Number(kept.account) || 0,
    measure: kept.measure ?? "dropped",
  });
  return true;
}

const remember = afterRest(1000, async () => {
  if (!state.run) return;
  remembered.shown = await fragment();
  try {
    history.replaceState(null, "", remembered.shown);
  } catch {
    /* Some browsers forbid it for files. */
  }
});
watch(LINKED.join(" "), remember);

addEventListener("hashchange", async () => {
  if (location.hash === remembered.shown) return;
  const kept = await inAddress();
  if (kept && restore(kept)) announce("The page shows what the address says.");
});

async function copy(words, said, title, about) {
  try {
    await navigator.clipboard.writeText(words);
    announce(said);
    flash(said);
  } catch {
    sheet(title, about, words);
  }
}

// Text to copy by hand, where the browser does not let a page copy.
function sheet(title, about, words) {
  say($("sheet-title"), title);
  say($("sheet-words"), about);
  $("sheet-text").value = words;
  $("sheet").showModal();
  $("sheet-text").select();
}

// The command line that prints the same fingerprint.
function commandLine() {
  const { source, text, replication, good } = state;
  const unchanged = text === source.text && source.command;
  const plain = unchanged ? source.command : `cmksim run ${source.name}`;
  const one = replication > 0 || (good?.replications ?? 1) > 1;
  return one ? plain.replace(/^cmksim run /, `cmksim run --replication ${replication} `) : plain;
}

function showCommand() {
  const { source, text, run, loaded } = state;
  if (!loaded?.scenario) return sheet("Command", "The text has a mistake. Mend it first: the program would refuse it.", "");
  const saved = text === source.text && source.command ? "" : ` First save the scenario as ${source.name}.`;
  const beside =
    Object.keys(source.files ?? {}).length > 0 && saved
      ? ` Beside it belong ${Object.keys(source.files).join(", ")}.`
      : "";
  sheet(
    "Command",
    `This command prints the fingerprint ${run?.fingerprint.slice(0, 16) ?? ""}.${saved}${beside}`,
    commandLine(),
  );
}

function save() {
  if (!state.loaded?.scenario) announce("The text has a mistake: the program would refuse it.");
  const address = URL.createObjectURL(new Blob([state.text], { type: "application/toml" }));
  make("a", { href: address, download: state.source.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  announce(`${state.source.name} is saved.`);
}

$("copy-link").addEventListener("click", async () => {
  const address = location.href.split("#")[0] + (await fragment());
  copy(address, "The link is copied.", "Link", "This address shows the page as it is now.");
});
$("save").addEventListener("click", save);
$("command").addEventListener("click", showCommand);
$("fingerprint").addEventListener("click", () =>
  copy(state.run.fingerprint, "The fingerprint is copied.", "Fingerprint", "Equal runs have equal fingerprints."),
);

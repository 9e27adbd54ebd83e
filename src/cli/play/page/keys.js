// Keys that work while no field has the focus.
const KEYS_OF_PAGE = [
  ["Space", "play or pause"],
  ["Left, Right", "previous or next change"],
  ["+, -", "zoom in or out at the cursor"],
  ["0", "the whole run"],
  ["?", "this list"],
];
const KEY_ACTS = {
  " ": play,
  ArrowLeft: () => step(-1),
  ArrowRight: () => step(1),
  "+": () => zoom(1 / 2),
  "=": () => zoom(1 / 2),
  "-": () => zoom(2),
  0: () => look(0, end()),
  "?": showKeys,
};

function showKeys() {
  $("keys").showModal();
}

addEventListener("keydown", (event) => {
  const act = KEY_ACTS[event.key];
  const { target } = event;
  if (
    !act ||
    event.altKey ||
    event.ctrlKey ||
    event.metaKey ||
    inDialog() ||
    isField(target) ||
    !state.run ||
    state.phase === "guess"
  )
    return;
  // A button has its own use for the space bar.
  if (event.key === " " && target.closest("button, summary, a")) return;
  event.preventDefault();
  act();
});

$("keys-list").append(
  ...KEYS_OF_PAGE.flatMap(([key, words]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, words)]),
);
$("show-keys").addEventListener("click", showKeys);

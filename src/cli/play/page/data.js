// The data: the picture that the engine draws for the window, and the balance at the cursor.
const picture = {
  shown: null,
  lines: [],
  most: null, // how high the axes reached before the change
  room: 0, // its width on the page, measured once for each size of the page
  width() {
    this.room ||= $("picture").clientWidth;
    // Where letters are larger, those of the picture are too.
    return Math.round(clamp((this.room * 16) / rem(), 280, 1600));
  },
  // The axes do not shrink while something is dragged.
  reach() {
    return this.most && (flow.pin || state.pinned) ? { reach: this.most } : {};
  },
};

function showPicture() {
  if (!state.picture || picture.shown === state.picture) return;
  picture.shown = state.picture;
  const fresh = document.adoptNode(new DOMParser().parseFromString(state.picture.svg, "image/svg+xml").documentElement);
  const old = $("picture").querySelector("svg");
  if (old) {
    renew(old, fresh);
  } else {
    picture.lines = state.picture.frames.map(() => make("div", { class: "line" }));
    $("picture").replaceChildren(fresh, ...picture.lines);
  }
  showPictureCursor();
}

// Makes an element like another one. From run to run a picture changes little: what stays, above
// all its letters, the browser need not lay out again.
function renew(old, fresh) {
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  const [olds, freshes] = [[...old.children], [...fresh.children]];
  if (freshes.length === 0 && old.textContent !== fresh.textContent) old.textContent = fresh.textContent;
  freshes.forEach((child, at) => {
    if (!olds[at]) old.append(child);
    else if (olds[at].tagName !== child.tagName) olds[at].replaceWith(child);
    else renew(olds[at], child);
  });
  for (const child of olds.slice(freshes.length)) child.remove();
}

function showPictureCursor() {
  const { picture: drawn, cursor, window: shown } = state;
  if (!drawn || !shown) return;
  const scale = picture.room / drawn.width || 1;
  const [from, until] = shown;
  const share = (cursor - from) / (until - from);
  drawn.frames.forEach(({ left, right, top, bottom }, at) => {
    const line = picture.lines[at];
    line.hidden = share < 0 || share > 1;
    Object.assign(line.style, {
      top: `${top * scale}px`,
      height: `${(bottom - top) * scale}px`,
      transform: `translateX(${(left + share * (right - left)) * scale}px)`,
    });
  });
}

function showBalance() {
  const { balance } = state;
  const box = $("balance");
  if (!balance) return box.replaceChildren();
  if (box.children.length !== balance.length) {
    box.replaceChildren(
      ...balance.map(({ name, says }) =>
        make(
          "div",
          {},
          make("dt", {}, name === "lost" ? "" : make("span", { class: `key k-${name}`, "aria-hidden": "true" }), says),
          make("dd"),
        ),
      ),
    );
  }
  balance.forEach(({ text }, at) => say(box.children[at].lastElementChild, text));
}

function showPinned() {
  const { pinned: before, phase } = state;
  $("forget").hidden = $("pinned").hidden = !before || phase === "guess";
  if (before) say($("pinned"), `Pale: the run before. ${before.gist}`);
}

$("forget").addEventListener("click", async () => {
  await soon([[{ ask: "unpin" }, () => ({ pinned: null })], ...viewAsks()]);
  announce("The run before is forgotten.");
});

$("picture").addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !state.picture || !state.window) return;
  $("picture").setPointerCapture(event.pointerId);
  dragPicture(event);
});
$("picture").addEventListener("pointermove", (event) => {
  if ($("picture").hasPointerCapture(event.pointerId)) dragPicture(event);
});
function dragPicture(event) {
  const box = $("picture").querySelector("svg").getBoundingClientRect();
  const {
    width,
    frames: [{ left, right }],
  } = state.picture;
  const share = clamp((((event.clientX - box.left) * width) / box.width - left) / (right - left), 0, 1);
  const [from, until] = state.window;
  moveTo(clamp(Math.round((from + share * (until - from)) / SECOND) * SECOND, from, until));
}

watch("picture", showPicture);
watch("cursor window", showPictureCursor);
watch("balance", showBalance);
watch("pinned phase", showPinned);

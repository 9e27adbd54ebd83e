//! Reports in a real browser: nothing is wrong in them, nothing overflows, everything is seen.
//!
//! Left out unless the variable `CMKSIM_BROWSER` names a Chromium, as `.ci/run` does.

use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::devtools::Browser;
use super::reports;

/// What is wrong with the page that is open.
const WRONG: &str = r##"(() => {
  const wrong = [];
  const all = (what) => [...document.querySelectorAll(what)];
  const width = innerWidth;
  if (document.scrollingElement.scrollWidth > width)
    wrong.push("the page is " + document.scrollingElement.scrollWidth + " wide");
  const scrolls = (it) => it && (getComputedStyle(it).overflowX === "auto" || scrolls(it.parentElement));
  for (const it of all("body *")) {
    const box = it.getBoundingClientRect();
    if (box.width && (box.right > width + 1 || box.left < -1) && !scrolls(it.parentElement))
      wrong.push(it.tagName + " stands out: " + it.textContent.slice(0, 60));
  }
  for (const it of all("svg")) {
    const box = it.getBoundingClientRect();
    const room = Math.min(1024, document.querySelector("main").clientWidth);
    if (box.width < room - 1 || box.height < 60) wrong.push("a picture does not use the room");
    if (it.getAttribute("role") !== "img" || !it.querySelector("title").textContent)
      wrong.push("a picture says nothing to those who cannot see it");
  }
  for (const it of all("img")) if (!it.naturalWidth) wrong.push("an image is missing");
  if (all("img, script[src], link, iframe").length) wrong.push("something comes from elsewhere");
  for (const it of all("table"))
    // Where columns need no names, every row has one.
    if (!it.caption || !(it.tHead
      ? [...it.tHead.rows[0].cells].every((cell) => cell.scope === "col")
      : [...it.tBodies[0].rows].every((row) => row.cells[0].scope === "row")))
      wrong.push("a table has no caption, or no heads of columns or rows");
  const linked = all("nav a").map((it) => it.hash.slice(1));
  const parts = all("main > section > h2").map((it) => it.id);
  if (!parts.length || String(linked) !== String(parts)) wrong.push("contents: " + linked + "; sections: " + parts);
  if (String([...document.body.children].map((it) => it.tagName)) !== "HEADER,NAV,MAIN,SCRIPT")
    wrong.push("a landmark is missing");
  let level = 0;
  for (const it of all("h1, h2, h3, h4")) {
    const own = +it.tagName[1];
    if (own > level + 1) wrong.push("the heading " + it.textContent + " is too deep");
    level = own;
  }
  if (all("h1").length !== 1) wrong.push("there is not one title");
  const ids = all("[id]").map((it) => it.id);
  if (new Set(ids).size !== ids.length) wrong.push("an id is there twice");
  for (const it of all("a[href]"))
    if (!document.getElementById(it.getAttribute("href").slice(1))) wrong.push(it.outerHTML);
  return wrong;
})()"##;

/// Texts that stand out too little from what is behind them, those of pictures left out.
const FAINT: &str = r#"(() => {
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const light = (colour) => {
    const linear = (it) => (it /= 255) <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4;
    const [r, g, b] = numbers(colour).map(linear);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const behind = (it) => {
    const colour = getComputedStyle(it).backgroundColor;
    return numbers(colour)[3] === 0 ? behind(it.parentElement) : colour;
  };
  const own = (it) => [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const texts = [...document.querySelectorAll("body :not(script, svg, svg *)")].filter(own);
  const contrast = (it) => {
    const [a, b] = [light(getComputedStyle(it).color), light(behind(it))];
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  };
  return texts.filter((it) => contrast(it) < 4.5).map((it) => "too faint: " + it.textContent.slice(0, 60));
})()"#;

/// Tables of figures that are wider than a wide page.
const CUT: &str = r##"[...document.querySelectorAll("section:has(#figures) > .scroll")]
  .filter((it) => it.scrollWidth > it.clientWidth)
  .map((it) => "cut: " + it.getAttribute("aria-label"))"##;

/// What is wrong with the steps through what happened; `null` where a page has none.
const STEPS: &str = include_str!("steps.js");

/// What a page without scripts does not show.
const UNSEEN: &str = r#"(() => {
  const folded = (it) => it.closest("details:not([open])");
  const rows = [...document.querySelectorAll("main tr, main p, main pre, main h2, main svg, nav a")];
  const unseen = rows.filter((it) => !folded(it) && !it.getBoundingClientRect().height);
  const made = [...document.querySelectorAll(".steps, .reading, .mark")];
  const deaf = [...document.querySelectorAll("button, input")];
  return [...unseen, ...made, ...deaf].map((it) => "without scripts: " + it.outerHTML.slice(0, 80));
})()"#;

/// Moves a pointer over the middle of each panel that can be read; what cannot be.
const UNREAD: &str = r#"(() => {
  const wrong = [];
  for (const table of document.querySelectorAll("table[data-left]")) {
    const figure = table.closest("figure");
    const svg = figure.querySelector("svg");
    const box = svg.getBoundingClientRect();
    const middle = (a, b) => (+table.dataset[a] + +table.dataset[b]) / 2;
    const point = {
      clientX: box.left + middle("left", "right") * box.width / svg.getAttribute("width"),
      clientY: box.top + middle("top", "bottom") * box.height / svg.getAttribute("height"),
    };
    svg.dispatchEvent(new PointerEvent("pointermove", point));
    const read = figure.querySelector("output");
    const head = table.tHead.rows[0].cells[0].textContent;
    if (!read || !read.textContent.startsWith(head + ": ")) wrong.push(table.caption.textContent);
    if (!svg.querySelector(".cursor")) wrong.push("no line: " + table.caption.textContent);
  }
  return wrong;
})()"#;

/// How light the page and the paper of its pictures are, from 0 to 255.
const LIGHT: &str = r#"[document.body, ...document.querySelectorAll("svg > rect:first-of-type")].map((it) => {
  const style = getComputedStyle(it);
  const colour = it === document.body ? style.backgroundColor : style.fill;
  return Math.max(...colour.match(/\d+/g).slice(0, 3).map(Number));
})"#;

/// The pages that step through what happened in a replication.
const STEPPED: [&str; 5] = ["run", "denial", "study", "solve", "hostile"];

/// A file as browsers call it.
pub(crate) fn url(path: &Path) -> String {
    let path = path.to_str().expect("a path of letters");
    let escaped = path
        .replace('%', "%25")
        .replace('#', "%23")
        .replace('?', "%3F");
    format!("file://{escaped}")
}

pub(crate) fn set(browser: &mut Browser, width: u32, dark: bool, scripts: bool) {
    let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    browser.call("Emulation.setDeviceMetricsOverride", size);
    let scheme = if dark { "dark" } else { "light" };
    let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
    browser.call("Emulation.setEmulatedMedia", json!({"features": features}));
    let off = json!({"value": !scripts});
    browser.call("Emulation.setScriptExecutionDisabled", off);
}

#[test]
fn reports_are_whole_in_a_browser() {
    let Some(program) = std::env::var_os("CMKSIM_BROWSER") else {
        println!("skipped: CMKSIM_BROWSER names no browser");
        return;
    };
    let mut browser = Browser::start(&program.to_string_lossy());
    let mut wrong = Vec::new();
    for (name, path) in reports() {
        let size = fs::metadata(path).expect("a file").len();
        assert!(size < 1_500_000, "{name} has {size} bytes");
        for (width, dark, scripts) in [
            (400, false, true),
            (1400, true, true),
            (400, true, false),
            (1400, false, false),
        ] {
            set(&mut browser, width, dark, scripts);
            browser.open(&url(path));
            let scheme = if dark { "dark" } else { "light" };
            let page = format!("{name}-{width}-{scheme}");
            let mut complain = |what: Json| {
                let what: Vec<String> = serde_json::from_value(what).expect("texts");
                wrong.extend(
                    what.into_iter()
                        .map(|complaint| format!("{page}: {complaint}")),
                );
            };
            complain(browser.evaluate(WRONG));
            complain(browser.evaluate(FAINT));
            // A name without an end scrolls in the box of its table.
            if width == 1400 && *name != "hostile" {
                complain(browser.evaluate(CUT));
            }
            if scripts {
                complain(browser.evaluate(UNREAD));
                let steps = browser.evaluate(STEPS);
                assert_eq!(steps.is_array(), STEPPED.contains(name), "{page}");
                if !steps.is_null() {
                    complain(steps);
                }
            } else {
                complain(browser.evaluate(UNSEEN));
            }
            let light: Vec<u32> = serde_json::from_value(browser.evaluate(LIGHT)).expect("numbers");
            if light.iter().any(|shade| (*shade < 128) != dark) {
                complain(json!([format!("is not {scheme} everywhere: {light:?}")]));
            }
            complain(json!(std::mem::take(&mut browser.complaints)));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

//! The page in a real browser: what it shows is what the program says, by pointer and by keyboard.
//!
//! Left out unless the variable `CMKSIM_BROWSER` names a Chromium, as `.ci/run` does; what axe-core
//! says also needs `CMKSIM_AXE`, its script.

use std::fs;

use cmksim::scenario::Axis;
use serde_json::{Value as Json, json};

use super::{page, shipped};
use crate::html::browser::{set, url};
use crate::html::devtools::Browser;
use crate::program::Place;
use crate::shipped::{replay, scenarios};

const SCENES: &str = "JSON.parse(document.getElementById('data').textContent).scenes";
const READY: &str =
    "document.documentElement.dataset.ready === 'true' && !document.documentElement.dataset.busy";

fn browser() -> Option<Browser> {
    let program = std::env::var_os("CMKSIM_BROWSER");
    if program.is_none() {
        println!("skipped: CMKSIM_BROWSER names no browser");
    }
    Some(Browser::start(&program?.to_string_lossy()))
}

/// Opens the page of what is asked, at the size of a projector or a notebook.
fn open(browser: &mut Browser, place: &Place, asked: &[&str]) {
    page(place, asked, "out");
    browser.open(&url(&place.path().join("out/play.html")));
    browser.wait(READY);
}

fn nothing_wrong(browser: &mut Browser) {
    let complaints: Vec<String> = std::mem::take(&mut browser.complaints);
    // The worker and the picture of a file are of the page itself.
    let others = |complaint: &&String| !complaint.starts_with("it asks for blob:");
    let complaints: Vec<&String> = complaints.iter().filter(others).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
    let problem = browser.evaluate("document.getElementById('problem').textContent");
    assert_eq!(problem, "", "the page tells a problem");
}

fn text(browser: &mut Browser, selector: &str) -> String {
    let found = browser.evaluate(&format!(
        "document.querySelector({selector:?})?.textContent ?? ''"
    ));
    found.as_str().expect("a text").to_owned()
}

#[test]
fn every_shipped_scenario_has_its_fingerprint_on_the_page() {
    let Some(mut browser) = browser() else { return };
    let place = Place::new();
    set(&mut browser, 1400, false, true);
    for path in scenarios() {
        open(&mut browser, &place, &[path.to_str().expect("a path")]);
        let shown = browser.evaluate("document.documentElement.dataset.fingerprint");
        let (_, replay) = replay(&path, false);
        assert_eq!(shown, replay.fingerprint.to_string(), "{}", path.display());
        nothing_wrong(&mut browser);
    }
}

/// What a scene asks for, so that a test can do it.
enum Task {
    /// The cursor at this instant, in milliseconds.
    Cursor(i64),
    /// The slider at this value.
    Slide(&'static str),
    /// Slide, and many runs.
    Runs(&'static str),
    /// The right one of several sentences.
    Choose,
}

const TASKS: [Task; 9] = [
    Task::Cursor(208_760_000),
    Task::Slide("29m"),
    Task::Cursor(210_585_000),
    Task::Slide("6h 30m"),
    Task::Choose,
    Task::Slide("20m"),
    Task::Slide("3d 9h 50m"),
    Task::Runs("6h 28m"),
    Task::Slide("3.5 TB/day"),
];

/// How a person gets along on the page.
trait Hand {
    /// Presses a button, which must be reached.
    fn press(&mut self, selector: &str);
    /// Puts a slider at one of its steps.
    fn slide(&mut self, selector: &str, step: i64);
    /// Draws a curve into the picture of a guess.
    fn draw(&mut self);
    fn browser(&mut self) -> &mut Browser;
}

struct Pointer(Browser);
struct Keyboard(Browser);

fn number(browser: &mut Browser, expression: &str) -> f64 {
    browser
        .evaluate(expression)
        .as_f64()
        .unwrap_or_else(|| panic!("no number: {expression}"))
}

impl Pointer {
    /// The box of an element that is scrolled into view: left, top, width, height.
    fn place(&mut self, selector: &str) -> [f64; 4] {
        let found = self.0.evaluate(&format!(
            "(() => {{ const it = document.querySelector({selector:?}); it.scrollIntoView({{block: 'center', behavior: 'instant'}}); \
             const box = it.getBoundingClientRect(); return [box.left, box.top, box.width, box.height]; }})()"
        ));
        serde_json::from_value(found).expect("four numbers")
    }
}

impl Hand for Pointer {
    fn press(&mut self, selector: &str) {
        let [left, top, width, height] = self.place(selector);
        self.0.drag(&[(left + width / 2.0, top + height / 2.0)]);
    }

    #[allow(clippy::cast_precision_loss)]
    fn slide(&mut self, selector: &str, step: i64) {
        let [left, top, width, height] = self.place(selector);
        let min = number(
            &mut self.0,
            &format!("Number(document.querySelector({selector:?}).min)"),
        );
        let max = number(
            &mut self.0,
            &format!("Number(document.querySelector({selector:?}).max)"),
        );
        let part = (step as f64 - min) / (max - min);
        // The thumb is 16 points wide, and its middle is never nearer to an end.
        let x = left + 8.0 + (width - 16.0) * part;
        let y = top + height / 2.0;
        self.0.drag(&[
            (left + width / 2.0, y),
            (f64::midpoint(left + width / 2.0, x), y),
            (x, y),
        ]);
    }

    fn draw(&mut self) {
        let [left, top, width, height] = self.place("svg.curve");
        let at = |part: f64, up: f64| (left + width * part, top + height * (1.0 - up));
        self.0
            .drag(&[at(0.05, 0.2), at(0.3, 0.3), at(0.6, 0.8), at(0.95, 0.5)]);
    }

    fn browser(&mut self) -> &mut Browser {
        &mut self.0
    }
}

impl Keyboard {
    /// Goes from element to element until this one has the focus.
    fn reach(&mut self, selector: &str) {
        for _ in 0..400 {
            let there = format!("document.activeElement === document.querySelector({selector:?})");
            if self.0.evaluate(&there) == Json::Bool(true) {
                let seen = "(() => { const box = document.activeElement.getBoundingClientRect(); \
                            return box.width > 0 && box.height > 0; })()";
                assert_eq!(
                    self.0.evaluate(seen),
                    true,
                    "{selector} has the focus and no room"
                );
                return;
            }
            self.0.press("Tab", 9, None);
        }
        panic!("no key leads to {selector}");
    }
}

impl Hand for Keyboard {
    fn press(&mut self, selector: &str) {
        self.reach(selector);
        self.0.press("Enter", 13, Some("\r"));
    }

    fn slide(&mut self, selector: &str, step: i64) {
        self.reach(selector);
        let value = format!("Number(document.querySelector({selector:?}).value)");
        let size = format!("Number(document.querySelector({selector:?}).step) || 1");
        let size = number(&mut self.0, &size);
        for _ in 0..1_000 {
            #[allow(clippy::cast_precision_loss)]
            let left = step as f64 - number(&mut self.0, &value);
            if left.abs() <= size / 2.0 {
                return;
            }
            match left > 0.0 {
                true => self.0.press("ArrowRight", 39, None),
                false => self.0.press("ArrowLeft", 37, None),
            }
        }
        panic!("{selector} does not come to {step}");
    }

    fn draw(&mut self) {
        self.reach("svg.curve [role=slider]");
        for _ in 0..3 {
            self.0.press("PageUp", 33, None);
            self.0.press("ArrowRight", 39, None);
        }
    }

    fn browser(&mut self) -> &mut Browser {
        &mut self.0
    }
}

/// The command that a scene names gives the fingerprint that the page shows.
fn is_what_its_command_prints(browser: &mut Browser, scene: usize) {
    let shown = browser.evaluate("document.documentElement.dataset.fingerprint");
    let command = browser.evaluate(&format!("{SCENES}[{scene}].scenario.command"));
    let words: Vec<String> = crate::program::words(command.as_str().expect("a text")).collect();
    let place = Place::new();
    let mut arguments: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    let output = place.path().to_str().expect("a path").to_owned();
    arguments.extend(["-q", "--exit-zero", "-f", "json", "-o", &output]);
    let root = env!("CARGO_MANIFEST_DIR");
    let told = place.command(&arguments).current_dir(root).output();
    let told = told.expect("it runs").stdout;
    let told: Json = serde_json::from_slice(&told).expect("JSON");
    assert_eq!(told["fingerprint"], shown, "{command}");
}

/// Goes through one scene: a guess, the answer, the task.
fn play(hand: &mut impl Hand, scene: usize, task: &Task, kind: &str) {
    let browser = hand.browser();
    browser.wait(READY);
    let about = format!("scene {}", scene + 1);
    let hidden = "['accounts', 'volumes', 'key', 'runs'].every((id) => !document.getElementById(id).checkVisibility())";
    assert_eq!(
        browser.evaluate(hidden),
        true,
        "{about} gives its answer away"
    );
    match kind {
        "choice" => hand.press("#scene .choices button.choice"),
        "number" => {
            hand.press("#guess-number");
            hand.browser()
                .call("Input.insertText", json!({"text": "42"}));
        }
        "curve" => {
            hand.browser().wait("document.querySelector('svg.curve')");
            hand.draw();
        }
        other => panic!("{about}: {other}"),
    }
    hand.press("#reveal");
    let browser = hand.browser();
    browser.wait("document.getElementById('answer')");
    browser.wait(READY);
    assert!(
        !text(browser, "#scene .feedback, #scene .part").is_empty(),
        "{about}"
    );
    is_what_its_command_prints(browser, scene);
    assert_eq!(
        browser.evaluate("!document.querySelector('#scene .done')"),
        true,
        "{about} is done at once"
    );
    match task {
        Task::Cursor(instant) => hand.slide("#cursor", *instant),
        Task::Slide(value) | Task::Runs(value) => slide_to(hand, value, scene),
        Task::Choose => choose(hand, scene),
    }
    if let Task::Runs(_) = task {
        hand.browser().wait(READY);
        hand.press("#study");
        hand.browser()
            .wait("!document.getElementById('study').disabled");
    }
    hand.browser()
        .wait("document.querySelector('#scene .done')");
    hand.browser().wait(READY);
    nothing_wrong(hand.browser());
}

fn slide_to(hand: &mut impl Hand, value: &str, scene: usize) {
    let browser = hand.browser();
    browser.wait("document.getElementById('scene-control')");
    let control = format!(
        "(() => {{ const it = {SCENES}[{scene}].control; return it.path + '=' + it.values; }})()"
    );
    let control = browser.evaluate(&control);
    let axis = Axis::read(control.as_str().expect("a slider")).expect("it is right");
    let step = axis.values.iter().position(|one| one.text() == value);
    let step = step.unwrap_or_else(|| panic!("the control has no {value}"));
    hand.slide("#scene-control", i64::try_from(step).expect("few"));
    hand.browser().wait(READY);
    assert_eq!(text(hand.browser(), "#control output"), value);
}

/// Tries every position of the switch, and then chooses what is right.
fn choose(hand: &mut impl Hand, scene: usize) {
    let count = number(
        hand.browser(),
        "document.querySelectorAll('#control .switch input').length",
    );
    assert!(count > 1.0);
    let last = "#control .switch label:last-of-type input";
    let checked = format!("document.querySelector({last:?}).checked");
    let place = Json::String(last.to_owned());
    // A group of radio buttons is gone through with the arrow keys.
    if hand
        .browser()
        .evaluate(&format!("document.querySelector({place}).tabIndex"))
        == 0
    {
        hand.press("#control .switch input:checked, #control .switch input");
    }
    for _ in 0..10 {
        if hand.browser().evaluate(&checked) == Json::Bool(true) {
            break;
        }
        hand.browser().press("ArrowDown", 40, None);
        hand.browser().wait(READY);
    }
    assert_eq!(
        hand.browser().evaluate(&checked),
        true,
        "the last choice can be reached"
    );
    let right = number(
        hand.browser(),
        &format!(
            "JSON.parse(document.getElementById('data').textContent).scenes[{scene}].check.choices.findIndex((it) => it.right)"
        ),
    );
    let right = format!(
        "[aria-labelledby=check-title] .choice:nth-of-type({})",
        right + 1.0
    );
    hand.press(&right);
}

/// All scenes, one after another.
fn walk(hand: &mut impl Hand) {
    let place = Place::new();
    set(hand.browser(), 1366, false, true);
    open(hand.browser(), &place, &[]);
    let kinds = hand
        .browser()
        .evaluate(&format!("{SCENES}.map((it) => it.guess.kind)"));
    let kinds: Vec<String> = serde_json::from_value(kinds).expect("texts");
    assert_eq!(kinds.len(), TASKS.len());
    for (scene, (task, kind)) in TASKS.iter().zip(&kinds).enumerate() {
        play(hand, scene, task, kind);
        if scene + 1 < TASKS.len() {
            hand.press("#scene button.main");
            hand.browser().wait(&format!(
                "document.querySelector('#scenes [aria-current=step]').textContent.startsWith('{} ')",
                scene + 2
            ));
        }
    }
    let done = number(
        hand.browser(),
        "document.querySelectorAll('#scenes .is-done').length",
    );
    assert!((done - 9.0).abs() < 0.1, "{done} of 9 are done");
}

#[test]
fn the_course_can_be_gone_through_with_a_pointer() {
    if let Some(browser) = browser() {
        walk(&mut Pointer(browser));
    }
}

#[test]
fn the_course_can_be_gone_through_with_a_keyboard() {
    if let Some(browser) = browser() {
        walk(&mut Keyboard(browser));
    }
}

/// A text typed into the editor, as a whole.
fn type_text(browser: &mut Browser, text: &str) {
    browser.evaluate(
        "(() => { const it = document.getElementById('text'); it.focus(); it.select(); })()",
    );
    browser.call("Input.insertText", json!({"text": text}));
    browser.wait(READY);
}

#[test]
fn mistakes_stand_in_their_lines_and_can_be_mended() {
    let Some(mut browser) = browser() else { return };
    let place = Place::new();
    set(&mut browser, 1400, false, true);
    let file = shipped().join("key-vault-outage.toml");
    let right = fs::read_to_string(&file).expect("readable");
    open(&mut browser, &place, &[file.to_str().expect("a path")]);
    let before = browser.evaluate("document.documentElement.dataset.fingerprint");
    let wrong = right.replace(
        "kind = \"key_vault_outage\"",
        "# ünïcödé 🗝\nkind = \"key_valt_outage\"",
    );
    assert_ne!(wrong, right);
    type_text(&mut browser, &wrong);
    browser.wait("document.querySelector('#mistakes li')");
    let line = 1 + wrong
        .lines()
        .position(|line| line.contains("key_valt"))
        .expect("it is there");
    let told = text(&mut browser, "#mistakes");
    assert!(told.contains("there is no kind of event"), "{told}");
    assert!(told.contains(&format!("ine {line}")), "line {line}: {told}");
    assert!(!text(&mut browser, "#stale").is_empty());
    let stale = browser.evaluate("document.getElementById('stale').checkVisibility()");
    assert_eq!(stale, true, "what is shown is of the last right text");
    // What stands under the mark is what is wrong.
    let marked = browser
        .evaluate("[...document.querySelectorAll('#marks mark')].map((it) => it.textContent)");
    assert_eq!(marked, json!(["\"key_valt_outage\""]));
    let remedy = "#mistakes li > button";
    let found = browser.evaluate(&format!("document.querySelectorAll({remedy:?}).length"));
    assert_eq!(found, 1, "{told}");
    let mut hand = Pointer(browser);
    hand.press(remedy);
    hand.browser()
        .wait("!document.querySelector('#mistakes b.error')");
    hand.browser().wait(READY);
    let after = hand
        .browser()
        .evaluate("document.documentElement.dataset.fingerprint");
    assert_eq!(after, before);
    nothing_wrong(hand.browser());
}

#[test]
fn a_link_holds_the_state_of_the_page() {
    let Some(mut browser) = browser() else { return };
    let place = Place::new();
    set(&mut browser, 1400, false, true);
    let file = shipped().join("key-vault-outage.toml");
    let text_of = fs::read_to_string(&file).expect("readable");
    open(&mut browser, &place, &[file.to_str().expect("a path")]);
    let changed = text_of.replace("duration = \"45m\"", "duration = \"7h 13m\"");
    assert_ne!(changed, text_of);
    type_text(&mut browser, &changed);
    let first = browser.evaluate("document.documentElement.dataset.fingerprint");
    browser.wait("location.hash.length > 20");
    let state = "[document.getElementById('text').value, document.getElementById('clock').textContent, \
                 document.documentElement.dataset.fingerprint, document.getElementById('cursor').value]";
    // The cursor is a part of it.
    browser.evaluate("document.activeElement.blur()");
    browser.press("ArrowRight", 39, None);
    browser.wait(READY);
    let hash = browser.evaluate("location.hash");
    browser.wait(&format!("location.hash !== {hash}"));
    let seen = browser.evaluate(state);
    let address = browser.evaluate("location.href");
    browser.open("about:blank");
    browser.open(address.as_str().expect("an address"));
    browser.wait(READY);
    assert_eq!(browser.evaluate(state), seen);
    assert_eq!(
        browser.evaluate("document.documentElement.dataset.fingerprint"),
        first
    );
    nothing_wrong(&mut browser);
}

/// What stands out of the page, or has no name.
const WRONG: &str = r##"(() => {
  const wrong = [];
  const width = innerWidth;
  if (document.scrollingElement.scrollWidth > width)
    wrong.push("the page is " + document.scrollingElement.scrollWidth + " wide");
  for (const it of document.querySelectorAll("button, select, input")) {
    const box = it.getBoundingClientRect();
    if (!it.checkVisibility() || !box.width) continue;
    if (box.height < 24 && !["range", "radio", "checkbox"].includes(it.type) && !it.matches(".bin")) wrong.push("too low: " + it.outerHTML.slice(0, 80));
    if (box.right > width + 1 && !it.closest(".scroll")) wrong.push("stands out: " + it.outerHTML.slice(0, 80));
  }
  // In one column the task comes after the pictures, and the next scene last of all.
  const task = document.getElementById("task");
  const after = task && document.getElementById("stage").compareDocumentPosition(task) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (task && Boolean(after) !== width < 992) wrong.push("the task stands in the wrong place");
  const ids = [...document.querySelectorAll("[id]")].map((it) => it.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push("twice: " + id);
  return wrong;
})()"##;

#[test]
fn the_page_fits_and_is_accessible_at_every_size() {
    let Some(mut browser) = browser() else { return };
    let place = Place::new();
    let axe =
        std::env::var_os("CMKSIM_AXE").map(|path| fs::read_to_string(path).expect("axe-core"));
    if axe.is_none() {
        println!("axe-core is left out: CMKSIM_AXE does not name it");
    }
    let file = shipped().join("key-disabled-5-hours.toml");
    let asked: [&[&str]; 2] = [&[], &[file.to_str().expect("a path")]];
    for asked in asked {
        for (width, dark) in [(360, false), (768, true), (1400, false), (1920, true)] {
            set(&mut browser, width, dark, true);
            open(&mut browser, &place, asked);
            for opened in [false, true] {
                if opened {
                    browser.evaluate("document.getElementById('skip').checkVisibility() && document.getElementById('skip').click()");
                    browser.evaluate("document.getElementById('more').open = true");
                    browser.wait(READY);
                }
                let about = format!("{asked:?} at {width}, opened: {opened}");
                assert_eq!(browser.evaluate(WRONG), json!([]), "{about}");
                if let Some(axe) = &axe {
                    browser.evaluate(&format!("{axe}; null"));
                    let found = browser.evaluate(
                        "axe.run().then((it) => it.violations.filter((it) => ['serious', 'critical'].includes(it.impact))\
                         .map((it) => it.id + ': ' + it.help + ' ' + it.nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(' | ')))",
                    );
                    assert_eq!(found, json!([]), "{about}");
                }
            }
            nothing_wrong(&mut browser);
        }
    }
}

/// Moves a slider step by step, each as soon as the one before is painted.
const SWEEP: &str = r##"(async () => {
  const slider = document.getElementById("scene-control") ?? document.querySelector("#controls input[type=range]");
  const idle = () => new Promise((done) => {
    const look = () => document.documentElement.dataset.busy ? setTimeout(look, 1) : requestAnimationFrame(() => setTimeout(done, 0));
    setTimeout(look, 0);
  });
  const steps = Math.min(40, +slider.max);
  // As a hand does that has been there a while.
  for (const round of [0, 1]) {
    window.__timings.length = 0;
    for (let at = 0; at <= steps; at += 1) {
      slider.value = Math.round(at * slider.max / steps);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
      await idle();
    }
  }
  return window.__timings.slice();
})()"##;
const FRAMES: &str = r#"(async () => {
  document.getElementById("play").click();
  let frames = 0;
  const since = performance.now();
  while (performance.now() - since < 3000) { await new Promise(requestAnimationFrame); frames += 1; }
  document.getElementById("play").click();
  return frames / 3;
})()"#;
const RUNS: &str = r#"(async () => {
  document.getElementById("study-count").value = "10000";
  const since = performance.now();
  const study = document.getElementById("study");
  const until = async (is) => { while (study.disabled !== is) await new Promise((done) => setTimeout(done, 2)); };
  study.click();
  await until(true);
  await until(false);
  return 10000 / (performance.now() - since) * 1000;
})()"#;

/// What the README says of the speed of the page.
#[test]
#[ignore = "prints figures of this machine"]
fn the_page_in_figures() {
    let Some(mut browser) = browser() else { return };
    let place = Place::new();
    set(&mut browser, 1400, false, true);
    let html = page(&place, &[], "out");
    println!("the course: {} bytes", html.len());
    let since = std::time::Instant::now();
    open(&mut browser, &place, &[]);
    println!("ready in {:?}", since.elapsed());
    let mut all: Vec<f64> = Vec::new();
    for scene in 1..=9 {
        browser.evaluate(&format!(
            "document.querySelector('#scenes li:nth-child({scene}) button').click()"
        ));
        browser.wait(READY);
        browser.evaluate("document.getElementById('skip').click()");
        browser.wait(READY);
        browser.evaluate("document.getElementById('more').open = true");
        browser.wait(READY);
        let mut times: Vec<f64> = serde_json::from_value(browser.evaluate(SWEEP)).expect("times");
        times.sort_by(f64::total_cmp);
        let of = |times: &[f64], percent: usize| times[(times.len() - 1) * percent / 100];
        println!(
            "scene {scene}: slider to painted {:.0} ms, p95 {:.0} ms ({})",
            of(&times, 50),
            of(&times, 95),
            times.len()
        );
        all.extend(times);
    }
    all.sort_by(f64::total_cmp);
    println!(
        "all: {:.0} ms, p95 {:.0} ms",
        all[all.len() / 2],
        all[all.len() * 95 / 100]
    );
    println!(
        "playing: {:.0} frames a second",
        number(&mut browser, FRAMES)
    );
    let file = shipped().join("key-vault-outage.toml");
    open(&mut browser, &place, &[file.to_str().expect("a path")]);
    println!(
        "many runs of key-vault-outage: {:.0} a second",
        number(&mut browser, RUNS)
    );
}

//! A browser that is driven over its DevTools protocol, through a pipe.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// A browser that says nothing for so long has died.
const PATIENCE: Duration = Duration::from_secs(120);

/// A browser with one page.
pub(crate) struct Browser {
    process: Child,
    commands: ChildStdin,
    messages: Receiver<Json>,
    session: String,
    last: u64,
    /// What the page complained of, and what it asked the network for.
    pub(crate) complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// Starts `program`.
    pub(crate) fn start(program: &str) -> Browser {
        let profile = tempfile::tempdir().expect("a folder");
        // The browser reads commands from 3 and writes messages to 4.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 1>&2", program])
            .args(["--headless", "--no-sandbox", "--disable-gpu"])
            .args(["--remote-debugging-pipe", "--no-first-run"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let commands = process.stdin.take().expect("a pipe");
        let output = process.stdout.take().expect("a pipe");
        let (sender, messages) = channel();
        thread::spawn(move || {
            for message in BufReader::new(output).split(0) {
                let Ok(message) = message else { break };
                let message = serde_json::from_slice(&message).expect("a message");
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser = Browser {
            process,
            commands,
            messages,
            session: String::new(),
            last: 0,
            complaints: Vec::new(),
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", target);
        let session = attached["sessionId"].as_str().expect("a session");
        browser.session = session.to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Has the browser do something, and waits for its answer.
    pub(crate) fn call(&mut self, method: &str, parameters: Json) -> Json {
        self.last += 1;
        let mut command = json!({"id": self.last, "method": method, "params": parameters});
        if !self.session.is_empty() {
            command["sessionId"] = self.session.as_str().into();
        }
        let text = format!("{command}\0");
        self.commands
            .write_all(text.as_bytes())
            .and_then(|()| self.commands.flush())
            .expect("a browser that listens");
        loop {
            let message = self.next();
            if message["id"] == self.last {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    /// The next message; complaints are kept.
    fn next(&mut self) -> Json {
        let message = self.messages.recv_timeout(PATIENCE);
        let message = message.expect("a browser that answers; is CMKSIM_BROWSER one?");
        let told = &message["params"];
        let complaint = match message["method"].as_str() {
            Some("Runtime.exceptionThrown") => Some(told["exceptionDetails"].to_string()),
            Some("Runtime.consoleAPICalled") => Some(told["args"].to_string()),
            Some("Log.entryAdded") => Some(told["entry"].to_string()),
            Some("Network.requestWillBeSent") => {
                let url = told["request"]["url"].as_str().unwrap_or_default();
                (!url.starts_with("file:")).then(|| format!("it asks for {url}"))
            }
            _ => None,
        };
        self.complaints.extend(complaint);
        message
    }

    /// Opens a page and waits until it is there.
    pub(crate) fn open(&mut self, url: &str) {
        self.call("Page.navigate", json!({"url": url}));
        while self.next()["method"] != "Page.loadEventFired" {}
    }

    /// What an expression of JavaScript comes to in the page; of a promise, what it promises.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Json {
        let asked = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let answer = self.call("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{answer}");
        answer["result"]["value"].clone()
    }
}

impl Browser {
    /// Waits until an expression is true.
    pub(crate) fn wait(&mut self, expression: &str) {
        let since = Instant::now();
        while self.evaluate(&format!("Boolean({expression})")) != Json::Bool(true) {
            let late = since.elapsed() > PATIENCE / 2;
            assert!(!late, "it never came: {expression}; {:?}", self.complaints);
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Presses a key as a keyboard does; `text` is what it types.
    pub(crate) fn press(&mut self, key: &str, code: u32, text: Option<&str>) {
        let down = if text.is_some() {
            "keyDown"
        } else {
            "rawKeyDown"
        };
        for kind in [down, "keyUp"] {
            let mut event = json!({"type": kind, "key": key, "code": key,
                "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code});
            if let (Some(text), "keyDown") = (text, kind) {
                event["text"] = text.into();
            }
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Moves a mouse to each of some places, with its button down from the first to the last.
    pub(crate) fn drag(&mut self, places: &[(f64, f64)]) {
        let last = places.len() - 1;
        for (at, (x, y)) in places.iter().enumerate() {
            let mouse = |kind: &str, buttons: u32| json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1});
            self.call(
                "Input.dispatchMouseEvent",
                mouse("mouseMoved", u32::from(at > 0)),
            );
            if at == 0 {
                self.call("Input.dispatchMouseEvent", mouse("mousePressed", 1));
            }
            if at == last {
                self.call("Input.dispatchMouseEvent", mouse("mouseReleased", 0));
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may have ended already; there is nothing else to be done about it here.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

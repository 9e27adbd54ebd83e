//! A whole page: its head, its sections, and what it looks like.

use std::fmt::Write;

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

use super::markup::{Element, Html, around, element};
use crate::report::chart::{DARK, PAPER, RGBColor};
use crate::report::format::sanitize;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = concat!(
    include_str!("contents.js"),
    include_str!("reading.js"),
    include_str!("steps.js")
);

/// A page that needs nothing beside it: no network, no other file. Where scripts run, pictures
/// can be read with the pointer; what that says stands in tables too.
pub(in crate::report) struct Page {
    title: String,
    head: Html,
    contents: Html,
    sections: Html,
}

impl Page {
    /// A page called `title`; below that a `description`, where there is one, and `facts`.
    pub(in crate::report) fn new(title: &str, description: Option<&str>, facts: &str) -> Page {
        let mut head = Html::from(around("h1", sanitize(title)));
        if let Some(description) = description {
            head.push(around("p", sanitize(description)));
        }
        head.push(
            element("p")
                .attribute("class", "facts")
                .with(sanitize(facts)),
        );
        Page {
            title: sanitize(title),
            head,
            contents: Html::default(),
            sections: Html::default(),
        }
    }

    /// Adds a section under a heading, and a link to it; nothing where there is nothing in it.
    /// `id` is what links within the page call it; each is used once.
    pub(in crate::report) fn section(&mut self, id: &'static str, title: &str, inside: Html) {
        if inside.is_empty() {
            return;
        }
        self.contents.push(around("li", link(id, sanitize(title))));
        let heading = element("h2").attribute("id", id).with(sanitize(title));
        let section = around("section", heading).line().with(inside).line();
        self.sections.push(section);
    }

    /// The page as a file.
    pub(in crate::report) fn finish(self) -> String {
        let style = style();
        let charset = element("meta").attribute("charset", "utf-8");
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action \
             'none'",
            policy_digest(&style),
            policy_digest(SCRIPT)
        );
        let policy = element("meta")
            .attribute("http-equiv", "Content-Security-Policy")
            .attribute("content", &policy);
        let meta = |name, content| {
            let meta = element("meta").attribute("name", name);
            Html::void(meta.attribute("content", content))
        };
        let head = element("head")
            .with(Html::void(charset))
            .line()
            .with(Html::void(policy))
            .line()
            .with(meta("viewport", "width=device-width, initial-scale=1"))
            .line()
            .with(meta(
                "generator",
                concat!("cmksim ", env!("CARGO_PKG_VERSION")),
            ))
            .line()
            .with(meta("color-scheme", "light dark"))
            .line()
            .with(around("title", self.title))
            .line()
            .with(Html::embedded("style", &style))
            .line();
        let list = around("ol", self.contents);
        let contents = element("details").attribute("open", "");
        let contents = contents.with(around("summary", "Contents")).with(list);
        let contents = element("nav")
            .attribute("aria-label", "Contents")
            .with(contents);
        let body = around("body", around("header", self.head))
            .line()
            .with(contents)
            .line()
            .with(around("main", self.sections))
            .line()
            .with(Html::embedded("script", SCRIPT));
        let html = element("html")
            .attribute("lang", "en")
            .line()
            .with(head)
            .line()
            .with(body);
        format!("<!DOCTYPE html>\n{}\n", Html::from(html).as_str())
    }
}

/// A link within the page.
pub(super) fn link(id: &str, words: impl Into<Html>) -> Element {
    let link = element("a").attribute("href", &format!("#{id}"));
    link.with(words)
}

/// The style, with the colours of pictures on a dark page.
fn style() -> String {
    let mut style = STYLE.to_owned();
    style += "@media screen and (prefers-color-scheme: dark) {\n";
    style += "  :root { --paper: #16191c; --ink: #e4e6e8; --faint: #a3a9ae; --rule: #363c42;\n    \
              --shade: #262b30; --edge: #fff4; --pass: #5cc8a4; --fail: #ff9466; --open: #e8c35a; --link: #7cc0ee; }\n";
    style + "}\n" + &dark_pictures()
}

/// The style of pictures on a page in dark colours, for browsers that prefer these.
pub fn dark_pictures() -> String {
    let mut style = "@media screen and (prefers-color-scheme: dark) {\n".to_owned();
    for (colour, dark) in DARK {
        // White letters stand on dark colours, which stay as they are.
        let what = if colour == PAPER { ":not(text)" } else { "" };
        let RGBColor(r, g, b) = colour;
        for name in ["fill", "stroke"] {
            let colour = format!("[{name}=\"#{r:02X}{g:02X}{b:02X}\"]");
            let rule = writeln!(style, "  svg {what}{colour} {{ {name}: {dark}; }}");
            rule.expect("writing to memory");
        }
    }
    style + "}\n"
}

/// What a browser holds a style or a script against before it takes it, as a content security
/// policy writes it.
pub fn policy_digest(text: &str) -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(text));
    format!("sha256-{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_written_as_browsers_read_it() {
        assert_eq!(
            policy_digest("alert(1)"),
            "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI="
        );
    }
}

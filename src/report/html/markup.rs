//! HTML that cannot be broken by what is written into it.
//!
//! [`Html`] is made of elements whose names stand in the code, of texts and of values of
//! attributes, which are escaped, and of drawings, which the charts make. Nothing turns a text
//! that comes from elsewhere into markup. A crate of templates would do the same; this is a
//! screen of code, and says itself what is let through.

use crate::foreign::sanitize_lines;
use crate::report::chart::Picture;

/// A piece of HTML in which every element is closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::report) struct Html(String);

impl Html {
    /// `text` as it reads. What deceives a reader, or what HTML cannot hold, becomes U+FFFD.
    pub(in crate::report) fn text(text: &str) -> Html {
        Html(escaped(text))
    }

    /// The vector drawing of a picture.
    pub(super) fn drawing(picture: &Picture) -> Html {
        Html(picture.svg().trim_end().to_owned())
    }

    /// A style or a script of this program, to which nothing else was added.
    pub(super) fn embedded(element: &'static str, text: &str) -> Html {
        Html(format!("<{element}>{text}</{element}>"))
    }

    /// An element that has no end and nothing in it.
    pub(super) fn void(element: Element) -> Html {
        Html(element.tag + ">")
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(in crate::report) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Html {
        Html::text(text)
    }
}

impl From<String> for Html {
    fn from(text: String) -> Html {
        Html::text(&text)
    }
}

impl From<Element> for Html {
    fn from(element: Element) -> Html {
        let Element { name, tag, inside } = element;
        Html(format!("{tag}>{}</{name}>", inside.0))
    }
}

impl<T: Into<Html>> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(pieces: I) -> Html {
        let mut all = Html::default();
        all.extend(pieces);
        all
    }
}

impl<T: Into<Html>> Extend<T> for Html {
    fn extend<I: IntoIterator<Item = T>>(&mut self, pieces: I) {
        pieces.into_iter().for_each(|piece| self.push(piece));
    }
}

impl Html {
    /// Puts a piece behind this one.
    pub(in crate::report) fn push(&mut self, piece: impl Into<Html>) {
        self.0 += &piece.into().0;
    }
}

/// An element that is being made.
#[derive(Debug, Clone)]
pub(in crate::report) struct Element {
    name: &'static str,
    /// Its opening tag without the end.
    tag: String,
    inside: Html,
}

/// An element without attributes, with nothing in it.
pub(in crate::report) fn element(name: &'static str) -> Element {
    Element {
        name,
        tag: format!("<{name}"),
        inside: Html::default(),
    }
}

/// The same with one thing in it.
pub(in crate::report) fn around(name: &'static str, inside: impl Into<Html>) -> Element {
    element(name).with(inside)
}

impl Element {
    /// With an attribute.
    pub(in crate::report) fn attribute(mut self, name: &'static str, value: &str) -> Element {
        self.tag += &format!(" {name}=\"{}\"", escaped(value));
        self
    }

    /// With something behind what is in it.
    pub(in crate::report) fn with(mut self, inside: impl Into<Html>) -> Element {
        self.inside.push(inside);
        self
    }

    /// With a line break behind what is in it, for those who read the file itself.
    pub(in crate::report) fn line(mut self) -> Element {
        self.inside.0.push('\n');
        self
    }
}

/// `text` as it stands between tags and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in sanitize_lines(text).chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reads an escaped text as a browser does.
    fn read(html: &str) -> String {
        html.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    }

    #[test]
    fn elements_are_closed_and_values_quoted() {
        let table = element("td")
            .attribute("title", "\"><script>alert('1')</script>")
            .with("a < b & c")
            .with(around("b", "\u{202e}x"));
        assert_eq!(
            Html::from(table).as_str(),
            "<td title=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\">\
             a &lt; b &amp; c<b>\u{fffd}x</b></td>"
        );
        assert_eq!(Html::text("\0\u{1b}[1m\r\n\u{fdd0}\u{1fffe}").as_str(), {
            "\u{fffd}\u{fffd}[1m\n\u{fffd}\u{fffd}"
        });
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup(text in "(\\PC|[<>&\"'\n]|</?script>|&[a-z#0-9]*;)*") {
            let html = Html::text(&text);
            prop_assert!(!html.as_str().contains(['<', '>', '"', '\'']));
            prop_assert_eq!(read(html.as_str()), sanitize_lines(&text));
            let attribute = Html::from(element("p").attribute("title", &text));
            let value = attribute.as_str().strip_prefix("<p title=\"").expect("a tag");
            let value = value.strip_suffix("\"></p>").expect("its end");
            prop_assert!(!value.contains(['<', '>', '"']));
        }
    }
}

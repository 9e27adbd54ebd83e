//! Text that others wrote, made safe to show.
//!
//! A name, a line of a file or an option may hold characters that no reader sees as such: an
//! escape sequence that a terminal obeys, an override that turns the order of letters round, a
//! letter without a width. Code that shows such a text takes it through a function of this file;
//! [`deceives`] is the only list of what is not shown. Inside quotes, Rust's `{:?}` does the
//! same and writes the number of each.

use std::borrow::Cow;
use std::io::{self, Write};

/// No line of a message is longer, in characters; the middle of a longer one is left out.
pub const LONGEST_LINE: usize = 2_000;
/// No text that a message quotes is longer, in characters.
const LONGEST_QUOTE: usize = 60;

/// Whether a character is not what a reader sees: a control character, a mark that changes the
/// direction of what follows, one without a width, a separator of lines and paragraphs, or a code
/// point that is set aside for never being a character. The joiners U+200C and U+200D are part of
/// how some languages are written, and stay.
pub fn deceives(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || code & 0xfffe == 0xfffe
        || matches!(
            code,
            0xad | 0x61c
                | 0x180e
                | 0x200b
                | 0x200e..=0x200f
                | 0x2028..=0x202e
                | 0x2060..=0x206f
                | 0xfeff
                | 0xfff9..=0xfffb
                | 0xfdd0..=0xfdef
                | 0xe_0000..=0xe_007f
        )
}

/// `text` on one line. Line breaks and tabs become spaces, what [`deceives`] U+FFFD.
pub fn sanitize(text: &str) -> String {
    let shown = |letter| match letter {
        '\n' | '\t' | '\r' => ' ',
        letter if deceives(letter) => '\u{fffd}',
        letter => letter,
    };
    if is_plain(text) {
        return text.to_owned();
    }
    text.chars().map(shown).collect()
}

/// `text` in its lines: line feeds and tabs stay, a carriage return before a line feed goes, and
/// what [`deceives`] becomes U+FFFD.
pub fn sanitize_lines(text: &str) -> Cow<'_, str> {
    let stays = |letter: char| letter == '\n' || letter == '\t' || !deceives(letter);
    if is_plain(text) || text.chars().all(stays) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\n");
    let shown = |letter| if stays(letter) { letter } else { '\u{fffd}' };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Whether nothing in a text needs a look: the way of almost all texts.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// A message in its lines, none longer than [`LONGEST_LINE`].
pub fn message(text: &str) -> String {
    shortened_lines(&sanitize_lines(text)).into_owned()
}

/// `text` in its lines, none longer than [`LONGEST_LINE`].
pub fn shortened_lines(text: &str) -> Cow<'_, str> {
    let fits = |line: &str| line.len() <= LONGEST_LINE;
    if text.split('\n').all(fits) {
        return Cow::Borrowed(text);
    }
    let lines = text.split('\n').map(|line| shortened(line, LONGEST_LINE));
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// `text` on one line, no longer than what messages quote.
pub fn brief(text: &str) -> String {
    shortened(&sanitize(text), LONGEST_QUOTE).into_owned()
}

/// `text` in quotes with escapes, cut if it is long.
pub fn quoted(text: &str) -> String {
    if text.chars().nth(LONGEST_QUOTE).is_none() {
        return format!("{text:?}");
    }
    let head: String = text.chars().take(LONGEST_QUOTE - 3).collect();
    format!("{:?}", head + "...")
}

/// A line without its middle, where it has more than `most` characters: the words of a message
/// stand at its ends, what it quotes between them.
fn shortened(line: &str, most: usize) -> Cow<'_, str> {
    let count = line.chars().count();
    if count <= most {
        return Cow::Borrowed(line);
    }
    let half = most / 2;
    let nth = |at: usize| line.char_indices().nth(at).map_or(line.len(), |(at, _)| at);
    let (head, tail) = (&line[..nth(half)], &line[nth(count - half + 1)..]);
    Cow::Owned(format!("{head}…{tail}"))
}

/// JSON that says the same in which nothing [`deceives`]: inside its strings such a character is
/// as good as its escape, and outside there is none but line feeds.
pub fn json(text: &str) -> String {
    let safe = |letter: char| letter == '\n' || !deceives(letter);
    if text.chars().all(safe) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if safe(letter) {
            escaped.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            escaped += &format!("\\u{unit:04x}");
        }
    }
    escaped
}

/// A writer of text that takes each line through a function, whole and with its end, before it is
/// written.
pub struct Lines<'a> {
    to: &'a mut dyn Write,
    through: &'a dyn Fn(&str) -> String,
    /// The beginning of a line.
    begun: Vec<u8>,
}

impl<'a> Lines<'a> {
    /// Writes to `to` what `through` makes of each line.
    pub fn to(to: &'a mut dyn Write, through: &'a dyn Fn(&str) -> String) -> Lines<'a> {
        Lines {
            to,
            through,
            begun: Vec::new(),
        }
    }

    /// Writes a last line that has no end.
    ///
    /// # Errors
    ///
    /// Those of the writer, and where the text is not UTF-8.
    pub fn end(mut self) -> io::Result<()> {
        let rest = std::mem::take(&mut self.begun);
        self.pass(&rest)
    }

    fn pass(&mut self, lines: &[u8]) -> io::Result<()> {
        let lines = std::str::from_utf8(lines).map_err(io::Error::other)?;
        self.to.write_all((self.through)(lines).as_bytes())
    }
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let end = bytes.iter().rposition(|byte| *byte == b'\n');
        let (lines, rest) = bytes.split_at(end.map_or(0, |at| at + 1));
        if !lines.is_empty() {
            let mut whole = std::mem::take(&mut self.begun);
            whole.extend(lines);
            self.pass(&whole)?;
        }
        self.begun.extend(rest);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_deceives_is_replaced_and_what_is_written_stays() {
        let hostile =
            "a\u{1b}[31m\u{9b}b\u{202e}c\u{2066}d\u{200f}e\u{2028}f\u{feff}g\u{e0041}\u{ffff}";
        let clean =
            "a\u{fffd}[31m\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}e\u{fffd}f\u{fffd}g\u{fffd}\u{fffd}";
        assert_eq!(sanitize(hostile), clean);
        assert_eq!(sanitize_lines(hostile), clean);
        assert_eq!(sanitize("a\r\n\tb\rc"), "a   b c");
        assert_eq!(sanitize_lines("a\r\n\tb\rc"), "a\n\tb\u{fffd}c");
        for written in [
            "naïve",
            "日本語",
            "עברית",
            "می‌خواهم",
            "👨‍👩‍👧",
            "e\u{301}",
            "a b",
        ] {
            assert_eq!(sanitize(written), written);
            assert_eq!(sanitize_lines(written), written);
        }
    }

    #[test]
    fn long_texts_lose_their_middle() {
        let key = "k".repeat(1 << 20);
        let told = message(&format!(
            "unknown key `{key}` in the scenario\nhelp: none\n"
        ));
        assert!(told.starts_with("unknown key `k"));
        assert!(told.ends_with("k` in the scenario\nhelp: none\n"));
        assert_eq!(
            told.lines().next().map(|line| line.chars().count()),
            Some(LONGEST_LINE)
        );
        assert_eq!(brief(&"é".repeat(61)).chars().count(), 60);
        assert_eq!(brief(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(quoted("a\u{202e}\n"), "\"a\\u{202e}\\n\"");
        assert_eq!(
            quoted(&"x".repeat(61)),
            format!("\"{}...\"", "x".repeat(57))
        );
    }

    proptest! {
        #[test]
        fn nothing_that_is_shown_deceives(text in any::<String>()) {
            prop_assert!(!sanitize(&text).chars().any(deceives));
            prop_assert_eq!(sanitize(&text).chars().count(), text.chars().count());
            let of_lines = |letter: char| letter != '\n' && letter != '\t';
            prop_assert!(!sanitize_lines(&text).chars().any(|c| of_lines(c) && deceives(c)));
            prop_assert!(!quoted(&text).chars().any(deceives));
            prop_assert!(!brief(&text).chars().any(deceives));
        }

        /// However a text comes in, no line is cut.
        #[test]
        fn lines_are_taken_whole(text in "[aé\n]{0,20}", cuts in proptest::collection::vec(0..40_usize, 0..6)) {
            let mut written = Vec::new();
            let through = |lines: &str| lines.split_inclusive('\n').map(|line| format!("<{line}>")).collect();
            let mut lines = Lines::to(&mut written, &through);
            let mut rest = text.as_bytes();
            for cut in cuts {
                let (piece, more) = rest.split_at(cut.min(rest.len()));
                lines.write_all(piece).expect("in memory");
                rest = more;
            }
            lines.write_all(rest).expect("in memory");
            lines.end().expect("in memory");
            prop_assert_eq!(String::from_utf8(written).expect("text"), through(&text));
        }

        #[test]
        fn json_stays_the_same_data(text in any::<String>()) {
            let plain = serde_json::to_string_pretty(&[&text]).expect("JSON");
            let safe = json(&plain);
            prop_assert!(!safe.chars().any(|c| c != '\n' && deceives(c)));
            let read: Vec<String> = serde_json::from_str(&safe).expect("JSON");
            prop_assert_eq!(&read[0], &text);
        }
    }
}

//! The words of a command as a shell takes them.

use std::fmt;

use super::format::sanitize;

/// A command that makes a result again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command(Vec<String>);

impl Command {
    /// The command of these words.
    pub fn new(words: Vec<String>) -> Command {
        Command(words)
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(|word| quoted(word)).collect();
        f.write_str(&words.join(" "))
    }
}

/// A word of a command as a shell takes it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", sanitize(word).replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(quoted("a.b=1d"), "a.b=1d");
        assert_eq!(quoted("a.b=29m 41s"), "'a.b=29m 41s'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted(""), "''");
        let command = ["cmksim", "run", "a b.toml"].map(str::to_owned).to_vec();
        assert_eq!(Command::new(command).to_string(), "cmksim run 'a b.toml'");
    }
}

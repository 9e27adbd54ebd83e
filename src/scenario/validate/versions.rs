//! Key versions that events name: each exists at the start, or some event creates it.

use super::super::diagnostics::{Diagnostic, Span};
use super::super::{KeyTarget, NEWEST};
use super::context::Context;
use super::key_vault::KeyVaults;
use super::names::Names;

/// Key versions that events name and create; checked when all are known.
#[derive(Default)]
pub(super) struct Versions {
    pub(super) used: Vec<Mention>,
    pub(super) created: Vec<Mention>,
}

/// A version of a key, as an event names it.
pub(super) struct Mention {
    pub(super) vault: usize,
    pub(super) key: usize,
    /// Left out for the next number.
    pub(super) version: Option<(String, Span)>,
}

impl Mention {
    pub(super) fn target(&self) -> KeyTarget {
        KeyTarget {
            vault: self.vault,
            key: self.key,
            version: self.version.as_ref().map(|(name, _)| name.clone()),
        }
    }
}

impl Versions {
    pub(super) fn check(&self, vaults: &KeyVaults, context: &Context) {
        for Mention {
            vault,
            key,
            version,
        } in &self.created
        {
            let at_start = &vaults.keys[*vault].versions[*key];
            if let Some((name, span)) = version
                && let Some(first) = at_start.index(name).and_then(|at| at_start.span(at))
            {
                context.complain(
                    Diagnostic::error(*span, format!("version `{name}` exists at the start"))
                        .also(first, "here")
                        .help("use a new name, or leave `version` out for the next number"),
                );
            }
        }
        for mention in &self.used {
            self.check_used(mention, vaults, context);
        }
    }

    /// A version that is named exists at the start, or some event creates it.
    fn check_used(&self, mention: &Mention, vaults: &KeyVaults, context: &Context) {
        let Some((name, span)) = &mention.version else {
            return;
        };
        if name == NEWEST {
            return;
        }
        let created = || {
            let same = |other: &&Mention| (other.vault, other.key) == (mention.vault, mention.key);
            self.created.iter().filter(same)
        };
        let numbered = created().any(|other| other.version.is_none());
        if numbered && name.chars().all(|c| c.is_ascii_digit()) {
            return;
        }
        let mut known = Names::new("versions of this key");
        let at_start = vaults.keys[mention.vault].versions[mention.key].all();
        let later = created().filter_map(|other| other.version.as_ref());
        for version in at_start.chain(later.map(|(version, _)| version.as_str())) {
            if known.index(version).is_none() {
                known.push(Some((version.to_owned(), *span)));
            }
        }
        if known.index(name).is_none() {
            context.complain(known.not_found(name, *span));
        }
    }
}

//! What an event does, and to what.

use super::super::action::{MOST_REQUESTS, kinds};
use super::super::diagnostics::{Diagnostic, one_text_of};
use super::super::file::{Kind, Written};
use super::super::form::Form;
use super::super::meant::meant;
use super::super::{Access, Action, Billing, EventKind, KeyTarget, PollInterval};
use super::cluster::{self, Clusters};
use super::context::Context;
use super::fields::Fields;
use super::key_vault::{self, KeyVaults};
use super::scalar;
use super::versions::{Mention, Versions};
use super::workspace::Workspaces;
use crate::units::{Duration, Factor, Probability, Rate, Volume};

/// What the names in an event can refer to.
pub(super) struct World<'a> {
    pub(super) vaults: &'a KeyVaults,
    pub(super) clusters: &'a Clusters,
    pub(super) workspaces: &'a Workspaces,
    /// `None` if it cannot be read.
    pub(super) poll_interval: Option<PollInterval>,
}

/// Reads the keys of one event that its kind asks for.
pub(super) struct ActionReader<'a> {
    pub(super) fields: &'a Fields<'a>,
    pub(super) world: &'a World<'a>,
    pub(super) context: &'a Context,
    pub(super) kind: EventKind,
    /// Gathers what the events say of key versions.
    pub(super) versions: &'a mut Versions,
}

/// What reads one kind: a function of its own, or one for each field.
macro_rules! read {
    ($reader:ident $kind:ident $fields:tt by $own:ident) => {
        $reader.$own()
    };
    ($reader:ident $kind:ident ($target:ty)) => {
        $reader.key().map(Action::$kind)
    };
    ($reader:ident $kind:ident { $($field:ident)* }) => {{
        // All are read, so that the first mistake does not hide the others.
        $(let $field = $reader.$field();)*
        Some(Action::$kind { $($field: $field?,)* })
    }};
}

macro_rules! reader {
    ($(
        #[doc = $text:literal]
        $kind:ident $({ $($(#[$about:meta])* $field:ident: $type:ty),* })? $(($target:ty))?
        $name:literal $class:ident $(takes $takes:ident)? [$($key:tt)*]
        $(by $reader:ident)? $(follows $rule:ident)? $(uses $uses:expr)?;
    )*) => {
        impl ActionReader<'_> {
            /// What the event does; `None` if a field cannot be read.
            pub(super) fn read(&mut self) -> Option<Action> {
                match self.kind {
                    $(EventKind::$kind => {
                        read!(self $kind $({ $($field)* })? $(($target))? $(by $reader)?)
                    })*
                }
            }
        }
    };
}
kinds!(reader);

// The fields of actions.
impl ActionReader<'_> {
    fn vault(&self) -> Option<usize> {
        let names = &self.world.vaults.names;
        names.resolve(self.fields, "vault", &self.context.complaints)
    }

    pub(super) fn cluster(&self) -> Option<usize> {
        let names = &self.world.clusters.names;
        names.resolve(self.fields, "cluster", &self.context.complaints)
    }

    pub(super) fn workspace(&self) -> Option<usize> {
        let names = &self.world.workspaces.names;
        names.resolve(self.fields, "workspace", &self.context.complaints)
    }

    fn failure(&self) -> Option<Probability> {
        match self.fields.get("failure_probability") {
            None => Some(Probability::ALWAYS),
            Some(entry) => self.context.take(scalar::probability(&entry.value)),
        }
    }

    fn throttling(&self) -> Option<Action> {
        let limits = &self.context.edition.key_vault_limits;
        let of_types: Vec<(&str, u64)> = limits
            .iter()
            .map(|limit| (limit.key.as_str(), limit.software))
            .collect();
        let vault = self.vault();
        let others = |written: &Written| scalar::whole(written, 0, MOST_REQUESTS);
        let requests = self.fields.required("requests", others);
        let limit = match self.fields.get("key_type") {
            None => of_types.first().map(|(_, limit)| *limit),
            Some(entry) => self.context.take(scalar::choice(&entry.value, &of_types)),
        };
        let (vault, requests, limit) = (vault?, requests?, limit?);
        let clusters = self.world.clusters.clusters.iter().flatten();
        let asking = clusters.filter(|cluster| cluster.asks(vault));
        let interval = self.world.poll_interval?;
        let own: u64 = asking.map(|cluster| cluster.most_requests(interval)).sum();
        // Below the limit all is answered. There are fewer than 2^32 requests, whatever is written.
        let asked = (requests + own).max(limit);
        Some(Action::KeyVaultThrottling {
            vault,
            requests,
            failure: Probability::from_parts(((asked - limit) << 32) / asked),
        })
    }

    fn permissions(&self) -> Option<Access> {
        match self.fields.get("permissions") {
            None => Some(Access::ALL),
            Some(entry) => permissions(&entry.value, self.context),
        }
    }

    fn capacity(&self) -> Option<Rate> {
        self.fields.required("capacity_reservation", scalar::rate)
    }

    fn billing(&self) -> Option<Billing> {
        self.fields.required("billing", scalar::word_of)
    }

    fn factor(&self) -> Option<Factor> {
        self.fields.required("factor", scalar::factor)
    }

    fn retention(&self) -> Option<Duration> {
        self.fields.required("retention", scalar::positive_duration)
    }

    fn daily_cap(&self) -> Option<Option<Volume>> {
        self.fields.required("daily_cap", scalar::daily_cap)
    }

    fn set_ingestion(&self) -> Option<Action> {
        let fields = self.fields;
        let workspace = self.workspace();
        let rate_entry = fields.get("rate");
        let rate = fields.optional("rate", scalar::rate);
        let factor = fields.optional("factor", scalar::factor);
        let factor_entry = fields.get("factor");
        if rate_entry.is_none() && factor_entry.is_none() {
            self.context.complain(
                Diagnostic::error(fields.span(), format!("{} sets nothing", fields.what()))
                    .help("say what arrives from now on: rate = \"1 TB/day\", or factor = 2")
                    .consequence(),
            );
            return None;
        }
        let workspace = workspace?;
        if let (Some(entry), true) = (rate_entry, self.world.workspaces.has_trace(workspace)) {
            self.context.complain(
                Diagnostic::error(
                    entry.key_span,
                    "this workspace replays a trace, which has no rate",
                )
                .help("write factor = 2 for twice the volume of the trace"),
            );
        }
        Some(Action::SetIngestion {
            workspace,
            rate,
            factor,
        })
    }

    /// A key, or the version of one: what the kind takes.
    fn key(&mut self) -> Option<KeyTarget> {
        let Some(version) = self.kind.key("version") else {
            return self.key_alone();
        };
        // A new one must not exist yet; another must at the start, or be created by an event.
        let new = matches!(version.form, Form::Name);
        let mention = self.mention(if new {
            key_vault::version_name
        } else {
            scalar::name
        })?;
        let target = mention.target();
        match new {
            true => self.versions.created.push(mention),
            false => self.versions.used.push(mention),
        }
        Some(target)
    }

    fn key_alone(&self) -> Option<KeyTarget> {
        let vault = self.vault()?;
        let names = &self.world.vaults.keys[vault].names;
        let key = names.resolve(self.fields, "key", &self.context.complaints)?;
        Some(KeyTarget {
            vault,
            key,
            version: None,
        })
    }

    fn mention(&self, read: fn(&Written) -> scalar::Read<String>) -> Option<Mention> {
        let version = self.fields.optional("version", |written| {
            read(written).map(|name| (name, written.span))
        });
        let KeyTarget { vault, key, .. } = self.key_alone()?;
        Some(Mention {
            vault,
            key,
            version,
        })
    }
}

fn permissions(written: &Written, context: &Context) -> Option<Access> {
    if matches!(&written.kind, Kind::List(list) if list.is_empty()) {
        context.complain(
            Diagnostic::error(written.span, "no permissions: this event does nothing")
                .help("leave the key out for all three"),
        );
        return None;
    }
    cluster::access(written, context)
}

/// Reads the kind of an event.
pub(super) fn known_kind(written: &Written) -> scalar::Read<EventKind> {
    let Kind::Text(kind) = &written.kind else {
        return Err(scalar::wrong_kind(
            written,
            "a kind of event in quotes such as \"key_vault_outage\"",
        ));
    };
    let known = || EventKind::ALL.iter().map(|kind| kind.name());
    EventKind::named(kind).ok_or_else(|| {
        let complaint =
            Diagnostic::error(written.span, format!("there is no kind of event {kind:?}"));
        match meant(kind, known()).as_slice() {
            [] => complaint.help(format!("the kinds are {}", one_text_of(known()))),
            near => complaint.meant_texts(near),
        }
    })
}

//! `[[event]]`, `[[hazard]]` and `[[response]]`: what happens, when, to what.

use std::collections::BTreeMap;

use super::super::diagnostics::{Diagnostic, Span};
use super::super::file::{Kind, Table, Written};
use super::super::keys;
use super::super::{Class, Delay, Edge, Event, EventKind, Fault, Timing};
use super::action::{ActionReader, World, known_kind};
use super::context::Context;
use super::delay::{self, Use};
use super::fault;
use super::fields::Fields;
use super::names::Names;
use super::scalar::{self, Read};
use super::sequence;
use super::versions::Versions;
use super::watch;
use crate::units::Duration;

/// Whether a kind has an end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// It lasts: `duration` must be given.
    Always,
    /// With `duration` it is undone at its end.
    Perhaps,
    /// It is over when its operation succeeds.
    Success,
    /// It is done at once.
    Never,
}

impl Ends {
    fn of(kind: EventKind) -> Ends {
        match kind.key("duration") {
            Some(key) if key.required => Ends::Always,
            Some(_) => Ends::Perhaps,
            None if kind.class() == Class::Operation => Ends::Success,
            None => Ends::Never,
        }
    }
}

/// The list in which something that happens stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum List {
    Event,
    Hazard,
    Response,
}

impl List {
    /// In the order of a scenario's events.
    const ALL: [List; 3] = [List::Event, List::Hazard, List::Response];

    fn key(self) -> &'static str {
        match self {
            List::Event => "event",
            List::Hazard => "hazard",
            List::Response => "response",
        }
    }

    fn keys(self) -> &'static keys::Table {
        match self {
            List::Event => &keys::EVENT,
            List::Hazard => &keys::HAZARD,
            List::Response => &keys::RESPONSE,
        }
    }
}

/// Every key that some event, hazard, response or cluster takes.
fn elsewhere() -> Vec<&'static str> {
    let kinds = EventKind::ALL.iter().flat_map(|kind| kind.keys());
    let of_kinds = kinds.map(|key| key.name);
    let tables = List::ALL.map(List::keys).into_iter();
    tables
        .chain([&keys::CLUSTER])
        .flat_map(keys::Table::names)
        .chain(of_kinds)
        .collect()
}

/// An event, hazard or response before it is read: what others need to know of it.
struct Outline<'a> {
    table: &'a Table,
    list: List,
    name: String,
    enabled: bool,
    kind: Option<EventKind>,
}

/// All that is enabled, in the order of the file: events, then hazards, then responses; and what
/// may go wrong. `None` if one cannot be read.
pub(super) fn events(
    root: &Fields<'_>,
    world: &World<'_>,
    context: &Context,
) -> Option<(Vec<Event>, Vec<Fault>)> {
    let outlines = outlines(root);
    let spans: Vec<Span> = outlines
        .iter()
        .map(|outline| match outline.table.get("name") {
            Some(entry) => entry.value.span,
            None => outline.table.span,
        })
        .collect();
    let mut names = Names::new("events");
    for (outline, span) in outlines.iter().zip(&spans) {
        names.add(Some((outline.name.clone(), *span)), &context.complaints);
    }
    let mut versions = Versions::default();
    let mut all = Vec::new();
    for outline in &outlines {
        let reader = EventReader {
            outline,
            outlines: &outlines,
            names: &names,
            world,
            context,
        };
        all.push(reader.read(&mut versions));
    }
    let faults = fault::faults(root, world, &mut versions, context);
    versions.check(world.vaults, context);
    let waits = all
        .iter()
        .map(|event| match event.as_ref()?.timing {
            Timing::After { event, .. } => Some(event),
            _ => None,
        })
        .collect();
    let (order, rings) = sequence::in_order(&waits);
    complain_of_rings(&rings, &outlines, &spans, context);
    let all: Vec<Event> = all.into_iter().collect::<Option<_>>()?;
    sequence::warn_of_late(&all, &spans, &order, context);
    let enabled: Vec<bool> = outlines.iter().map(|outline| outline.enabled).collect();
    Some((sequence::enabled(all, &enabled, &order), faults?))
}

/// All tables of things that happen, in the order of a scenario's events.
fn happenings(root: &Table) -> impl Iterator<Item = (List, &Table)> {
    let of_list = |list: List| {
        root.tables(list.key())
            .into_iter()
            .map(move |table| (list, table))
    };
    List::ALL.into_iter().flat_map(of_list)
}

/// The names of all events, hazards and responses, in that order, each with the key of its list:
/// the one given, or `kind#n` for the n-th unnamed of its kind.
pub(in crate::scenario) fn names(root: &Table) -> Vec<(&'static str, String)> {
    let mut unnamed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = Vec::new();
    for (list, table) in happenings(root) {
        let name = match table.text("name") {
            Some(name) => name.to_owned(),
            None => {
                let kind = table.text("kind").unwrap_or("event");
                let number = unnamed.entry(kind).or_default();
                *number += 1;
                format!("{kind}#{number}")
            }
        };
        names.push((list.key(), name));
    }
    names
}

fn outlines<'a>(root: &Fields<'a>) -> Vec<Outline<'a>> {
    for list in List::ALL {
        // Complains of what is no list.
        root.tables(list.key());
    }
    happenings(root.table())
        .zip(names(root.table()))
        .map(|((list, table), (_, name))| Outline {
            table,
            list,
            name,
            enabled: !matches!(
                table.get("enabled").map(|entry| &entry.value.kind),
                Some(Kind::Truth(false))
            ),
            kind: table.text("kind").and_then(EventKind::named),
        })
        .collect()
}

/// Events that wait for each other in a ring never happen.
fn complain_of_rings(
    rings: &[Vec<usize>],
    outlines: &[Outline<'_>],
    spans: &[Span],
    context: &Context,
) {
    for ring in rings {
        // Told once, at its first event.
        let first = ring.iter().copied().min().unwrap_or(0);
        let from = ring.iter().position(|index| *index == first).unwrap_or(0);
        let path = ring[from..].iter().chain(&ring[..from]).chain([&first]);
        let names: Vec<String> = path
            .map(|index| format!("`{}`", outlines[*index].name))
            .collect();
        context.complain(
            Diagnostic::error(
                spans[first],
                "these events wait for each other and never happen",
            )
            .label(names.join(" is after "))
            .help("give one of them a time of its own: at = \"2d\""),
        );
    }
}

/// Reads one event.
struct EventReader<'a> {
    outline: &'a Outline<'a>,
    outlines: &'a [Outline<'a>],
    names: &'a Names,
    world: &'a World<'a>,
    context: &'a Context,
}

impl EventReader<'_> {
    fn read(&self, versions: &mut Versions) -> Option<Event> {
        let Outline { table, list, .. } = *self.outline;
        let mut fields = Fields::new(table, list.keys(), &self.context.complaints);
        fields.optional("enabled", scalar::truth);
        let kind = fields.required("kind", known_kind);
        let name = fields.optional("name", |written| name_of(written, kind));
        let Some(kind) = kind else {
            // What it takes is not known: whatever some kind takes may stand here.
            self.timing(&fields, None);
            for kind in EventKind::ALL {
                fields.knows(kind.keys());
            }
            fields.done();
            return None;
        };
        fields.knows(kind.keys());
        fields.called(match (&name, list) {
            (Some(name), _) => format!("the {} `{name}`", kind.name()),
            (None, List::Event) => format!("an event of kind {}", kind.name()),
            (None, List::Hazard | List::Response) => {
                format!("a {} of kind {}", list.key(), kind.name())
            }
        });
        let timing = self.timing(&fields, Some(kind));
        let duration = self.duration(&fields, Ends::of(kind));
        let (draws_as, occurrence) = self.draws(&fields);
        let action = ActionReader {
            fields: &fields,
            world: self.world,
            context: self.context,
            kind,
            versions,
        }
        .read();
        fields.done_among(&elsewhere());
        Some(Event {
            name: self.outline.name.clone(),
            timing: timing?,
            action: action?,
            duration: duration?,
            draws_as,
            occurrence,
        })
    }

    /// Under which name, and as which occurrence from 0 on, it draws random numbers.
    fn draws(&self, fields: &Fields<'_>) -> (Option<String>, u32) {
        if self.outline.list != List::Event {
            return (None, 0);
        }
        let any_kind = |written: &Written| {
            let kind = match &written.kind {
                Kind::Text(name) => name.split('#').next().and_then(EventKind::named),
                _ => None,
            };
            name_of(written, kind)
        };
        let draws_as = fields.optional("draws_as", any_kind);
        let occurrence = fields.optional("occurrence", |written| {
            scalar::whole(written, 1, keys::MOST_OCCURRENCES)
        });
        if let (Some(entry), None) = (fields.get("occurrence"), fields.get("at")) {
            self.context.complain(
                Diagnostic::error(entry.key_span, "`occurrence` without `at`")
                    .help("what follows another event is numbered as that one is; leave it out"),
            );
        }
        let number = occurrence.unwrap_or(1) - 1;
        let number = u32::try_from(number).expect("it was read within bounds");
        (draws_as.filter(|name| *name != self.outline.name), number)
    }

    /// `Some(None)`: it has no end.
    fn duration(&self, fields: &Fields<'_>, ends: Ends) -> Option<Option<Delay>> {
        let entry = match ends {
            Ends::Always => fields.need("duration")?,
            Ends::Perhaps if self.outline.list == List::Hazard => fields.need("duration")?,
            Ends::Perhaps => match fields.get("duration") {
                None => return Some(None),
                Some(entry) => entry,
            },
            Ends::Success | Ends::Never => return Some(None),
        };
        delay::delay(&entry.value, "duration", Use::Lasting, self.context).map(Some)
    }

    fn timing(&self, fields: &Fields<'_>, kind: Option<EventKind>) -> Option<Timing> {
        match self.outline.list {
            List::Event => self.at_or_after(fields),
            List::Hazard => {
                let gap = fields.need("gap")?;
                let gap = delay::delay(&gap.value, "gap", Use::Gap, self.context)?;
                Some(Timing::Every { gap })
            }
            List::Response => {
                watch::watch(fields, kind, self.world, self.context).map(Timing::Seen)
            }
        }
    }

    fn at_or_after(&self, fields: &Fields<'_>) -> Option<Timing> {
        let at = fields.get("at");
        let after = fields.get("after");
        let after_end = fields.get("after_end");
        let delay = fields.get("delay");
        let given: Vec<_> = [at, after, after_end].into_iter().flatten().collect();
        if let [first, second, ..] = given[..] {
            let message = format!(
                "`{}` and `{}` cannot be used together",
                first.key, second.key
            );
            self.context.complain(
                Diagnostic::error(second.key_span, message)
                    .label("an event begins only once")
                    .also(first.key_span, "the other"),
            );
            return None;
        }
        if let (Some(delay), None, None) = (delay, after, after_end) {
            self.context.complain(
                Diagnostic::error(delay.key_span, "`delay` without `after` or `after_end`").help(
                    "a delay counts from another event; to count from the start of the run, use `at`",
                ),
            );
        }
        if let Some(at) = at {
            return self.at(&at.value).map(Timing::At);
        }
        let Some(other) = after.or(after_end) else {
            fields.need("at");
            return None;
        };
        let delay = match delay {
            None => Some(Delay::constant(Duration::ZERO)),
            Some(entry) => delay::delay(&entry.value, "delay", Use::Delay, self.context),
        };
        let event = self
            .context
            .take(self.other(&other.value, after_end.is_some()));
        Some(Timing::After {
            event: event?,
            edge: if after.is_some() {
                Edge::Begin
            } else {
                Edge::End
            },
            delay: delay?,
        })
    }

    /// The event that another one waits for.
    fn other(&self, written: &Written, end: bool) -> Read<usize> {
        let index = self.names.find(written)?;
        let other = &self.outlines[index];
        let Some(kind) = other.kind else {
            return Ok(index);
        };
        let ends = Ends::of(kind);
        let has_end = match ends {
            Ends::Always | Ends::Success => true,
            Ends::Perhaps => other.table.get("duration").is_some(),
            Ends::Never => false,
        };
        if end && !has_end {
            let complaint = Diagnostic::error(
                written.span,
                format!("`{}` has no end to wait for", other.name),
            )
            .also(
                other.table.span,
                format!("an event of kind {} without a duration", kind.name()),
            )
            .help(match ends {
                Ends::Perhaps => "give it a duration, or write after = ... for its beginning",
                _ => "write after = ... for its beginning",
            });
            return Err(complaint);
        }
        Ok(index)
    }

    fn at(&self, written: &Written) -> Option<Delay> {
        if let Kind::Instant(_) = written.kind {
            let since_start = self.context.take(self.calendar(written))?;
            return Some(Delay::constant(since_start));
        }
        let at = delay::delay(written, "at", Use::Delay, self.context)?;
        if let (Kind::Text(_), Some(at)) = (&written.kind, delay::as_constant(&at)) {
            self.within_run(written.span, at);
        }
        Some(at)
    }

    fn within_run(&self, span: Span, at: Duration) {
        if let Some(duration) = self.context.duration.filter(|duration| at >= *duration) {
            self.context.complain(
                Diagnostic::error(span, "this event is after the end of the run")
                    .label(format!("the run ends at {duration}")),
            );
        }
    }

    /// A calendar time, counted from the start.
    fn calendar(&self, written: &Written) -> Read<Duration> {
        let at = scalar::instant(written)?;
        let Some(start) = self.context.start else {
            return Err(Diagnostic::error(
                written.span,
                "a calendar time needs the `start` of the scenario",
            )
            .help("write start = 2026-03-01T00:00:00Z at the top, or at = \"2d\" here")
            .consequence());
        };
        if at < start {
            return Err(Diagnostic::error(
                written.span,
                "this event is before the start of the run",
            ));
        }
        let since_start = Duration::from_millis(at - start);
        self.within_run(written.span, since_start);
        Ok(since_start)
    }
}

/// The name of an event: as of all things, or the one that an unnamed event of its kind has.
fn name_of(written: &Written, kind: Option<EventKind>) -> Read<String> {
    let Kind::Text(name) = &written.kind else {
        return scalar::name(written);
    };
    let number = name.split_once('#').filter(|(before, _)| {
        let own = kind.map(EventKind::name);
        own == Some(*before)
    });
    let counts = |number: &str| {
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        digits && (1..=9).contains(&number.len()) && !number.starts_with('0')
    };
    match number {
        Some((_, number)) if counts(number) => Ok(name.clone()),
        _ => scalar::name(written),
    }
}

//! `[[fault]]`: what may go wrong, at any time.

use super::super::diagnostics::Diagnostic;
use super::super::file::Table;
use super::super::{Delay, EventKind, Fault, keys};
use super::action::{ActionReader, World, known_kind};
use super::context::Context;
use super::delay::{self, Use};
use super::fields::Fields;
use super::names::Names;
use super::scalar;
use super::versions::Versions;

/// All that are enabled, in the order of the file; `None` if one cannot be read.
pub(super) fn faults(
    root: &Fields<'_>,
    world: &World<'_>,
    versions: &mut Versions,
    context: &Context,
) -> Option<Vec<Fault>> {
    let (mut all, mut names) = (Vec::new(), Names::new("faults"));
    for table in root.tables("fault") {
        all.push(fault(table, world, &mut names, versions, context));
    }
    let all: Vec<(bool, Fault)> = all.into_iter().collect::<Option<_>>()?;
    let enabled = all.into_iter().filter(|(enabled, _)| *enabled);
    Some(enabled.map(|(_, fault)| fault).collect())
}

fn fault(
    table: &Table,
    world: &World<'_>,
    names: &mut Names,
    versions: &mut Versions,
    context: &Context,
) -> Option<(bool, Fault)> {
    let mut fields = Fields::new(table, &keys::FAULT, &context.complaints);
    let name = fields.required("name", |written| {
        scalar::name(written).map(|name| (name, written.span))
    });
    names.add(name.clone(), &context.complaints);
    let enabled = fields.optional("enabled", scalar::truth).unwrap_or(true);
    let Some(kind) = fields.required("kind", known_kind) else {
        EventKind::ALL
            .iter()
            .for_each(|kind| fields.knows(kind.keys()));
        fields.done();
        return None;
    };
    fields.knows(kind.keys());
    fields.called(format!("a fault of kind {}", kind.name()));
    let duration = duration(&fields, kind, context);
    let action = ActionReader {
        fields: &fields,
        world,
        context,
        kind,
        versions,
    }
    .read();
    fields.done();
    if kind == EventKind::CreateCluster {
        let wrong = "a fault happens to what is there: it cannot create a cluster";
        context.complain(Diagnostic::error(table.span, wrong));
        return None;
    }
    let own = ["name", "enabled"];
    let entries = table.entries.iter();
    let lines = entries.filter(|entry| !own.contains(&entry.key.as_str()));
    let lines = lines.map(|entry| format!("{} = {}", entry.key, entry.value.toml()));
    Some((
        enabled,
        Fault {
            name: name?.0,
            action: action?,
            duration: duration?,
            lines: lines.collect(),
        },
    ))
}

/// `Some(None)`: it has no end.
fn duration(fields: &Fields<'_>, kind: EventKind, context: &Context) -> Option<Option<Delay>> {
    let Some(key) = kind.key("duration") else {
        return Some(None);
    };
    let entry = match key.required {
        true => Some(fields.need("duration")?),
        false => fields.get("duration"),
    };
    let read = |entry: &super::super::file::Entry| {
        delay::delay(&entry.value, "duration", Use::Lasting, context)
    };
    entry.map_or(Some(None), |entry| read(entry).map(Some))
}

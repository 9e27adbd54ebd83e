//! `[[what_if]]`: cases that a plan holds against the scenario.

use super::super::diagnostics::Diagnostic;
use super::super::file::{Kind, Table};
use super::super::{WhatIf, keys};
use super::context::Context;
use super::fields::Fields;
use super::scalar;

/// All cases, if each of them could be read.
pub(super) fn what_ifs(root: &Fields<'_>, context: &Context) -> Option<Vec<WhatIf>> {
    let tables = root.tables("what_if");
    let cases: Vec<Option<WhatIf>> = tables.iter().map(|table| what_if(table, context)).collect();
    let cases: Vec<WhatIf> = cases.into_iter().collect::<Option<_>>()?;
    if let Some((at, why)) = WhatIf::clash(&cases) {
        context.complain(Diagnostic::error(tables[at].span, why));
        return None;
    }
    Some(cases)
}

fn what_if(table: &Table, context: &Context) -> Option<WhatIf> {
    let fields = Fields::new(table, &keys::WHAT_IF, &context.complaints);
    let title = fields.required("title", scalar::owned_text);
    let set = fields
        .need("set")
        .and_then(|entry| match &entry.value.kind {
            Kind::List(list) => context.take_each(list, scalar::owned_text),
            _ => {
                let expected = "a list of settings such as [\"workspace.NAME.retention=90d\"]";
                context.complain(scalar::wrong_kind(&entry.value, expected));
                None
            }
        });
    fields.done();
    let case = WhatIf {
        title: title?,
        set: set?,
    };
    let wrong = |why| Diagnostic::error(table.span, why);
    context.take(case.whole().map_err(wrong))
}

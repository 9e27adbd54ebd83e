//! Where things are: what works together at the start is in one region and one tenant.

use super::super::Site;
use super::super::diagnostics::Diagnostic;
use super::context::Context;
use super::fields::Fields;
use super::scalar;

/// The place that a table names; what it leaves out is the same for all.
pub(super) fn site(fields: &Fields<'_>) -> Option<Site> {
    let Site {
        region,
        tenant,
        subscription,
    } = Site::default();
    let mut whole = true;
    let mut part = |key, default| {
        let named = fields.checked(key, scalar::word, &mut whole);
        named.unwrap_or(default)
    };
    let site = Site {
        region: part("region", region),
        tenant: part("tenant", tenant),
        subscription: part("subscription", subscription),
    };
    whole.then_some(site)
}

/// Complains of a thing that is linked at the start to something elsewhere.
pub(super) fn together(
    fields: &Fields<'_>,
    site: &Site,
    what: &str,
    name: &str,
    other: &Site,
    context: &Context,
) {
    let parts = [
        ("region", &site.region, &other.region),
        ("tenant", &site.tenant, &other.tenant),
    ];
    for (part, own, others) in parts.into_iter().filter(|(_, own, others)| own != others) {
        let message = format!(
            "{} is in another {part} than its {what} `{name}`",
            fields.what()
        );
        let span = fields
            .get(part)
            .map_or(fields.span(), |entry| entry.value.span);
        context.complain(
            Diagnostic::error(span, message)
                .label(format!("{own:?} here, {others:?} there"))
                .help(format!(
                    "give both the same {part}, or leave it out of both"
                )),
        );
    }
}

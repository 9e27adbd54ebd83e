//! The audit log of a key vault: who asked for a key, what the vault answered, who changed it.

use std::collections::BTreeMap;

use super::cluster::Key;
use super::export::Export;
use super::fault::Faults;
use super::row::{Column, Row};
use super::table::{self, Rows};
use super::{instant, name};
use crate::error::Error;

/// A request to a vault.
#[derive(Debug, Clone)]
pub(super) struct Record {
    /// In ms since 1970.
    pub(super) at: i64,
    /// In lower case, as in `keyunwrap`.
    pub(super) operation: String,
    pub(super) answer: Answer,
    /// Who asked, from where.
    pub(super) caller: String,
    /// The key; without a version where the request names none.
    pub(super) key: Option<Key>,
    pub(super) vault: Option<String>,
    /// The answer says that the key is disabled.
    pub(super) disabled: bool,
}

/// What a vault answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Granted,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 429.
    Throttled,
    /// None of these: not authenticated, broken.
    Failed,
}

impl Answer {
    /// Whether the vault decided.
    pub(super) fn is_one(self) -> bool {
        !matches!(self, Answer::Throttled | Answer::Failed)
    }

    pub(super) fn denied(self) -> bool {
        matches!(self, Answer::Forbidden | Answer::NotFound)
    }
}

const COLUMNS: &[Column] = &[
    &["TimeGenerated", "time"],
    &["OperationName"],
    &[
        "HttpStatusCode",
        "httpStatusCode_d",
        "properties.httpStatusCode",
    ],
    &["ResultSignature"],
    &["ResultType"],
    &["ResultDescription"],
    &["CallerIpAddress"],
    &[
        "identity_claim_oid_g",
        "identity_claim_appid_g",
        "identity.claim.oid",
        "identity.claim.appid",
        "Identity",
    ],
    &["Id", "id_s", "properties.id"],
    &["RequestUri", "requestUri_s", "properties.requestUri"],
    &["_ResourceId", "resourceId", "Resource"],
];
const TIME: usize = 0;
const OPERATION: usize = 1;
const STATUS: usize = 2;
const SIGNATURE: usize = 3;
const TYPE: usize = 4;
const DESCRIPTION: usize = 5;
const ADDRESS: usize = 6;
const IDENTITY: usize = 7;
const ID: usize = 8;
const URI: usize = 9;
const RESOURCE: usize = 10;

/// All records of all files, in the order of time.
///
/// # Errors
///
/// Every mistake of the first file that is wrong.
pub(super) fn read(exports: &[Export<'_>], rows: &Rows<'_>) -> Result<Vec<Record>, Error> {
    let mut records = Vec::new();
    for export in exports {
        table::read(
            export,
            COLUMNS,
            &[&[TIME], &[OPERATION]],
            rows,
            &mut |row, faults| {
                records.extend(record(row, faults));
            },
        )?;
    }
    records.sort_by_key(|record: &Record| record.at);
    Ok(records)
}

fn record(row: &Row<'_>, faults: &mut Faults<'_>) -> Option<Record> {
    let at = instant::read(row.cell(TIME))
        .map_err(|why| faults.add(&format!("{}, TimeGenerated", row.place()), &why))
        .ok();
    if row.cell(OPERATION).is_empty() {
        let message = "is empty; a name such as \"KeyUnwrap\" was expected";
        faults.add(&format!("{}, OperationName", row.place()), message);
        return None;
    }
    let answer = answer(row)
        .map_err(|why| faults.add(&format!("{}, HttpStatusCode", row.place()), &why))
        .ok();
    let found = name::key(row.cell(ID)).or_else(|| name::key(row.cell(URI)));
    let key = found.map(|(vault, key, version)| Key {
        vault: name::name(vault),
        name: name::name(key),
        version: version.map(name::name),
    });
    let resource = row.cell(RESOURCE);
    let vault = name::in_id(resource, "vaults").or((!resource.is_empty()).then_some(resource));
    let vault = key
        .as_ref()
        .map(|key| key.vault.clone())
        .or_else(|| vault.map(name::name));
    let description = row.cell(DESCRIPTION).to_lowercase();
    let signature = row.cell(SIGNATURE).to_lowercase();
    Some(Record {
        at: at?,
        operation: row.cell(OPERATION).to_lowercase(),
        answer: answer?,
        caller: format!("{} {}", row.cell(IDENTITY), row.cell(ADDRESS)),
        key,
        vault,
        disabled: description.contains("disabled") || signature.contains("disabled"),
    })
}

/// By the status, or by the words for it where a row has none.
fn answer(row: &Row<'_>) -> Result<Answer, String> {
    let status = row.cell(STATUS);
    // A column of real numbers has a digit after the point.
    let number = status.split('.').next().unwrap_or_default();
    let number = match number {
        "" => 0,
        number => number
            .parse::<u16>()
            .map_err(|_| format!("{status:?} where a status such as 200 was expected"))?,
    };
    let signature = row.cell(SIGNATURE).to_lowercase();
    Ok(match number {
        200..=299 => Answer::Granted,
        403 => Answer::Forbidden,
        404 => Answer::NotFound,
        429 => Answer::Throttled,
        0 if signature.contains("forbidden") || signature.contains("disabled") => Answer::Forbidden,
        0 if signature.contains("notfound") => Answer::NotFound,
        0 if signature == "ok" || name::same(row.cell(TYPE), "Success") => Answer::Granted,
        _ => Answer::Failed,
    })
}

/// The key that is asked for most, of those that `wanted` takes.
pub(super) fn most_used(records: &[Record], wanted: &dyn Fn(&Key) -> bool) -> Option<Key> {
    let mut counts: BTreeMap<(String, String), (usize, &Key)> = BTreeMap::new();
    for key in records.iter().filter_map(|record| record.key.as_ref()) {
        let name = (key.vault.to_lowercase(), key.name.to_lowercase());
        counts.entry(name).or_insert((0, key)).0 += 1;
    }
    let used = counts.into_values().filter(|(_, key)| wanted(key));
    used.max_by_key(|(count, _)| *count).map(|(_, key)| Key {
        version: None,
        ..key.clone()
    })
}

/// The same key, in whatever version.
pub(super) fn same_key(one: &Key, other: &Key) -> bool {
    name::same(&one.vault, &other.vault) && name::same(&one.name, &other.name)
}

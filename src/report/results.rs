//! The schema of all JSON results, derived from the types that are written.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::back_test::json::BackTestJson;
use super::compare::json::CompareJson;
use super::differences::DifferencesJson;
use super::faults::json::FaultsJson;
use super::json::{About, Document, RunJson};
use super::optimise::json::OptimiseJson;
use super::plan::json::PlanJson;
use super::rare::json::RareJson;
use super::rules::RulesJson;
use super::sensitivity::json::SensitivityJson;
use super::shrink::json::ShrinkJson;
use super::solve::json::SolveJson;
use super::study::json::StudyJson;
use super::study::sweep::SweepJson;
use super::worst::json::WorstJson;

/// The schema of a file: that of a document of one type.
type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<Document<T>>()
}

/// `replications.json` is of a study as it is, or of one with `--rare`.
fn of_a_study(generator: &mut SchemaGenerator) -> Schema {
    let plain = of::<About<'_, StudyJson<'_>>>(generator);
    let rare = of::<About<'_, RareJson<'_>>>(generator);
    json_schema!({ "anyOf": [plain, rare] })
}

/// Every JSON that a command writes or prints, by the file that it is written to; what is only
/// printed has the command's name.
const FILES: [(&str, SchemaOf); 14] = [
    ("summary.json", of::<About<'_, RunJson<'_>>>),
    ("replications.json", of_a_study),
    ("sweep.json", of::<About<'_, SweepJson<'_>>>),
    ("solve.json", of::<About<'_, SolveJson<'_>>>),
    ("compare.json", of::<CompareJson<'_>>),
    ("sensitivity.json", of::<About<'_, SensitivityJson<'_>>>),
    ("worst.json", of::<About<'_, WorstJson<'_>>>),
    ("optimise.json", of::<About<'_, OptimiseJson<'_>>>),
    ("shrink.json", of::<About<'_, ShrinkJson<'_>>>),
    ("faults.json", of::<About<'_, FaultsJson<'_>>>),
    ("plan.json", of::<About<'_, PlanJson<'_>>>),
    ("back-test.json", of::<About<'_, BackTestJson<'_>>>),
    ("rules", of::<RulesJson<'_>>),
    ("rules-diff", of::<DifferencesJson<'_>>),
];

/// The JSON schema (draft 2020-12) of all results: each file stands under its name in `$defs`,
/// and a result is one of them.
pub fn results_schema() -> String {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let files = FILES.map(|(name, schema)| (name, schema(&mut generator)));
    let mut definitions = generator.take_definitions(true);
    definitions.extend(files.map(|(name, schema)| (name.to_owned(), schema.to_value())));
    let any = FILES.map(|(name, _)| json!({ "$ref": format!("#/$defs/{name}") }));
    let mut schema: Map<String, Value> = Map::new();
    for (key, value) in [
        (
            "$schema",
            json!("https://json-schema.org/draft/2020-12/schema"),
        ),
        ("title", json!("A result of cmksim")),
        ("anyOf", json!(any)),
        ("$defs", Value::Object(definitions)),
    ] {
        schema.insert(key.to_owned(), value);
    }
    format!("{:#}\n", Value::Object(schema))
}

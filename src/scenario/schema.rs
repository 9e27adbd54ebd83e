//! The JSON schema of scenario files, made from [`keys`](super::keys), for editors.
//!
//! Editors repeat a `oneOf` over the kinds of events as one useless message per key. So an event
//! is one flat object: `kind` is an enumeration, and for each kind an `if`/`then` says which keys
//! it needs, what they mean there, and which it has not. The schema is a help while writing; the
//! reader alone decides (references, order and sums are beyond a schema).

use serde_json::{Map, Value, json};

use super::editions::DEFAULT_EDITION;
use super::keys::{
    DISTRIBUTION, EVENT, FAMILIES, Family, Form, HAZARD, INGESTION, Key, RANGE, RESPONSE, SCENARIO,
    SWEEP, Table,
};
use super::{Edition, EventKind};

const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";
const DURATION: &str = "([0-9]+(\\.[0-9]+)?\\s*(w|d|h|ms|m|s)\\s*)+";
const VOLUME: &str = "[0-9]+(\\.[0-9]+)?\\s*([kMGTP]?B|[KMGTP]iB)";
const CALENDAR: &str = "[0-9]{4}-[0-9]{2}-[0-9]{2}.*";

/// The schema as a file: JSON, indented, with a line feed at its end.
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

/// The schema of scenario files, JSON Schema draft 7.
pub fn schema() -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A cmksim scenario",
        "description": sentence(SCENARIO.text),
    });
    extend(&mut schema, object(&SCENARIO, ""));
    // The scenario that this one extends may hold what is required.
    let needed = schema
        .as_object_mut()
        .and_then(|all| all.remove("required"));
    schema["if"] = json!({ "required": ["extends"] });
    schema["else"] = json!({ "required": needed });
    schema["definitions"] = json!({
        "delay": delay(&whole_text(DURATION)),
        "delay-or-unlimited": delay(&format!("^\\s*(unlimited|{DURATION})$")),
        "delay-or-never": delay(&format!("^\\s*(never|{DURATION})$")),
        "when": delay(&format!("^\\s*({DURATION}|{CALENDAR})$")),
        "event": happening(&EVENT),
        "hazard": happening(&HAZARD),
        "response": happening(&RESPONSE),
    });
    schema["definitions"]["event"]["oneOf"] = json!([
        { "required": ["at"] },
        { "required": ["after"] },
        { "required": ["after_end"] },
    ]);
    schema
}

/// A text that holds this pattern and nothing else but spaces.
fn whole_text(pattern: &str) -> String {
    format!("^\\s*{pattern}\\s*$")
}

/// A phrase as a sentence.
fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

/// Adds the members of `more`, which are others, to an object.
fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

/// An object with the keys of a table. `path` is where an edition keeps its defaults.
fn object(table: &Table, path: &str) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        properties.insert(key.name.to_owned(), property(key, path));
    }
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    let required = required(table.keys);
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    object
}

fn required(keys: &[Key]) -> Vec<&'static str> {
    let required = keys.iter().filter(|key| key.required);
    required.map(|key| key.name).collect()
}

/// What may stand behind a key, with its description and default.
fn property(key: &Key, path: &str) -> Value {
    let default = default(key, path);
    let description = match &default {
        Some(default) => format!("{} Default: {default}", sentence(key.text)),
        None => sentence(key.text),
    };
    let mut property = json!({ "description": description });
    if let Some(default) = default {
        property["default"] = default;
    }
    extend(&mut property, form(&key.form));
    property
}

/// What holds without a key.
fn default(key: &Key, path: &str) -> Option<Value> {
    let edition = Edition::named(DEFAULT_EDITION)?;
    let stated = edition.parameter(&format!("{path}.{}", key.name));
    match (stated, key.default) {
        (Some(stated), _) => Some(json_of(&stated.value)),
        (None, Some(text)) => {
            let value: toml::Value = text.parse().expect("a test reads every default");
            Some(json_of(&value))
        }
        (None, None) => None,
    }
}

/// TOML as JSON, as editors see it: instants are texts.
fn json_of(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(instant) => json!(instant.to_string()),
        toml::Value::Array(list) => list.iter().map(json_of).collect(),
        toml::Value::Table(table) => {
            let entries = table.iter();
            Value::Object(
                entries
                    .map(|(key, value)| (key.clone(), json_of(value)))
                    .collect(),
            )
        }
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(truth) => json!(truth),
    }
}

fn matching(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}

fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn choice<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": words.collect::<Vec<_>>() })
}

/// A text or a table: one object with both, so that an editor has one thing to say. `pattern` is
/// of the text.
fn text_or(pattern: &str, mut object: Value) -> Value {
    object["type"] = json!(["string", "object"]);
    object["pattern"] = json!(pattern);
    object
}

/// In draft 7 what stands beside `$ref` is ignored.
fn defined(name: &str) -> Value {
    json!({ "allOf": [{ "$ref": format!("#/definitions/{name}") }] })
}

fn form(form: &Form) -> Value {
    let rate = whole_text(&format!("{VOLUME}\\s*/\\s*(s|min|h|day)"));
    let duration = whole_text(DURATION);
    match form {
        Form::Any => json!({}),
        Form::Text | Form::Reference | Form::File => json!({ "type": "string" }),
        Form::Name => matching(NAME),
        Form::Truth => json!({ "type": "boolean" }),
        Form::Whole(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Form::Positive => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Form::Factor => json!({ "type": "number", "minimum": 0, "maximum": 1_000_000 }),
        Form::Factors(count) => {
            let weight = json!({ "type": "number", "minimum": 0 });
            json!({ "type": "array", "items": weight, "minItems": count, "maxItems": count })
        }
        Form::Probability => json!({
            "type": ["number", "string"],
            "exclusiveMinimum": 0,
            "maximum": 1,
            "pattern": "^\\s*[0-9]+(\\.[0-9]+)?\\s*%?\\s*$",
        }),
        Form::Duration | Form::Span => matching(&duration),
        Form::Durations => list_of(matching(&duration)),
        Form::DurationOrNever | Form::SpanOrNever => matching(&format!("^\\s*(never|{DURATION})$")),
        Form::Delay => defined("delay"),
        Form::DelayOrUnlimited => defined("delay-or-unlimited"),
        Form::DelayOrNever => defined("delay-or-never"),
        Form::When => defined("when"),
        Form::Instant => matching(&whole_text(CALENDAR)),
        Form::VolumeOrNone => matching(&whole_text(&format!("(none|{VOLUME})"))),
        Form::Rate => matching(&rate),
        Form::Rates => list_of(matching(&rate)),
        Form::Amount => json!({ "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64 }),
        Form::Currency => matching("^[A-Z]{3}$"),
        Form::Reservation => reservation(),
        Form::Texts => list_of(json!({ "type": "string" })),
        Form::Growth => matching(&whole_text(&format!(
            "[+-]?[0-9]+(\\.[0-9]+)?\\s*%\\s*/\\s*{DURATION}"
        ))),
        Form::Choice(words) => choice(words.iter().copied()),
        Form::Choices(words) => list_of(choice(words.iter().copied())),
        Form::Expectations => list_of(matching("(<=|>=|==|!=|<|>)")),
        Form::Bounds => bounds(&duration),
        Form::Table(table) => object(table, plain(table)),
        Form::Tables(table) => list_of(object(table, plain(table))),
        Form::TableOrNone(table) => text_or("^none$", object(table, plain(table))),
        Form::RateOrTable(table) => text_or(&rate, ingestion(table)),
        Form::KeyVersions => {
            let versions = json!({ "type": "array", "items": matching(NAME), "minItems": 1 });
            json!({ "type": "object", "additionalProperties": versions, "minProperties": 1 })
        }
        Form::Filter => json!({
            "type": "object",
            "additionalProperties": { "type": "string" },
        }),
        Form::Events => list_of(defined("event")),
        Form::Hazards => list_of(defined("hazard")),
        Form::Responses => list_of(defined("response")),
        Form::Sweep => sweep(),
        Form::EventKind => kinds(),
        Form::Family => choice(FAMILIES.iter().map(|family| family.name)),
        Form::Edition => choice(Edition::all().iter().map(|edition| edition.name.as_str())),
    }
}

/// The path of a table in an edition: `behaviour` for `[behaviour]`.
fn plain(table: &Table) -> &'static str {
    table.title.trim_matches(['[', ']'])
}

/// A discount, or a price per level.
fn reservation() -> Value {
    json!({
        "type": ["string", "object"],
        "pattern": "^\\s*[0-9]+(\\.[0-9]+)?\\s*%?\\s*$",
        "additionalProperties": { "type": "number", "minimum": 0 },
        "minProperties": 1,
    })
}

fn bounds(duration: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "min": { "type": "string", "pattern": duration, "description": "The shortest gap." },
            "max": { "type": "string", "pattern": duration, "description": "The longest gap." },
        },
        "required": ["min", "max"],
        "additionalProperties": false,
    })
}

/// What every sweep has, and paths of keys: with their values, or tables of paths below them.
fn sweep() -> Value {
    let mut sweep = object(&SWEEP, "");
    let values = json!({ "type": "array", "minItems": 1 });
    let below = json!({ "type": "object", "not": { "required": ["from"] } });
    let range = object(&RANGE, "");
    sweep["additionalProperties"] = json!({ "anyOf": [values, range, below] });
    sweep
}

/// A rate, or a trace with its columns and its scale.
fn ingestion(table: &Table) -> Value {
    let mut ingestion = object(table, "");
    let trace = [
        "time", "volume", "unit", "scale_to", "step", "where", "repeat", "align",
    ];
    let mut dependencies = Map::new();
    for name in INGESTION.names().filter(|name| trace.contains(name)) {
        dependencies.insert(name.to_owned(), json!(["trace"]));
    }
    dependencies.insert(
        "trace".to_owned(),
        json!({
            "required": ["time", "volume"],
            "oneOf": [{ "required": ["unit"] }, { "required": ["scale_to"] }],
        }),
    );
    ingestion["dependencies"] = Value::Object(dependencies);
    // A text has no keys that could be missing.
    ingestion["if"] = json!({ "type": "object" });
    ingestion["then"] = json!({ "oneOf": [{ "required": ["rate"] }, { "required": ["trace"] }] });
    ingestion
}

/// The kinds of events, each with its sentence where the editor can show it.
fn kinds() -> Value {
    let mut kinds = choice(EventKind::ALL.iter().map(|kind| kind.name()));
    let texts: Vec<String> = EventKind::ALL
        .iter()
        .map(|kind| sentence(kind.text()))
        .collect();
    kinds["x-taplo"] = json!({ "docs": { "enumValues": texts } });
    kinds
}

/// An event, a hazard or a response: what all have, and by its kind what that one has.
fn happening(table: &Table) -> Value {
    let mut happening = object(table, "");
    let mut known: Vec<&str> = EventKind::ALL
        .iter()
        .flat_map(|kind| kind.keys())
        .map(|key| key.name)
        // What all have may stand there whatever the kind.
        .filter(|name| table.names().all(|own| own != *name))
        .collect();
    known.sort_unstable();
    known.dedup();
    for name in &known {
        // What it means depends on the kind.
        happening["properties"][*name] = json!({});
    }
    happening["description"] = json!(sentence(table.text));
    let of_kind = |kind: &EventKind| of_kind(*kind, &known);
    happening["allOf"] = EventKind::ALL.iter().map(of_kind).collect();
    happening
}

/// What holds for one kind of event; keys that only others have are refused.
fn of_kind(kind: EventKind, known: &[&str]) -> Value {
    let mut properties = Map::new();
    for name in known {
        let own = kind.key(name);
        let schema = own.map_or(json!(false), |key| property(key, ""));
        properties.insert((*name).to_owned(), schema);
    }
    json!({
        "if": { "properties": { "kind": { "const": kind.name() } }, "required": ["kind"] },
        "then": { "properties": properties, "required": required(kind.keys()) },
    })
}

/// A text of this pattern, or a distribution.
fn delay(pattern: &str) -> Value {
    let mut delay = text_or(pattern, object(&DISTRIBUTION, ""));
    let texts: Vec<String> = FAMILIES
        .iter()
        .map(|family| sentence(family.text))
        .collect();
    delay["properties"]["dist"]["x-taplo"] = json!({ "docs": { "enumValues": texts } });
    delay["allOf"] = FAMILIES.iter().map(of_family).collect();
    delay
}

/// Which parameters a family of distributions needs, and which it has not.
fn of_family(family: &Family) -> Value {
    let sets = family
        .parameters
        .iter()
        .map(|set| json!({ "required": set }));
    let strangers = DISTRIBUTION.names().filter(|name| {
        !["dist", "min", "max"].contains(name) && !family.parameters.concat().contains(name)
    });
    let refused: Map<String, Value> = strangers
        .map(|name| (name.to_owned(), json!(false)))
        .collect();
    json!({
        "if": {
            "type": "object",
            "properties": { "dist": { "const": family.name } },
            "required": ["dist"],
        },
        "then": { "properties": refused, "anyOf": sets.collect::<Vec<Value>>() },
    })
}

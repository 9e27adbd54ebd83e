//! The JSON schema of scenario files, made from [`keys`](super::keys), for editors.
//!
//! Editors repeat a `oneOf` over the kinds of events as one useless message per key. So an event
//! is one flat object: `kind` is an enumeration, and for each kind an `if`/`then` says which keys
//! it needs, what they mean there, and which it has not. The schema is a help while writing; the
//! reader alone decides (references, order and sums are beyond a schema).
//!
//! Of a `pattern`, `oneOf` or `anyOf` that does not hold, editors show the regular expression or
//! the whole table. So each stands behind `if`, and its `else` is a `const` that says in words
//! what must stand there: editors show `"a duration such as 45m or 1d 3h" was expected`.

use serde_json::{Map, Value, json};

use super::editions::DEFAULT_EDITION;
use super::keys::{
    DISTRIBUTION, EVENT, FAMILIES, FAULT, Family, Form, HAZARD, INGESTION, Key, RANGE, RESPONSE,
    SCENARIO, SWEEP, Table,
};
use super::{Edition, EventKind};

/// What a text must be, as a regular expression and in words.
type Pattern = (String, &'static str);

const NAME: &str = "^[A-Za-z0-9_-]{1,64}$";
const EVENT_NAME: &str = "^([A-Za-z0-9_-]{1,64}|[a-z_]+#[1-9][0-9]{0,8})$";
const DURATION: &str = "([0-9]+(\\.[0-9]+)?\\s*(w|d|h|ms|m|s)\\s*)+";
const VOLUME: &str = "[0-9]+(\\.[0-9]+)?\\s*([kMGTP]?B|[KMGTP]iB)";
const PERCENTAGE: &str = "^\\s*[0-9]+(\\.[0-9]+)?\\s*%?\\s*$";
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
        "delay": delay(&Form::Delay),
        "delay-or-unlimited": delay(&Form::DelayOrUnlimited),
        "delay-or-never": delay(&Form::DelayOrNever),
        "when": delay(&Form::When),
        "not-here": { "const": "nothing: this kind takes no such key" },
        "event": happening(&EVENT, Some(time())),
        "hazard": happening(&HAZARD, None),
        "response": happening(&RESPONSE, None),
        "fault": happening(&FAULT, None),
    });
    schema
}

/// When an event happens.
fn time() -> Value {
    let times = json!({ "oneOf": [
        { "required": ["at"] },
        { "required": ["after"] },
        { "required": ["after_end"] },
    ]});
    must(times, "one of the keys at, after and after_end")
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

/// A condition, and in words what must stand there if it does not hold.
fn must(condition: Value, words: &str) -> Value {
    json!({ "if": condition, "else": { "const": words } })
}

fn matching((pattern, words): &Pattern) -> Value {
    let mut text = json!({ "type": "string" });
    extend(&mut text, must(json!({ "pattern": pattern }), words));
    text
}

fn list_of(items: Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn choice<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    json!({ "type": "string", "enum": words.collect::<Vec<_>>() })
}

/// A text or a table: one object with both, so that an editor has one thing to say.
fn text_or((pattern, words): &Pattern, mut object: Value) -> Value {
    object["type"] = json!(["string", "object"]);
    extend(&mut object, must(json!({ "pattern": pattern }), words));
    object
}

/// In draft 7 what stands beside `$ref` is ignored, and Taplo shows no description beside `allOf`.
fn defined(name: &str) -> Value {
    json!({ "if": true, "then": { "$ref": format!("#/definitions/{name}") } })
}

/// What a text of a form must be.
fn of(form: &Form) -> Pattern {
    let never = format!("^\\s*(never|{DURATION})$");
    let volume = whole_text(&format!("(none|{VOLUME})"));
    let rate = whole_text(&format!("{VOLUME}\\s*/\\s*(s|min|h|day)"));
    let growth = format!("[+-]?[0-9]+(\\.[0-9]+)?\\s*%\\s*/\\s*{DURATION}");
    match form {
        Form::Name => (
            NAME.into(),
            "a name of letters, digits, - and _, at most 64",
        ),
        Form::EventName => (
            EVENT_NAME.into(),
            "a name of letters, digits, - and _, at most 64, or kind#n of an unnamed event",
        ),
        Form::DurationOrNever | Form::SpanOrNever | Form::DelayOrNever => {
            (never, "never, or a duration such as 45m or 1d 3h")
        }
        Form::DelayOrUnlimited => (
            format!("^\\s*(unlimited|{DURATION})$"),
            "unlimited, or a duration such as 45m or 1d 3h",
        ),
        Form::When => (
            format!("^\\s*({DURATION}|{CALENDAR})$"),
            "a duration after the start such as 2d 3h, or a calendar time",
        ),
        Form::Instant => (
            whole_text(CALENDAR),
            "a calendar time such as 2026-03-01T00:00:00Z",
        ),
        Form::VolumeOrNone => (volume, "none, or a volume such as 800 GB"),
        Form::Rate | Form::RateOrDrawn(_) => (rate, "a rate such as 600 GB/day"),
        Form::Currency => ("^[A-Z]{3}$".into(), "a currency such as EUR"),
        Form::Growth | Form::GrowthOrDrawn(_) => {
            (whole_text(&growth), "growth in a period, such as 3%/30d")
        }
        Form::Expectations => (
            "(<=|>=|==|!=|<|>)".into(),
            "a measure compared with a value, such as dropped <= 20 GB",
        ),
        _ => (whole_text(DURATION), "a duration such as 45m or 1d 3h"),
    }
}

fn form(form: &Form) -> Value {
    let duration = of(&Form::Span);
    match form {
        Form::Any => json!({}),
        Form::Name
        | Form::EventName
        | Form::Duration
        | Form::Span
        | Form::DurationOrNever
        | Form::SpanOrNever
        | Form::Instant
        | Form::VolumeOrNone
        | Form::Rate
        | Form::Currency
        | Form::Growth => matching(&of(form)),
        Form::Expectations => list_of(matching(&of(form))),
        Form::Text | Form::Reference | Form::File => json!({ "type": "string" }),
        Form::Truth => json!({ "type": "boolean" }),
        Form::Whole(least, most) => whole(*least, *most),
        Form::WholeOrUnlimited(least, most) => whole_or_unlimited(*least, *most),
        Form::Positive => json!({ "type": "number", "exclusiveMinimum": 0 }),
        Form::Factor => json!({ "type": "number", "minimum": 0, "maximum": 1_000_000 }),
        Form::Factors(count) => {
            let weight = json!({ "type": "number", "minimum": 0 });
            json!({ "type": "array", "items": weight, "minItems": count, "maxItems": count })
        }
        Form::Probability => probability(),
        Form::Durations => list_of(matching(&duration)),
        Form::Delay => defined("delay"),
        Form::DelayOrUnlimited => defined("delay-or-unlimited"),
        Form::DelayOrNever => defined("delay-or-never"),
        Form::When => defined("when"),
        Form::Rates => list_of(matching(&of(&Form::Rate))),
        Form::Amount => json!({ "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64 }),
        Form::Reservation => reservation(),
        Form::Texts => list_of(json!({ "type": "string" })),
        Form::Choice(words) => choice(words.iter().copied()),
        Form::Choices(words) => list_of(choice(words.iter().copied())),
        Form::Bounds => bounds(&duration),
        Form::Table(table) => object(table, plain(table)),
        Form::Tables(table) => list_of(object(table, plain(table))),
        Form::TableOrNone(table) => text_or(
            &("^none$".into(), "none, or a table"),
            object(table, plain(table)),
        ),
        Form::RateOrTable(table) => ingestion(table),
        Form::RateOrDrawn(table) | Form::GrowthOrDrawn(table) => drawn(form, table),
        Form::Correlation => json!({ "type": "number", "minimum": -1, "maximum": 1 }),
        Form::KeyVersions => {
            let versions =
                json!({ "type": "array", "items": matching(&of(&Form::Name)), "minItems": 1 });
            json!({ "type": "object", "additionalProperties": versions, "minProperties": 1 })
        }
        Form::Filter => json!({
            "type": "object",
            "additionalProperties": { "type": "string" },
        }),
        Form::Events => list_of(defined("event")),
        Form::Hazards => list_of(defined("hazard")),
        Form::Responses => list_of(defined("response")),
        Form::Faults => list_of(defined("fault")),
        Form::Sweep => sweep(),
        Form::EventKind => kinds(),
        Form::Family => choice(FAMILIES.iter().map(|family| family.name)),
        Form::Edition => choice(Edition::all().iter().map(|edition| edition.name.as_str())),
    }
}

fn probability() -> Value {
    json!({
        "type": ["number", "string"],
        "exclusiveMinimum": 0,
        "maximum": 1,
        "if": { "pattern": PERCENTAGE },
        "else": { "const": "a number from 0 to 1, or a percentage such as 3%" },
    })
}

fn whole(least: u64, most: u64) -> Value {
    json!({ "type": "integer", "minimum": least, "maximum": most })
}

fn whole_or_unlimited(least: u64, most: u64) -> Value {
    json!({
        "type": ["integer", "string"],
        "minimum": least,
        "maximum": most,
        "pattern": "^unlimited$",
    })
}

/// The path of a table in an edition: `behaviour` for `[behaviour]`.
fn plain(table: &Table) -> &'static str {
    table.title.trim_matches(['[', ']'])
}

/// A discount, or a price per level.
fn reservation() -> Value {
    let prices = json!({
        "additionalProperties": { "type": "number", "minimum": 0 },
        "minProperties": 1,
    });
    let words = "a discount such as 25%, or a table of prices";
    text_or(&(PERCENTAGE.into(), words), prices)
}

fn bounds(duration: &Pattern) -> Value {
    let bound = |text: &str| {
        let mut bound = json!({ "description": text });
        extend(&mut bound, matching(duration));
        bound
    };
    json!({
        "type": "object",
        "properties": { "min": bound("The shortest gap."), "max": bound("The longest gap.") },
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
    let ways = json!({ "anyOf": [values, range, below] });
    let words = "a list of values, or a range with from, to and points";
    sweep["additionalProperties"] = must(ways, words);
    sweep
}

/// A quantity, or a table from which it is drawn.
fn drawn(form: &Form, table: &Table) -> Value {
    let mut drawn = text_or(&of(form), object(table, ""));
    let ways = json!({ "anyOf": [
        { "type": "string" },
        { "required": ["mean", "sd"], "not": { "anyOf": [
            { "required": ["low"] }, { "required": ["high"] }, { "required": ["confidence"] },
        ] } },
        { "required": ["low", "high"], "not": { "anyOf": [
            { "required": ["mean"] }, { "required": ["sd"] },
        ] } },
    ]});
    drawn["allOf"] = json!([must(ways, "mean and sd, or low and high")]);
    drawn
}

/// A rate, or a trace with its columns and its scale.
fn ingestion(table: &Table) -> Value {
    let rate = of(&Form::Rate);
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
            "if": { "oneOf": [{ "required": ["unit"] }, { "required": ["scale_to"] }] },
            "else": { "const": "one of the keys unit and scale_to" },
        }),
    );
    ingestion["dependencies"] = Value::Object(dependencies);
    // A text has no keys that could be missing.
    let ways = json!({ "oneOf": [{ "required": ["rate"] }, { "required": ["trace"] }] });
    ingestion["if"] = json!({ "type": "object" });
    ingestion["then"] = must(ways, "one of the keys rate and trace");
    ingestion["else"] = must(json!({ "pattern": rate.0 }), rate.1);
    ingestion["type"] = json!(["string", "object"]);
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

/// An event, a hazard or a response: what all have, and by its kind what that one has. What must
/// hold stands behind `then`: beside `allOf`, Taplo completes no key.
fn happening(table: &Table, time: Option<Value>) -> Value {
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
        happening["properties"][*name] = json!({ "description": meanings(name) });
    }
    happening["description"] = json!(sentence(table.text));
    let of_kind = |kind: &EventKind| of_kind(*kind, &known);
    let all: Vec<Value> = EventKind::ALL.iter().map(of_kind).chain(time).collect();
    happening["if"] = json!(true);
    happening["then"] = json!({ "allOf": all });
    happening
}

/// What a key means, which depends on the kind: each meaning once.
fn meanings(name: &str) -> String {
    let mut all: Vec<String> = Vec::new();
    for key in EventKind::ALL.iter().filter_map(|kind| kind.key(name)) {
        let meaning = sentence(key.text);
        if !all.contains(&meaning) {
            all.push(meaning);
        }
    }
    all.join(" Or: ")
}

/// What holds for one kind of event; keys that only others have are refused.
fn of_kind(kind: EventKind, known: &[&str]) -> Value {
    let mut properties = Map::new();
    for name in known {
        let own = kind.key(name);
        let not_here = json!({ "$ref": "#/definitions/not-here" });
        let schema = own.map_or(not_here, |key| property(key, ""));
        properties.insert((*name).to_owned(), schema);
    }
    json!({
        "if": { "properties": { "kind": { "const": kind.name() } }, "required": ["kind"] },
        "then": { "properties": properties, "required": required(kind.keys()) },
    })
}

/// A text of this pattern, or a distribution.
fn delay(form: &Form) -> Value {
    let mut delay = text_or(&of(form), object(&DISTRIBUTION, ""));
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
    let named = family.parameters.iter().map(|set| set.join(" and "));
    let named: Vec<String> = named.collect();
    let words = format!(
        "a {} distribution with {}",
        family.name,
        named.join(", or ")
    );
    let strangers = DISTRIBUTION.names().filter(|name| {
        !["dist", "min", "max"].contains(name) && !family.parameters.concat().contains(name)
    });
    let not_here = json!({ "$ref": "#/definitions/not-here" });
    let refused: Map<String, Value> = strangers
        .map(|name| (name.to_owned(), not_here.clone()))
        .collect();
    let mut then = json!({ "properties": refused });
    extend(
        &mut then,
        must(json!({ "anyOf": sets.collect::<Vec<Value>>() }), &words),
    );
    json!({
        "if": {
            "type": "object",
            "properties": { "dist": { "const": family.name } },
            "required": ["dist"],
        },
        "then": then,
    })
}

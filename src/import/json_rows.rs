//! Rows in JSON: a list of objects, one object a line, records of a diagnostic setting, or the
//! tables of a query's answer. Only one row at a time becomes a tree in memory, which takes fifty
//! times as much as its text.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::export::Export;
use super::fault::{Faults, fault};
use super::row::{Column, Place, Row, Taken, Whole, at, written};
use crate::error::Error;
use crate::limits::ROW_BYTES;

/// No object in which lists of rows are looked for has more keys.
const MOST_KEYS: usize = 100_000;

/// Keys of an object with the text of what stands at them.
type Members<'t> = BTreeMap<String, &'t RawValue>;

/// Reads rows and hands them out.
pub(super) struct Reader<'a, 'f> {
    pub(super) export: &'a Export<'a>,
    pub(super) columns: &'a [Column],
    pub(super) faults: &'a mut Faults<'f>,
    pub(super) row: &'a mut Taken<'a>,
}

impl Reader<'_, '_> {
    /// All rows of a text: of one value, or of several behind each other.
    pub(super) fn values(&mut self, text: &str) -> Result<(), Error> {
        let values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        for (index, value) in values.enumerate() {
            let value = value.map_err(|error| self.no_json("", &error))?;
            let path = match index {
                0 => String::new(),
                index => format!("value {}", index + 1),
            };
            self.value(value.get(), &path)?;
        }
        Ok(())
    }

    fn no_json(&self, place: &str, error: &serde_json::Error) -> Error {
        let message = format!("this is not JSON: {error}");
        fault(self.export.name, place, &message)
    }

    fn value(&mut self, text: &str, path: &str) -> Result<(), Error> {
        if text.starts_with('[') {
            return self.entries(text, path);
        }
        if !text.starts_with('{') {
            self.faults
                .add(path, "is not a record: an object was expected");
            return Ok(());
        }
        let within = |key: &str| match path {
            "" => key.to_owned(),
            path => format!("{path}.{key}"),
        };
        let object = self.members(text, path)?;
        if let Some((key, tables)) = member(&object, "tables", '[') {
            let path = within(key);
            return self.each(tables, &path, &mut |reader, index, table| {
                reader.table(table, &format!("{path}[{index}]"))
            });
        }
        if let Some((key, answers)) = member(&object, "responses", '{') {
            let answers = self.members(answers, &within(key))?;
            let body = match member(&answers, "200", '{') {
                Some((_, answer)) => self.members(answer, &within(key))?.remove("body"),
                None => None,
            };
            return match body.filter(|body| body.get() != "null") {
                Some(body) => self.value(body.get(), &format!("{}.200.body", within(key))),
                None => {
                    self.faults
                        .add(&within(key), "has no answer 200 with a body");
                    Ok(())
                }
            };
        }
        for list in ["records", "value"] {
            if let Some((key, list)) = member(&object, list, '[') {
                return self.entries(list, &within(key));
            }
        }
        self.entry(text, path, 0)
    }

    /// The keys of an object.
    fn members<'t>(&self, text: &'t str, path: &str) -> Result<Members<'t>, Error> {
        let mut text = serde_json::Deserializer::from_str(text);
        let members = text.deserialize_map(Keys);
        members.map_err(|error| self.no_json(path, &error))
    }

    /// Does something with the text of each entry of a list.
    fn each(
        &mut self,
        list: &str,
        path: &str,
        what: &mut dyn FnMut(&mut Self, usize, &str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut failed = None;
        let mut each = |index: usize, entry: &str| {
            let done = what(self, index, entry);
            done.map_err(|error| failed = Some(error)).is_ok()
        };
        let read = Each(&mut each).deserialize(&mut serde_json::Deserializer::from_str(list));
        match failed {
            Some(error) => Err(error),
            None => read.map_err(|error| self.no_json(path, &error)),
        }
    }

    fn entries(&mut self, list: &str, path: &str) -> Result<(), Error> {
        self.each(list, path, &mut |reader, index, entry| {
            reader.entry(entry, path, index)
        })
    }

    fn entry(&mut self, text: &str, path: &str, index: usize) -> Result<(), Error> {
        let place = Place::Path(path, index);
        let entry = match text.starts_with('{') {
            true => self.tree(text, &place)?,
            false => Value::Null,
        };
        let Value::Object(object) = &entry else {
            let message = "is not a record: an object was expected";
            self.faults.add(&place.to_string(), message);
            return Ok(());
        };
        let cell = |names: &Column| {
            let found = names.iter().find_map(|name| at(object, name));
            found.unwrap_or_default()
        };
        let row = Row {
            cells: self.columns.iter().map(cell).collect(),
            whole: Whole::Json(&entry),
            place,
        };
        (self.row)(&row, self.faults)
    }

    /// A row as a tree.
    fn tree(&self, text: &str, place: &Place<'_>) -> Result<Value, Error> {
        if !ROW_BYTES.allows(text.len() as u64) {
            let place = place.to_string();
            return Err(fault(self.export.name, &place, &ROW_BYTES.exceeded()));
        }
        serde_json::from_str(text).map_err(|error| self.no_json(&place.to_string(), &error))
    }

    /// A table with its columns and rows, as the answer to a query has it.
    fn table(&mut self, text: &str, path: &str) -> Result<(), Error> {
        let table = match text.starts_with('{') {
            true => self.members(text, path)?,
            false => Members::new(),
        };
        let (Some((_, heads)), Some((_, rows))) =
            (member(&table, "columns", '['), member(&table, "rows", '['))
        else {
            let message = "is not a table: `columns` and `rows` were expected";
            self.faults.add(path, message);
            return Ok(());
        };
        let path = format!("{path}.rows");
        let heads = self.tree(heads, &Place::Path(&path, 0))?;
        let names: Vec<Option<String>> = match &heads {
            Value::Array(heads) => heads.iter().map(name).collect(),
            _ => Vec::new(),
        };
        let place = |wanted: &&str| {
            let wanted = wanted.to_lowercase();
            names
                .iter()
                .position(|name| name.as_deref() == Some(&*wanted))
        };
        let places: Vec<Option<usize>> = self
            .columns
            .iter()
            .map(|names| names.iter().find_map(place))
            .collect();
        self.each(rows, &path, &mut |reader, index, row| {
            reader.table_row(row, Place::Path(&path, index), &places, names.len())
        })
    }

    fn table_row(
        &mut self,
        text: &str,
        place: Place<'_>,
        places: &[Option<usize>],
        columns: usize,
    ) -> Result<(), Error> {
        let row = self.tree(text, &place)?;
        let Some(entries) = row.as_array().filter(|entries| entries.len() == columns) else {
            let message = "has more or fewer values than there are columns";
            self.faults.add(&place.to_string(), message);
            return Ok(());
        };
        let cell = |place: &Option<usize>| {
            let found = place.and_then(|place| written(&entries[place]));
            found.unwrap_or_default()
        };
        let row = Row {
            cells: places.iter().map(cell).collect(),
            whole: Whole::Json(&row),
            place,
        };
        (self.row)(&row, self.faults)
    }
}

/// What stands at a key, in either case, if it begins so.
fn member<'m>(members: &'m Members<'_>, key: &str, begin: char) -> Option<(&'m str, &'m str)> {
    let exact = members.get_key_value(key);
    let found = exact.or_else(|| {
        members
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
    });
    let found = found.map(|(name, value)| (name.as_str(), value.get()));
    found.filter(|(_, value)| value.starts_with(begin))
}

fn name(head: &Value) -> Option<String> {
    let (_, name) = super::json::get(head.as_object()?, "name")?;
    Some(name.as_str()?.to_lowercase())
}

struct Keys;

impl<'t> Visitor<'t> for Keys {
    type Value = Members<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<Members<'t>, A::Error> {
        let mut members = Members::new();
        while let Some((key, value)) = map.next_entry()? {
            members.insert(key, value);
            if members.len() > MOST_KEYS {
                let message = format!("an object with more than {MOST_KEYS} keys");
                return Err(A::Error::custom(message));
            }
        }
        Ok(members)
    }
}

/// Hands out the entries of a list until it is told to stop.
struct Each<'e>(&'e mut dyn FnMut(usize, &str) -> bool);

impl<'t> DeserializeSeed<'t> for Each<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, list: D) -> Result<(), D::Error> {
        list.deserialize_seq(self)
    }
}

impl<'t> Visitor<'t> for Each<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(entry) = list.next_element::<&RawValue>()? {
            if !(self.0)(index, entry.get()) {
                return Err(A::Error::custom("told to stop"));
            }
            index += 1;
        }
        Ok(())
    }
}

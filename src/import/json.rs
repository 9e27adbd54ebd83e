//! JSON in which a value knows its path, and keys are found in either case.

use serde_json::{Map, Value};

use super::export::Export;
use super::fault::fault;
use crate::error::Error;
use crate::foreign::{brief, quoted};
use crate::limits::RESOURCE_BYTES;

/// The text of an export.
pub(super) fn text<'a>(export: &Export<'a>) -> Result<&'a str, Error> {
    let bytes = export.bytes;
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let message = "is UTF-16; save it as UTF-8";
        return Err(fault(export.name, "", message));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.split(|&byte| byte == b'\n').count();
        let place = format!("line {line}");
        fault(export.name, &place, "is not UTF-8 text; save it as UTF-8")
    })?;
    if text.trim().is_empty() {
        return Err(fault(export.name, "", "is empty"));
    }
    Ok(text)
}

/// All values of a text: one, or one per line.
pub(super) fn values(export: &Export<'_>) -> Result<Vec<Value>, Error> {
    if !RESOURCE_BYTES.allows(export.bytes.len() as u64) {
        return Err(fault(export.name, "", &RESOURCE_BYTES.exceeded()));
    }
    let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text(export)?)
        .into_iter()
        .collect();
    values.map_err(|error| fault(export.name, "", &format!("this is not JSON: {error}")))
}

/// The value of a key, in either case; `null` is none.
pub(super) fn get<'v>(object: &'v Map<String, Value>, key: &str) -> Option<(&'v str, &'v Value)> {
    let exact = object.get_key_value(key);
    let found = exact.or_else(|| {
        object
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
    });
    found
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.as_str(), value))
}

/// A value and where it is.
#[derive(Debug, Clone)]
pub(super) struct Node<'v> {
    pub(super) value: &'v Value,
    pub(super) path: String,
    pub(super) file: &'v str,
}

impl<'v> Node<'v> {
    pub(super) fn root(value: &'v Value, file: &'v str) -> Node<'v> {
        Node {
            value,
            path: String::new(),
            file,
        }
    }

    /// What stands at a key, in either case; `null` is nothing.
    pub(super) fn get(&self, key: &str) -> Option<Node<'v>> {
        let (name, value) = get(self.value.as_object()?, key)?;
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        Some(Node {
            value,
            path,
            file: self.file,
        })
    }

    /// What stands at a key of `properties`, or beside it where a tool has flattened that.
    pub(super) fn property(&self, key: &str) -> Option<Node<'v>> {
        let properties = self.get("properties");
        properties
            .and_then(|properties| properties.get(key))
            .or_else(|| self.get(key))
    }

    /// The entries of a list.
    pub(super) fn entries(&self) -> Result<Vec<Node<'v>>, Error> {
        let Value::Array(list) = self.value else {
            return Err(self.wrong("a list"));
        };
        let node = |(index, value)| Node {
            value,
            path: format!("{}[{index}]", self.path),
            file: self.file,
        };
        Ok(list.iter().enumerate().map(node).collect())
    }

    pub(super) fn text(&self) -> Result<&'v str, Error> {
        self.value.as_str().ok_or_else(|| self.wrong("a text"))
    }

    /// The text at a key, if there is one that is not empty.
    pub(super) fn text_at(&self, key: &str) -> Result<Option<&'v str>, Error> {
        let text = self.get(key).map(|node| node.text()).transpose()?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    }

    /// The text of a property, if there is one that is not empty.
    pub(super) fn property_text(&self, key: &str) -> Result<Option<&'v str>, Error> {
        let text = self.property(key).map(|node| node.text()).transpose()?;
        Ok(text.filter(|text| !text.trim().is_empty()))
    }

    /// The complaint that this is not what was expected.
    pub(super) fn wrong(&self, expected: &str) -> Error {
        let found = match self.value {
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::String(text) => quoted(text),
            other => brief(&other.to_string()),
        };
        fault(
            self.file,
            &self.path,
            &format!("{found} where {expected} was expected"),
        )
    }
}

/// The resources of an answer of the service.
pub(super) struct Answer<'v> {
    pub(super) resources: Vec<Node<'v>>,
    /// The request, in an example of a REST specification.
    pub(super) request: Option<Node<'v>>,
}

/// The resources in an export: one, a list, the answer to a list request (`value`), or an example
/// of a REST specification (`responses`), of which the answer counts and not the request.
pub(super) fn answer<'v>(root: &Node<'v>) -> Result<Answer<'v>, Error> {
    let Some(responses) = root.get("responses") else {
        let resources = resources(root)?;
        return Ok(Answer {
            resources,
            request: None,
        });
    };
    let body = ["200", "201", "202"].iter().find_map(|status| {
        let answer = responses.get(status)?;
        answer.get("body")
    });
    let body = body.ok_or_else(|| responses.wrong("an answer 200 or 201 with a body"))?;
    Ok(Answer {
        resources: resources(&body)?,
        request: root.get("parameters"),
    })
}

fn resources<'v>(node: &Node<'v>) -> Result<Vec<Node<'v>>, Error> {
    let entries = match node.get("value") {
        Some(value) if value.value.is_array() => value.entries()?,
        _ if node.value.is_array() => node.entries()?,
        _ => vec![node.clone()],
    };
    match entries.iter().find(|entry| !entry.value.is_object()) {
        Some(entry) => Err(entry.wrong("an object")),
        None => Ok(entries),
    }
}

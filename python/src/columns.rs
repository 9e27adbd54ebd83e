//! Columns on their way to a table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use super::table::Table;

/// Columns of one length. A column says in its metadata what its numbers count.
#[derive(Default)]
pub(crate) struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    /// An array under a name, with the unit of its numbers.
    pub(crate) fn add(&mut self, name: impl Into<String>, unit: &str, array: ArrayRef) {
        let field = Field::new(name, array.data_type().clone(), true);
        let unit = (!unit.is_empty()).then(|| ("unit".to_owned(), unit.to_owned()));
        self.fields
            .push(field.with_metadata(unit.into_iter().collect::<HashMap<_, _>>()));
        self.arrays.push(array);
    }

    /// Whole numbers.
    pub(crate) fn whole<T: Into<Option<i64>>>(
        &mut self,
        name: &str,
        unit: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values = values.into_iter().map(Into::into);
        self.add(name, unit, Arc::new(values.collect::<Int64Array>()));
    }

    /// Numbers.
    pub(crate) fn number<T: Into<Option<f64>>>(
        &mut self,
        name: &str,
        unit: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values = values.into_iter().map(Into::into);
        self.add(name, unit, Arc::new(values.collect::<Float64Array>()));
    }

    /// Texts; an empty one is none.
    pub(crate) fn text<T: Into<String>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values = values.into_iter().map(Into::into);
        let values = values.map(|text: String| Some(text).filter(|text| !text.is_empty()));
        self.add(name, "", Arc::new(values.collect::<StringArray>()));
    }

    /// Truths.
    pub(crate) fn truth(&mut self, name: &str, values: impl IntoIterator<Item = bool>) {
        let values = values.into_iter().map(Some);
        self.add(name, "", Arc::new(values.collect::<BooleanArray>()));
    }

    /// Instants of the calendar in UTC, by milliseconds since 1970; `start` is time 0, where a
    /// scenario has one.
    pub(crate) fn instant(&mut self, start: Option<i64>, since: impl IntoIterator<Item = i64>) {
        let values = since.into_iter().map(|at| start.map(|start| start + at));
        let values = values.collect::<TimestampMillisecondArray>();
        self.add("time", "", Arc::new(values.with_timezone("UTC")));
    }

    /// Their table.
    pub(crate) fn table(self) -> Table {
        let schema = Arc::new(Schema::new(self.fields));
        Table(RecordBatch::try_new(schema, self.arrays).expect("columns of one length"))
    }
}

/// The type of instants.
pub(crate) fn is_instant(of: &DataType) -> bool {
    matches!(of, DataType::Timestamp(TimeUnit::Millisecond, Some(_)))
}

/// A count that fits: nothing is counted that does not.
pub(crate) fn signed(count: impl TryInto<i64>) -> i64 {
    count.try_into().ok().expect("it is less than 2^63")
}

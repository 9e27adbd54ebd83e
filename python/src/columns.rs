//! Columns on their way to a table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use super::table::Table;

/// A value of a column: one that is always there, or one that may be missing.
pub(crate) trait Cell<N>: Into<Option<N>> {
    /// Whether it may be missing.
    const NULLABLE: bool;
}

impl<N> Cell<N> for N {
    const NULLABLE: bool = false;
}

impl<N> Cell<N> for Option<N> {
    const NULLABLE: bool = true;
}

/// Columns of one length. A column says in its metadata what its numbers count.
#[derive(Default)]
pub(crate) struct Columns {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Columns {
    /// An array under a name, with the unit of its numbers. `nullable`: whether values of such a
    /// column may be missing, whatever the array has.
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        unit: &str,
        nullable: bool,
        array: ArrayRef,
    ) {
        let field = Field::new(name, array.data_type().clone(), nullable);
        let unit = (!unit.is_empty()).then(|| ("unit".to_owned(), unit.to_owned()));
        self.fields
            .push(field.with_metadata(unit.into_iter().collect::<HashMap<_, _>>()));
        self.arrays.push(array);
    }

    /// Whole numbers.
    pub(crate) fn whole<T: Cell<i64>>(
        &mut self,
        name: &str,
        unit: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values = values.into_iter().map(Into::into);
        let array = values.collect::<Int64Array>();
        self.add(name, unit, T::NULLABLE, Arc::new(array));
    }

    /// Numbers.
    pub(crate) fn number<T: Cell<f64>>(
        &mut self,
        name: &str,
        unit: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values = values.into_iter().map(Into::into);
        let array = values.collect::<Float64Array>();
        self.add(name, unit, T::NULLABLE, Arc::new(array));
    }

    /// Texts; an empty one is none.
    pub(crate) fn text<T: Into<String>>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = T>,
    ) {
        let values = values.into_iter().map(Into::into);
        let values = values.map(|text: String| Some(text).filter(|text| !text.is_empty()));
        self.add(name, "", true, Arc::new(values.collect::<StringArray>()));
    }

    /// Truths.
    pub(crate) fn truth(&mut self, name: &str, values: impl IntoIterator<Item = bool>) {
        let values = values.into_iter().map(Some);
        self.add(name, "", false, Arc::new(values.collect::<BooleanArray>()));
    }

    /// Instants of the calendar in UTC, by milliseconds since 1970; `start` is time 0, where a
    /// scenario has one.
    pub(crate) fn instant(&mut self, start: Option<i64>, since: impl IntoIterator<Item = i64>) {
        let values = since.into_iter().map(|at| start.map(|start| start + at));
        let values = values.collect::<TimestampMillisecondArray>();
        self.add("time", "", true, Arc::new(values.with_timezone("UTC")));
    }

    /// Their table.
    pub(crate) fn table(self) -> Table {
        let schema = Arc::new(Schema::new(self.fields));
        Table(RecordBatch::try_new(schema, self.arrays).expect("whole columns of one length"))
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

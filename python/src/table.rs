//! Columns that others take over without a copy, by the Arrow PyCapsule interface.

use arrow_array::cast::AsArray;
use arrow_array::ffi::to_ffi;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::types::{Float64Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, FieldRef};
use pyo3::exceptions::{PyKeyError, PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyCapsule, PyList};

use super::columns::is_instant;

/// A table of columns.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Table(pub(crate) RecordBatch);

/// A column of a table.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Column(FieldRef, ArrayRef);

fn failed(error: ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

#[pymethods]
impl Table {
    fn __len__(&self) -> usize {
        self.0.num_rows()
    }

    fn names(&self) -> Vec<String> {
        let fields = self.0.schema_ref().fields().iter();
        fields.map(|field| field.name().clone()).collect()
    }

    fn nbytes(&self) -> usize {
        self.0.get_array_memory_size()
    }

    fn column(&self, name: &str) -> PyResult<Column> {
        let schema = self.0.schema_ref();
        let at = schema.index_of(name);
        let at = at.map_err(|_| PyKeyError::new_err(name.to_owned()))?;
        Ok(Column(
            schema.fields()[at].clone(),
            self.0.column(at).clone(),
        ))
    }

    /// A part of its rows.
    fn slice(&self, from: usize, length: usize) -> Table {
        let rows = self.0.num_rows();
        let from = from.min(rows);
        Table(self.0.slice(from, length.min(rows - from)))
    }

    fn arrow_schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.schema_ref().as_ref()).map_err(failed)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    fn arrow_stream<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = RecordBatchIterator::new([Ok(self.0.clone())], self.0.schema());
        let stream = FFI_ArrowArrayStream::new(Box::new(batches));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

#[pymethods]
impl Column {
    fn __len__(&self) -> usize {
        self.1.len()
    }

    fn name(&self) -> &str {
        self.0.name()
    }

    /// What its numbers count; empty where it has none.
    fn unit(&self) -> &str {
        self.0.metadata().get("unit").map_or("", String::as_str)
    }

    fn null_count(&self) -> usize {
        self.1.null_count()
    }

    /// Whether values of such a column may be missing, whatever this one has.
    fn nullable(&self) -> bool {
        self.0.is_nullable()
    }

    /// `int`, `float`, `str`, `bool`, or `instant` (milliseconds since 1970).
    fn kind(&self) -> &'static str {
        match self.1.data_type() {
            DataType::Int64 => "int",
            DataType::Float64 => "float",
            DataType::Boolean => "bool",
            of if is_instant(of) => "instant",
            _ => "str",
        }
    }

    /// The bytes of whole numbers, numbers and instants, 8 for each.
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = match self.kind() {
            "int" => self.1.as_primitive::<Int64Type>().values().inner(),
            "float" => self.1.as_primitive::<Float64Type>().values().inner(),
            "instant" => self
                .1
                .as_primitive::<TimestampMillisecondType>()
                .values()
                .inner(),
            kind => return Err(PyTypeError::new_err(format!("a column of {kind}"))),
        };
        Ok(PyBytes::new(py, bytes.as_slice()))
    }

    /// A byte for each value: whether there is none.
    fn nulls<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let nulls = (0..self.1.len()).map(|at| u8::from(self.1.is_null(at)));
        PyBytes::new(py, &nulls.collect::<Vec<u8>>())
    }

    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        match self.kind() {
            "int" => listed(py, self.1.as_primitive::<Int64Type>().iter()),
            "float" => listed(py, self.1.as_primitive::<Float64Type>().iter()),
            "bool" => listed(py, self.1.as_boolean().iter()),
            "instant" => listed(py, self.1.as_primitive::<TimestampMillisecondType>().iter()),
            _ => listed(py, self.1.as_string::<i32>().iter()),
        }
    }

    fn arrow_array<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let (array, _) = to_ffi(&self.1.to_data()).map_err(failed)?;
        Ok((
            self.arrow_schema(py)?,
            PyCapsule::new_with_value(py, array, c"arrow_array")?,
        ))
    }

    fn arrow_schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.0.as_ref()).map_err(failed)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }
}

fn listed<'py, T: IntoPyObject<'py>>(
    py: Python<'py>,
    values: impl Iterator<Item = Option<T>>,
) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, values.collect::<Vec<Option<T>>>())
}

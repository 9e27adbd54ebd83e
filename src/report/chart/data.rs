//! What a picture shows, as tables, and where in the picture each row stands.

use super::surface::Frame;
use crate::report::csv::thinned;

/// A panel of a picture, or several that share an axis, as a table.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Data {
    pub(in crate::report) caption: String,
    /// What the columns are called. The first one says where on the axis a row is.
    pub(in crate::report) header: Vec<String>,
    pub(in crate::report) rows: Vec<Row>,
    /// How many rows there would be if none had been left out.
    pub(in crate::report) of: usize,
    /// Where the panel is in the picture, in points, if its rows stand side by side.
    pub(in crate::report) frame: Option<Frame>,
}

/// A row of it.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::report) struct Row {
    /// How far from the left of the picture it stands, in points.
    pub(in crate::report) x: f64,
    pub(in crate::report) cells: Vec<String>,
}

/// More rows are for the files.
const MOST_ROWS: usize = 60;

impl Data {
    /// The table of `things`, of which at most 60 are taken, evenly: the first and the last
    /// among them.
    pub(super) fn of<T>(
        caption: impl Into<String>,
        header: &[&str],
        things: &[T],
        row: impl Fn(&T) -> Row,
    ) -> Data {
        let all: Vec<&T> = things.iter().collect();
        Data {
            caption: caption.into(),
            header: header.iter().map(ToString::to_string).collect(),
            rows: thinned(&all, MOST_ROWS).into_iter().map(row).collect(),
            of: things.len(),
            frame: None,
        }
    }

    /// The same, in a panel.
    pub(super) fn within(self, frame: Frame) -> Data {
        Data {
            frame: Some(frame),
            ..self
        }
    }
}

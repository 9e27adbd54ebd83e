//! What a picture shows, as tables, and where in the picture each row stands.

use super::surface::Frame;
use crate::report::csv::thinned;
use crate::report::window::Window;

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
    /// The stretch of the run between the left and the right of the panel, if that is time.
    pub(in crate::report) window: Option<Window>,
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
            window: None,
        }
    }

    /// The same, in a panel.
    pub(super) fn within(self, frame: Frame) -> Data {
        Data {
            frame: Some(frame),
            ..self
        }
    }

    /// The same, of a stretch of a run.
    pub(super) fn over(self, window: Window) -> Data {
        Data {
            window: Some(window),
            ..self
        }
    }
}

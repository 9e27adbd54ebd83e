//! Where the results of a study's tasks are kept: in a journal beside its files, or in the parts
//! that others have computed.

use cmksim::experiment::shard::Line;
use cmksim::experiment::{Asked, Runner};

use super::failure::Failure;
use super::files::Folder;
use super::growing::Growing;
use super::parts::{By, Together};
use super::progress::Bar;

/// The folder of a study, and what is there of its results.
pub(crate) struct Store {
    pub(crate) folder: Folder,
    kept: Kept,
}

enum Kept {
    Journal(Growing),
    Parts(Together),
}

impl Store {
    /// The store of a study, that of its parts where others have computed it. `None` where nothing
    /// is to be done but to say which parts are missing, and that was said.
    pub(crate) fn open(
        by: By<'_>,
        folder: impl FnOnce() -> Result<Folder, Failure>,
        (asked, line): (&Asked, Line),
        extend: bool,
        quiet: bool,
    ) -> Result<Option<Store>, Failure> {
        if let By::Parts(merged) = by {
            let Some(together) = Together::find(asked, line, merged, quiet)? else {
                return Ok(None);
            };
            let kept = Kept::Parts(together);
            return Ok(Some(Store {
                folder: folder()?,
                kept,
            }));
        }
        let folder = folder()?;
        let journal = Growing::open(&folder, asked, extend, quiet)?;
        let kept = Kept::Journal(journal);
        Ok(Some(Store { folder, kept }))
    }

    /// Computes something of the study.
    pub(crate) fn compute<T>(&self, bar: &Bar, study: impl FnOnce(&Runner<'_>) -> T) -> T {
        match &self.kept {
            Kept::Journal(journal) => study(&bar.runner(Some(journal))),
            Kept::Parts(together) => {
                let parts = together.parts();
                study(&Runner {
                    cells: Some(&parts),
                    ..bar.runner(None)
                })
            }
        }
    }

    /// Writes what waits for the disk.
    pub(crate) fn flush(&self) -> Result<(), Failure> {
        match &self.kept {
            Kept::Journal(journal) => journal.flush(),
            Kept::Parts(_) => Ok(()),
        }
    }

    /// The results are there: what is only for those who would have to continue goes.
    pub(crate) fn remove(&self) -> Result<(), Failure> {
        match &self.kept {
            Kept::Journal(journal) => journal.remove(),
            Kept::Parts(_) => Ok(()),
        }
    }
}

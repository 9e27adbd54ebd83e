//! A histogram of whole numbers whose bins are narrow in proportion, at any size.

/// Below 2^10 every number has a bin of its own; from there on the numbers from a power of two to
/// the next have 2^10 bins of equal width.
const BITS: u32 = 10;
const OCTAVE: usize = 1 << BITS;
/// How many bins there are.
pub(super) const BINS: usize = (65 - BITS as usize) * OCTAVE;
/// Memory is taken for so many bins at once.
const PAGE: usize = 256;

/// No number is further from the middle of its bin than this part of it.
pub const GRID_ERROR: f64 = 1.0 / (2 * OCTAVE) as f64;

/// What is in a bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bin {
    pub(super) count: u64,
    /// The code of all values in it; [`MIXED`] where they differ.
    pub(super) only: u64,
}

/// No code of a value.
pub(super) const MIXED: u64 = u64::MAX;

const EMPTY: Bin = Bin {
    count: 0,
    only: MIXED,
};

/// The bins, where there is anything in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pages: Vec<Option<Box<[Bin; PAGE]>>>,
}

impl Grid {
    pub(super) fn new() -> Grid {
        Grid {
            pages: vec![None; BINS / PAGE],
        }
    }

    /// Adds `more` to a bin.
    pub(super) fn add(&mut self, place: usize, more: Bin) {
        let page = self.pages[place / PAGE].get_or_insert_with(|| Box::new([EMPTY; PAGE]));
        let bin = &mut page[place % PAGE];
        if bin.count == 0 {
            bin.only = more.only;
        } else if bin.only != more.only {
            bin.only = MIXED;
        }
        bin.count += more.count;
    }

    pub(super) fn merge(&mut self, other: &Grid) {
        for (place, bin) in other.bins() {
            self.add(place, *bin);
        }
    }

    /// The bins that are not empty, by size, with their places.
    pub(super) fn bins(&self) -> impl DoubleEndedIterator<Item = (usize, &Bin)> {
        let pages = self.pages.iter().enumerate();
        let pages = pages.filter_map(|(at, page)| Some((at, page.as_deref()?)));
        let bins = pages.flat_map(|(at, page)| {
            let bins = page.iter().enumerate();
            bins.map(move |(place, bin)| (at * PAGE + place, bin))
        });
        bins.filter(|(_, bin)| bin.count > 0)
    }
}

/// The bin of a number.
pub(super) fn place(number: u64) -> usize {
    let Some(size) = number.checked_ilog2().filter(|size| *size >= BITS) else {
        return usize::try_from(number).expect("it is small");
    };
    let within = usize::try_from(number >> (size - BITS)).expect("it is small");
    // The first bit of `within` counts as one octave.
    (size - BITS) as usize * OCTAVE + within
}

/// The least number of a bin, and the greatest.
pub(super) fn edges(place: usize) -> (u64, u64) {
    let octave = (place / OCTAVE).saturating_sub(1);
    let low = (place - octave * OCTAVE) as u64;
    (low << octave, (low << octave) + ((1 << octave) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_bin_begins_where_the_one_before_ends() {
        let mut next = 0;
        for at in 0..BINS {
            let (low, high) = edges(at);
            assert_eq!(low, next, "{at}");
            assert_eq!((place(low), place(high)), (at, at));
            next = high.wrapping_add(1);
        }
        assert_eq!(next, 0, "the last one ends where numbers do");
    }

    proptest! {
        #[test]
        fn a_number_is_near_the_middle_of_its_bin(shift in 0..64, number: u64) {
            let number = number >> shift;
            let (low, high) = edges(place(number));
            prop_assert!((low..=high).contains(&number));
            let middle = low + (high - low) / 2;
            let off = middle.abs_diff(number);
            prop_assert!(u128::from(off) * 2 * OCTAVE as u128 <= u128::from(number), "{off}");
        }
    }
}

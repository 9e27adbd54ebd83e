//! Random numbers that have nothing in common with those of the library.

/// sfc64, by Chris Doty-Humphrey (`PractRand`, 2010): three words of chaos and a counter.
pub(super) struct Random {
    words: [u64; 3],
    counter: u64,
}

impl Random {
    /// A stream of its own for each replication.
    pub(super) fn of(replication: u64) -> Random {
        let mut random = Random {
            words: [replication, 0x5eed, 0],
            counter: 1,
        };
        // So many steps mix the seed well, says the author.
        for _ in 0..18 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        let [a, b, c] = self.words;
        let out = a.wrapping_add(b).wrapping_add(self.counter);
        self.counter += 1;
        let mixed = c.rotate_left(24).wrapping_add(out);
        self.words = [b ^ (b >> 11), c.wrapping_add(c << 3), mixed];
        out
    }

    /// Uniform in [0, 1).
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Each whole number from 0 to `most` as likely.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn up_to(&mut self, most: i64) -> i64 {
        let numbers = u128::from(most.unsigned_abs()) + 1;
        ((u128::from(self.next()) * numbers) >> 64) as i64
    }
}

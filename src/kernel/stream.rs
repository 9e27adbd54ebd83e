//! Counter-based random numbers: a draw depends on its key alone.
//!
//! A random quantity has a key: (seed, replication, what, entity by name, occurrence). The key
//! is folded word by word through the finaliser of SplitMix64 into 64 bits, and those bits start
//! a SplitMix64 stream (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
//! OOPSLA 2014). So draws depend neither on the order of execution nor on each other: adding a
//! workspace or a named event changes the numbers of nothing else.

use std::convert::Infallible;

use rand::TryRng;

/// 2^64 divided by the golden ratio, made odd: the increment of SplitMix64.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64: a bijection in which every input bit moves every output bit.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The key of a random quantity, or the beginning of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamKey(u64);

impl StreamKey {
    /// Where every key of one replication begins.
    pub fn root(seed: u64, replication: u64) -> StreamKey {
        StreamKey(0).number(seed).number(replication)
    }

    /// This key, then a number.
    #[inline]
    #[must_use]
    pub const fn number(self, number: u64) -> StreamKey {
        StreamKey(mix((self.0 ^ number).wrapping_add(GOLDEN)))
    }

    /// This key, then a name; the length goes in too, so that `"ab", "c"` is not `"a", "bc"`.
    #[inline]
    #[must_use]
    pub const fn name(self, name: &str) -> StreamKey {
        let mut rest = name.as_bytes();
        let mut key = self.number(name.len() as u64);
        while let Some((word, later)) = rest.split_first_chunk() {
            key = key.number(u64::from_le_bytes(*word));
            rest = later;
        }
        if rest.is_empty() {
            return key;
        }
        let mut word = [0; 8];
        let (last, _) = word.split_at_mut(rest.len());
        last.copy_from_slice(rest);
        key.number(u64::from_le_bytes(word))
    }

    /// The one number drawn with this key, where one is enough: 64 uniform bits.
    #[inline]
    pub const fn bits(self) -> u64 {
        mix(self.0.wrapping_add(GOLDEN))
    }

    /// As [`StreamKey::bits`], where 32 bits are enough: the upper ones.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub const fn bits_32(self) -> u32 {
        (self.bits() >> 32) as u32
    }

    /// A whole number drawn evenly from `0..=most`, with a bias below 2^-32 for `most < 2^32`.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    pub const fn up_to(self, most: u64) -> u64 {
        ((self.bits() as u128 * (most as u128 + 1)) >> 64) as u64
    }

    /// The key whose first number is number `n` of the stream of this key: any number of a stream
    /// is found without drawing those before it.
    #[inline]
    #[must_use]
    pub const fn nth(self, n: u64) -> StreamKey {
        StreamKey(self.0.wrapping_add(n.wrapping_mul(GOLDEN)))
    }

    /// As many numbers as are needed with this key; the first is [`StreamKey::bits`].
    pub fn stream(self) -> Stream {
        Stream(self.0)
    }
}

/// SplitMix64, started at a key; `rand_distr` runs on top of it.
#[derive(Debug, Clone)]
pub struct Stream(u64);

impl TryRng for Stream {
    type Error = Infallible;

    #[allow(clippy::cast_possible_truncation)]
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|bits| (bits >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(GOLDEN);
        Ok(mix(self.0))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// The first outputs for seed 1234567, as published with the reference code of SplitMix64.
    #[test]
    fn the_stream_is_splitmix64() {
        let mut stream = Stream(1_234_567);
        let drawn: Vec<u64> = (0..5).map(|_| stream.next_u64()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn a_key_is_pinned() {
        // A changed value here changes every number that any scenario ever printed.
        let key = StreamKey::root(42, 1)
            .name("revocation_delay")
            .name("cluster/0")
            .number(3);
        assert_eq!(key.bits(), key.stream().next_u64());
        assert_eq!(key.bits(), 6_216_968_834_872_122_871);
    }

    #[test]
    fn any_number_of_a_stream_is_found_alone() {
        let key = StreamKey::root(42, 1).name("poll jitter");
        let mut stream = key.stream();
        for n in 0..1_000 {
            assert_eq!(key.nth(n).bits(), stream.next_u64());
        }
        // Numbers before the first, as polls before the start need them, come before it.
        let before = (-3_i64).cast_unsigned();
        assert_eq!(key.nth(before).nth(3), key);
    }

    #[test]
    fn names_do_not_run_together() {
        let root = StreamKey::root(1, 0);
        assert_ne!(root.name("ab").name("c"), root.name("a").name("bc"));
        assert_ne!(root.name("a"), root.name("a\0"));
        assert_ne!(StreamKey::root(1, 0), StreamKey::root(0, 1));
    }

    #[test]
    fn up_to_reaches_both_ends_evenly() {
        let mut seen = [0_u32; 7];
        for number in 0..70_000 {
            let drawn = StreamKey::root(7, 0).number(number).up_to(6);
            seen[usize::try_from(drawn).expect("at most 6")] += 1;
        }
        // 10 000 expected each, standard deviation 93.
        assert!(
            seen.iter().all(|&count| count.abs_diff(10_000) < 465),
            "{seen:?}"
        );
    }
}

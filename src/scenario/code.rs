//! Values of measures as whole numbers, which take half the memory and sort.

use super::{Measure, Unit, Value};
use crate::units::{Duration, Money, Volume};

impl Value {
    /// The code of a measure without a value: larger than that of any value.
    pub const NONE: u64 = u64::MAX;

    /// A value as a number that sorts as the values of its measure do: none is negative.
    #[inline]
    pub fn code(value: Option<Value>) -> u64 {
        match value {
            None => Value::NONE,
            Some(Value::Volume(volume)) => volume.bytes(),
            Some(Value::Duration(duration)) => duration.millis().cast_unsigned(),
            Some(Value::Ratio(ratio)) => ratio.to_bits(),
            Some(Value::Count(count)) => count,
            Some(Value::Money(amount)) => amount.millionths(),
        }
    }
}

impl Measure {
    /// Whether a number that was read somewhere is the code of a value, or of none.
    pub fn has_code(self, code: u64) -> bool {
        let longest = Duration::LONGEST.millis().cast_unsigned();
        code == Value::NONE
            || match self.unit() {
                Unit::Ratio => (0.0..=1.0).contains(&f64::from_bits(code)),
                Unit::Duration => code <= longest,
                Unit::Volume | Unit::Count | Unit::Money => true,
            }
    }

    /// The value of this measure that a code stands for.
    pub fn value(self, code: u64) -> Option<Value> {
        (code != Value::NONE).then(|| match self.unit() {
            Unit::Volume => Value::Volume(Volume::from_bytes(code)),
            Unit::Duration => Value::Duration(Duration::from_millis(code.cast_signed())),
            Unit::Ratio => Value::Ratio(f64::from_bits(code)),
            Unit::Count => Value::Count(code),
            Unit::Money => Value::Money(Money::from_millionths(code)),
        })
    }
}

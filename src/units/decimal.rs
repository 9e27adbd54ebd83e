use crate::foreign::quoted;

/// Digits after the point that are kept; the rest is rounded to the nearest.
pub(crate) const FRACTION_DIGITS: i64 = 15;
/// 1 in the fixed-point numbers of this module.
pub(crate) const ONE: u128 = 10_u128.pow(15);
/// Significant digits that are read; further ones are dropped.
const SIGNIFICANT: usize = 34;

/// Reads a decimal number that is 0 or more, without a detour over floats, in units of
/// 1 / [`ONE`]. `Err` says what is wrong and what would be right.
pub(crate) fn read(text: &str) -> Result<u128, String> {
    let text = text.trim();
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    let (unsigned, negative) = match unsigned.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (rest, true),
        None => (unsigned, false),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()),
        None => (unsigned, Some(0)),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    let Some(exponent) =
        exponent.filter(|_| digits().all(|digit| digit.is_ascii_digit()) && digits().count() > 0)
    else {
        return Err(complaint(text));
    };
    let zeros = digits().take_while(|&digit| digit == b'0').count();
    let significant: Vec<u8> = digits().skip(zeros).take(SIGNIFICANT).collect();
    if significant.is_empty() {
        return Ok(0);
    }
    if negative {
        return Err(format!(
            "{} is negative; a volume is 0 or more",
            quoted(text.trim())
        ));
    }
    let value = significant
        .iter()
        .fold(0_u128, |value, digit| value * 10 + u128::from(digit - b'0'));
    // The value counts in steps of the last digit read.
    let dropped = whole.len() + fraction.len() - zeros - significant.len();
    let last = length(dropped) - length(fraction.len());
    shifted(value, exponent.saturating_add(last + FRACTION_DIGITS))
        .ok_or_else(|| format!("{} is too large", quoted(text.trim())))
}

fn length(digits: usize) -> i64 {
    i64::try_from(digits).expect("a text is shorter than 2^63")
}

/// value * 10^places, rounded to the nearest whole; `None` if it has no room.
fn shifted(value: u128, places: i64) -> Option<u128> {
    let power = 10_u128.checked_pow(u32::try_from(places.unsigned_abs()).ok()?);
    match power {
        Some(power) if places >= 0 => value.checked_mul(power),
        Some(power) => Some((value + power / 2) / power),
        None => (places < 0).then_some(0),
    }
}

/// What is wrong with a text that is not a number.
fn complaint(text: &str) -> String {
    let shown = quoted(text.trim());
    let remedy = if text.is_empty() {
        return "is empty; write 0 where nothing arrived, or leave the row out".to_owned();
    } else if ["nan", "inf", "infinity", "null", "n/a", "-"]
        .contains(&text.trim_start_matches(['+', '-']).to_lowercase().as_str())
    {
        "is not a number; write 0 where nothing arrived, or leave the row out"
    } else if text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_alphabetic())
    {
        "is not a plain number; write the number alone, and state its unit in the scenario"
    } else if text.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c))
        && text.contains([',', ' ', '\'', '_', '\u{a0}', '\u{202f}'])
    {
        "groups digits or has a decimal comma; write plain digits with a point, as in 1234.5"
    } else {
        "is not a number; write digits with a point, as in 1234.5"
    };
    format!("{shown} {remedy}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_exact() {
        for (text, expected) in [
            ("0", 0),
            ("-0.0", 0),
            ("1", ONE),
            (" +7 ", 7 * ONE),
            ("0.1", ONE / 10),
            (".5", ONE / 2),
            ("5.", 5 * ONE),
            ("0.002502", 2_502_000_000_000),
            ("49.6747222222222", 49_674_722_222_222_200),
            ("1.5e3", 1_500 * ONE),
            ("1E-3", ONE / 1_000),
            ("25e-16", 3),
            ("24e-16", 2),
            ("1e-400", 0),
            ("0e999", 0),
            ("9007199254740993", 9_007_199_254_740_993 * ONE),
            ("0.00000000000000000000000000000000000000001", 0),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_volume_is_explained() {
        for (text, expected) in [
            (
                "",
                "is empty; write 0 where nothing arrived, or leave the row out",
            ),
            ("-5", "\"-5\" is negative; a volume is 0 or more"),
            (
                "NaN",
                "\"NaN\" is not a number; write 0 where nothing arrived, or leave the row out",
            ),
            (
                "-inf",
                "\"-inf\" is not a number; write 0 where nothing arrived, or leave the row out",
            ),
            (
                "1,234.5",
                "\"1,234.5\" groups digits or has a decimal comma; write plain digits with a point, as in 1234.5",
            ),
            (
                "1 234",
                "\"1 234\" groups digits or has a decimal comma; write plain digits with a point, as in 1234.5",
            ),
            (
                "12 MB",
                "\"12 MB\" is not a plain number; write the number alone, and state its unit in the scenario",
            ),
            ("1e400", "\"1e400\" is too large"),
            (
                "1e99999999999999999999",
                "\"1e99999999999999999999\" is not a number; write digits with a point, as in 1234.5",
            ),
            (
                "x",
                "\"x\" is not a number; write digits with a point, as in 1234.5",
            ),
            (
                ".",
                "\".\" is not a number; write digits with a point, as in 1234.5",
            ),
            (
                "1.2.3",
                "\"1.2.3\" is not a number; write digits with a point, as in 1234.5",
            ),
            (
                "0x1f",
                "\"0x1f\" is not a plain number; write the number alone, and state its unit in the scenario",
            ),
        ] {
            assert_eq!(read(text), Err(expected.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_explained(text in ".{0,30}|[-+0-9.eE]{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn what_is_written_is_read(value in 0_u128..1 << 100) {
            let text = format!("{}.{:015}", value / ONE, value % ONE);
            prop_assert_eq!(read(&text), Ok(value));
        }
    }
}

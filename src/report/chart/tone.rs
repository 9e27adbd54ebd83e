//! Colours for numbers: the larger, the darker.

use super::palette::RGBColor;

/// Light to dark, so that greys keep the order, and so light that black is read on all of them;
/// after the light half of ColorBrewer's "YlGnBu" (Harrower and Brewer, 2003), whose order people
/// with any colour vision see.
const TONES: [RGBColor; 6] = [
    RGBColor(255, 255, 217),
    RGBColor(222, 243, 190),
    RGBColor(178, 225, 182),
    RGBColor(127, 205, 187),
    RGBColor(86, 178, 200),
    RGBColor(78, 148, 200),
];
/// What is written on them.
pub(super) const ON_TONE: RGBColor = RGBColor(0, 0, 0);
/// Where what is expected does not hold.
pub(super) const FAILS_ON_TONE: RGBColor = RGBColor(110, 0, 0);

/// The colour of a part from 0 to 1.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn tone(part: f64) -> RGBColor {
    let place = part.clamp(0.0, 1.0) * 5.0;
    let below = (place as usize).min(4);
    let share = place - place.floor().min(4.0);
    let (from, to) = (TONES[below], TONES[below + 1]);
    let mixed = |from: u8, to: u8| {
        let (from, to) = (f64::from(from), f64::from(to));
        (from + (to - from) * share).round() as u8
    };
    RGBColor(
        mixed(from.0, to.0),
        mixed(from.1, to.1),
        mixed(from.2, to.2),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours after the Web Content Accessibility Guidelines, 1 to 21.
    fn contrast(one: RGBColor, other: RGBColor) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(colour: RGBColor) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.040_45 {
                part / 12.92
            } else {
                libm::pow((part + 0.055) / 1.055, 2.4)
            }
        };
        0.212_6 * linear(colour.0) + 0.715_2 * linear(colour.1) + 0.072_2 * linear(colour.2)
    }

    #[test]
    fn larger_is_darker_and_always_readable() {
        let tones = (0..=100).map(|i| tone(f64::from(i) / 100.0));
        let tones: Vec<RGBColor> = tones.collect();
        for pair in tones.windows(2) {
            assert!(luminance(pair[1]) < luminance(pair[0]), "{pair:?}");
        }
        for tone in tones {
            assert!(contrast(ON_TONE, tone) >= 6.0, "{tone:?}");
            assert!(contrast(FAILS_ON_TONE, tone) >= 3.0, "{tone:?}");
        }
        assert_eq!(tone(-1.0), TONES[0]);
        assert_eq!(tone(2.0), TONES[5]);
        let black_on_white = contrast(RGBColor(0, 0, 0), RGBColor(255, 255, 255));
        assert!((black_on_white - 21.0).abs() < 1e-9);
    }
}

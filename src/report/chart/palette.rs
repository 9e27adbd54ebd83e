//! Colours after Okabe and Ito ("Color Universal Design", 2008), which people with any colour
//! vision tell apart, moved where two of them would be the same grey. What is drawn in them
//! differs in lightness or in texture too.

use plotters_backend::{BackendColor, BackendStyle};

use super::super::states::State;

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) struct RGBColor(
    pub(in crate::report) u8,
    pub(in crate::report) u8,
    pub(in crate::report) u8,
);

impl BackendStyle for RGBColor {
    fn color(&self) -> BackendColor {
        BackendColor {
            alpha: 1.0,
            rgb: (self.0, self.1, self.2),
        }
    }
}

pub(in crate::report) const PAPER: RGBColor = RGBColor(255, 255, 255);
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
pub(super) const FAINT: RGBColor = RGBColor(102, 102, 102);
pub(super) const RULE: RGBColor = RGBColor(222, 222, 222);
pub(super) const SHADE: RGBColor = RGBColor(240, 240, 240);

/// An account that answers.
const SERVING: RGBColor = RGBColor(225, 236, 231);
/// Accessible, in the hot cache.
pub(super) const HOT: RGBColor = RGBColor(40, 172, 132);
/// Accessible, not in the hot cache.
pub(super) const COLD: RGBColor = RGBColor(137, 203, 240);
/// Stored, but not accessible.
pub(super) const INACCESSIBLE: RGBColor = RGBColor(52, 52, 52);
/// Waiting under a Microsoft key.
pub(super) const BUFFERED: RGBColor = RGBColor(240, 228, 66);
/// Lost for good.
pub(super) const DROPPED: RGBColor = RGBColor(190, 60, 0);

/// What many replications say: where all, most and half of them are, and the one in the middle.
pub(super) const WIDE_BAND: RGBColor = RGBColor(209, 232, 247);
pub(super) const NARROW_BAND: RGBColor = RGBColor(137, 203, 240);
pub(super) const LINE: RGBColor = RGBColor(0, 92, 150);
/// Their mean.
pub(super) const MEAN: RGBColor = RGBColor(136, 46, 114);
/// Where what is expected does not hold; all else of it is in ink.
pub(super) const FAILS: RGBColor = RGBColor(190, 60, 0);

/// What a page in dark colours has instead of each of these; the others can be seen on both.
/// What is lighter than another here is darker there, and the other way round.
pub(in crate::report) const DARK: [(RGBColor, &str); 12] = [
    (PAPER, "#16191c"),
    (INK, "#e4e6e8"),
    (FAINT, "#a3a9ae"),
    (RULE, "#363c42"),
    (SHADE, "#262b30"),
    (INACCESSIBLE, "#c3c8cc"),
    (SERVING, "#2c3a34"),
    (WIDE_BAND, "#1c3547"),
    (NARROW_BAND, "#2f6186"),
    (LINE, "#a9d8f8"),
    (MEAN, "#e3a1d2"),
    (DROPPED, "#ff8552"),
];

/// Drawn on a colour to tell it apart without colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Texture {
    Plain,
    /// Upright strokes.
    Strokes(RGBColor),
    /// A line along the middle.
    Middle(RGBColor),
}

/// How a state of a storage account is drawn.
pub(super) const fn of_state(state: State) -> (RGBColor, Texture) {
    match state {
        State::Serving => (SERVING, Texture::Plain),
        State::Revoking => (RGBColor(204, 121, 167), Texture::Plain),
        State::RecoveringFromOutage => (RGBColor(86, 180, 233), Texture::Strokes(PAPER)),
        State::StorageDown => (RGBColor(150, 150, 150), Texture::Strokes(INK)),
        State::Isolated => (RGBColor(0, 92, 150), Texture::Plain),
        State::RecoveringFromRevocation => (RGBColor(230, 159, 0), Texture::Strokes(INK)),
        State::NotThere => (PAPER, Texture::Middle(RGBColor(150, 150, 150))),
        State::Deleted => (PAPER, Texture::Strokes(RGBColor(90, 90, 90))),
        State::Revoked => (RGBColor(213, 94, 0), Texture::Middle(RGBColor(0, 0, 0))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The style of the page of `cmksim play` draws the states and the data itself.
    #[test]
    fn the_page_has_the_colours_of_the_pictures() {
        let style = include_str!("../../cli/play/page/style.css");
        let (light, dark) = style
            .split_once("prefers-color-scheme: dark")
            .expect("both");
        let state = |state| of_state(state).0;
        for (name, colour) in [
            ("hot", HOT),
            ("cold", COLD),
            ("inaccessible", INACCESSIBLE),
            ("buffered", BUFFERED),
            ("dropped", DROPPED),
            ("serving", SERVING),
            ("isolated", state(State::Isolated)),
            ("sky", state(State::RecoveringFromOutage)),
            ("orange", state(State::RecoveringFromRevocation)),
            ("red", state(State::Revoked)),
            ("pink", state(State::Revoking)),
            ("grey", state(State::StorageDown)),
        ] {
            let RGBColor(r, g, b) = colour;
            let hex = format!("--{name}: #{r:02x}{g:02x}{b:02x};");
            assert!(light.contains(&hex), "{hex}");
            if let Some((_, hex)) = DARK.iter().find(|(light, _)| *light == colour) {
                assert!(dark.contains(&format!("--{name}: {hex};")), "{name}: {hex}");
            }
        }
    }
}

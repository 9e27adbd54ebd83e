//! Charts drawn with letters, for the terminal.

use super::format::sanitize;
use super::terminal::Style;

/// Letters that a chart takes at most, beside its labels.
const WIDEST: usize = 60;
/// Letters that it takes at least, whatever the labels leave.
const NARROWEST: usize = 10;
/// Blocks of one to seven eighths of a letter.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar of a chart.
pub(super) struct Bar {
    pub(super) label: String,
    /// Its length as a share of the longest.
    pub(super) share: f64,
    /// What stands behind it.
    pub(super) value: String,
}

/// A point of a curve with its spread, as shares of the axis.
pub(super) struct Point {
    pub(super) label: String,
    pub(super) low: f64,
    pub(super) mean: f64,
    pub(super) high: f64,
}

/// Bars below each other.
pub(super) fn bars(bars: &[Bar], style: Style) -> String {
    let labels = labels(bars.iter().map(|bar| bar.label.as_str()));
    let values = bars.iter().map(|bar| bar.value.chars().count()).max();
    let room = room(&labels, values.unwrap_or(0) + 2, style);
    let line = |(label, of): (&String, &Bar)| {
        let bar = bar(of.share, room);
        let line = format!("  {label}  {bar:room$}  {}", sanitize(&of.value));
        format!("{}\n", line.trim_end())
    };
    labels.iter().zip(bars).map(line).collect()
}

/// Points below each other on an axis from the first to the second of its ends.
pub(super) fn curve(points: &[Point], ends: &[String; 2], style: Style) -> String {
    let labels = labels(points.iter().map(|point| point.label.as_str()));
    let room = room(&labels, 0, style);
    let indent = labels.first().map_or(0, |label| label.chars().count());
    let [low, high] = ends;
    let between = room.saturating_sub(low.chars().count() + 1);
    let axis = format!("  {:indent$}  {low} {high:>between$}\n", "");
    let line = |(label, point): (&String, &Point)| {
        let mut plot = vec![' '; room];
        let [from, at, until] = [point.low, point.mean, point.high].map(|share| place(share, room));
        plot[from..=until.max(from)].fill('─');
        plot[from] = '├';
        plot[until] = '┤';
        plot[at] = '●';
        let plot: String = plot.into_iter().collect();
        format!("{}\n", format!("  {label}  {plot}").trim_end())
    };
    axis + &labels.iter().zip(points).map(line).collect::<String>()
}

/// Labels that end at the same column.
fn labels<'a>(labels: impl Iterator<Item = &'a str>) -> Vec<String> {
    let labels: Vec<String> = labels.map(sanitize).collect();
    let longest = labels.iter().map(|label| label.chars().count()).max();
    let longest = longest.unwrap_or(0);
    labels
        .into_iter()
        .map(|label| format!("{label:>longest$}"))
        .collect()
}

/// Letters that are left for what is drawn, beside labels and `more`.
fn room(labels: &[String], more: usize, style: Style) -> usize {
    let label = labels.first().map_or(0, |label| label.chars().count());
    let left = style.columns().saturating_sub(4 + label + more);
    left.clamp(NARROWEST, WIDEST)
}

/// Whole blocks and a part of one. What is not nothing is seen.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)]
fn bar(share: f64, room: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * (room * 8) as f64).round() as usize;
    let eighths = eighths.max(usize::from(share > 0.0));
    let part = (eighths % 8).checked_sub(1).map(|part| EIGHTHS[part]);
    "█".repeat(eighths / 8).chars().chain(part).collect()
}

/// The letter at a share of the room.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)]
fn place(share: f64, room: usize) -> usize {
    (share.clamp(0.0, 1.0) * (room - 1) as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_shares() {
        assert_eq!(bar(0.0, 10), "");
        assert_eq!(bar(1e-9, 10), "▏");
        assert_eq!(bar(0.25, 10), "██▌");
        assert_eq!(bar(1.0, 10), "█".repeat(10));
        let bar = |label: &str, share, value: &str| Bar {
            label: label.to_owned(),
            share,
            value: value.to_owned(),
        };
        let style = Style::default();
        let text = bars(&[bar("a", 1.0, "200"), bar("long", 0.5, "100")], style);
        let expected = format!(
            "     a  {}  200\n  long  {}{}  100\n",
            "█".repeat(60),
            "█".repeat(30),
            " ".repeat(30)
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn points_stand_on_their_axis() {
        let point = |low, mean, high| Point {
            label: "x".to_owned(),
            low,
            mean,
            high,
        };
        let ends = ["0 B".to_owned(), "10 GB".to_owned()];
        let text = curve(
            &[point(0.0, 0.5, 1.0), point(0.5, 0.5, 0.5)],
            &ends,
            Style::default(),
        );
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("     0 B{}10 GB", " ".repeat(52)));
        let half = "─".repeat(29);
        assert_eq!(lines[1], format!("  x  ├{half}●{}┤", "─".repeat(28)));
        assert_eq!(lines[2], format!("  x  {}●", " ".repeat(30)));
    }

    #[test]
    fn a_chart_fits_into_its_terminal() {
        for width in [60, 80, 200] {
            let style = Style {
                width,
                colour: false,
            };
            let of = Bar {
                label: "1h 20m to 1h 30m".to_owned(),
                share: 1.0,
                value: "1,000 of 1,000".to_owned(),
            };
            let text = bars(&[of], style);
            assert!(
                text.lines().all(|line| line.chars().count() <= width),
                "{text}"
            );
        }
    }
}

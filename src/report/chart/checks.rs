//! What must hold of every picture, whatever it shows.

use super::page::Picture;
use super::parameter::Parameter;
use super::quantity::Quantity;
use super::surface::text_width;

/// A text in its place, in points.
struct Text {
    words: String,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

/// The duration of an event, with so many values.
pub(super) fn key(count: u32) -> Parameter {
    let numbers: Vec<f64> = (1..=count).map(|i| f64::from(i) * 600.0).collect();
    let labels = numbers.iter().map(|seconds| format!("{seconds}s"));
    Parameter {
        name: "event.<vault>.duration".to_owned(),
        labels: labels.collect(),
        numbers: (count > 1).then_some((Quantity::Duration, numbers)),
    }
}

/// Checks that a picture is whole: its places are numbers and inside, no text leaves it or is
/// written over another, and every one of `texts` is in it.
pub(super) fn sound(picture: &Picture, texts: &[&str]) {
    sound_svg(picture.svg(), texts);
    assert!(picture.png().starts_with(b"\x89PNG"), "it is a bitmap");
}

/// The same of a vector drawing alone.
pub(super) fn sound_svg(svg: &str, texts: &[&str]) {
    let header = attribute(svg, "viewBox").expect("a size");
    let size: Vec<f64> = header.split(' ').map(number).collect();
    for tag in svg.split('<').skip(2) {
        for (name, most) in [("x", size[2]), ("y", size[3] + 16.0)] {
            if let Some(place) = attribute(tag, name).map(number) {
                assert!((0.0..=most).contains(&place), "{tag}");
            }
        }
        let points = attribute(tag, "points").unwrap_or_default();
        for point in points.split_whitespace() {
            let (x, y) = point.split_once(',').expect("a pair");
            let inside = |place: &str, most: f64| (0.0..=most).contains(&number(place));
            assert!(inside(x, size[2]) && inside(y, size[3]), "{tag}");
        }
    }
    let placed: Vec<Text> = svg.split("<text ").skip(1).map(placed).collect();
    for (i, text) in placed.iter().enumerate() {
        let inside = text.left >= 0.0 && text.right <= size[2] / 8.0;
        assert!(inside, "{} leaves the picture", text.words);
        for other in &placed[..i] {
            let over = text.left < other.right
                && other.left < text.right
                && text.top < other.bottom
                && other.top < text.bottom;
            assert!(!over, "{} is written over {}", text.words, other.words);
        }
    }
    for wanted in texts {
        let found = placed.iter().any(|text| text.words.contains(wanted));
        let words: Vec<&str> = placed.iter().map(|text| text.words.as_str()).collect();
        assert!(found, "{wanted} is missing among {words:?}");
    }
}

fn number(text: &str) -> f64 {
    let number: f64 = text.parse().expect("a number");
    assert!(number.is_finite(), "{text}");
    number
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0)
}

/// The text whose tag begins with `tag`.
fn placed(tag: &str) -> Text {
    let tag = format!(" {tag}");
    let value = |name: &str| attribute(&tag, name).map(number).expect("a place");
    let size = value("font-size") / 8.0;
    let (_, words) = tag.split_once('>').expect("a text");
    let (words, _) = words.split_once("</text>").expect("its end");
    let words = words.trim().replace("&lt;", "<").replace("&gt;", ">");
    let words = words
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&");
    let width = text_width(&words, size);
    let left = match attribute(&tag, "text-anchor") {
        Some("start") => value("x") / 8.0,
        Some("end") => value("x") / 8.0 - width,
        _ => value("x") / 8.0 - width / 2.0,
    };
    let baseline = value("y") / 8.0 + 0.76 * size;
    Text {
        left,
        right: left + width,
        top: baseline - 0.73 * size,
        bottom: baseline,
        words,
    }
}

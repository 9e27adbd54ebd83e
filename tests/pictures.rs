//! Pictures of studies, as a caller of the library makes them.
//!
//! The files in `golden/report` are rewritten by `CMKSIM_BLESS=1 cargo test pictures`; look at
//! them before they are committed.

use cmksim::experiment::{Outcome, Pairs, Sample};
use cmksim::report::{self, Difference, HeatCell, HeatPanel, Parameter, Picture, Quantity};
use cmksim::scenario::{Axis, Measure, Setting, Unit, Value};
use cmksim::statistics::Mean;
use cmksim::units::Volume;

use crate::report::{drawn_on, expect_golden};

/// Compares the SVG with the golden file, and looks whether the PNG has white edges and
/// something in it.
fn whole(name: &str, picture: &Picture) {
    expect_golden(name, picture.svg());
    let drawn = drawn_on(picture, 1080);
    assert!(drawn > 0.05, "{drawn}");
}

#[test]
fn a_distribution_with_many_zeros() {
    let losses = (0..500_u64).map(|i| {
        let over = i.saturating_sub(440);
        Some(Value::Volume(Volume::from_bytes(over * over * 10_000_000)))
    });
    let losses = Sample::of_values(Measure::Dropped, losses);
    let constant = Sample::of_values(
        Measure::Interruptions,
        (0..500).map(|_| Some(Value::Count(1))),
    );
    let measures = [("dropped", &losses), ("interruptions", &constant)];
    let chart = report::distribution_chart("A key that is disabled by mistake", &measures);
    whole("distribution.svg", &chart);
}

fn parameter(path: &str, values: &[&str]) -> Parameter {
    Parameter::of(&Axis {
        path: path.to_owned(),
        values: values.iter().map(|text| Setting::read(text)).collect(),
    })
}

#[test]
fn a_heat_map_of_two_parameters() {
    let outage = parameter("event.vault.duration", &["30m", "1h", "2h", "4h", "8h"]);
    let buffer = parameter("behaviour.buffer_retention", &["2h", "4h", "6h"]);
    let cell = |i: u32| {
        let value = f64::from((i % 5).pow(2)) * 4e9 / f64::from(i / 5 + 1);
        HeatCell {
            value: Some(value),
            outcome: Some(match value {
                ..1e10 => Outcome::Passed,
                ..2e10 => Outcome::Undecided,
                _ => Outcome::Failed,
            }),
        }
    };
    let panel = HeatPanel {
        name: String::new(),
        cells: (0..15).map(cell).collect(),
        framed: None,
    };
    let chart = report::heat_map(
        "How long an outage may be",
        &["200 replications at each of 15 points".to_owned()],
        (&outage, &buffer),
        ("mean(dropped)", Quantity::Volume),
        &[panel],
        Some("mean(dropped) <= 10 GB"),
    );
    whole("heat.svg", &chart);
}

#[test]
fn the_differences_of_two_plans() {
    let row = |name: &str, unit, first, mean: f64, half: f64| {
        let of = |mean, sd: f64| Mean {
            count: 100,
            nonzero: 100,
            apart: if sd > 0.0 { 100 } else { 0 },
            mean,
            sd,
        };
        // An interval of 100 values is about a fifth of their deviation to each side.
        let pairs = Pairs {
            first: of(first, 0.0),
            second: of(first + mean, 5.0 * half),
            difference: of(mean, 5.0 * half),
            median: mean,
            larger: 90,
            equal: 0,
            smaller: 10,
        };
        let name = name.to_owned();
        Difference { name, unit, pairs }
    };
    let rows = [
        row("dropped", Unit::Volume, 40e9, -12e9, 2e9),
        row("query_downtime", Unit::Duration, 7_200.0, 300.0, 400.0),
        row("query_availability", Unit::Ratio, 0.997, 0.000_5, 0.000_2),
        row("key_vault_requests", Unit::Count, 1e6, 4e6, 1e5),
    ];
    let sides = ("as it is", "with an on-call");
    let chart = report::difference_chart("Is an on-call worth it?", &[], sides, &rows);
    whole("differences.svg", &chart);
}

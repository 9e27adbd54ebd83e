use super::*;
use crate::kernel::StreamKey;
use crate::scenario::Parameters;

fn minutes(count: f64) -> Option<Duration> {
    Some(rounded(count * 60_000.0))
}

/// What truncates: nothing, below, above, on both sides, and far out in the upper tail.
fn ends() -> [(Option<Duration>, Option<Duration>); 5] {
    [
        (None, None),
        (minutes(2.0), None),
        (None, minutes(7.0)),
        (minutes(2.0), minutes(7.0)),
        (minutes(8.0), None),
    ]
}

/// So short that the half millisecond by which draws are rounded decides.
fn short() -> (String, Delay) {
    let given = Parameters {
        mean: Some(Duration::from_millis(3)),
        min: Some(Duration::from_millis(2)),
        max: Some(Duration::from_millis(5)),
        ..Parameters::default()
    };
    let delay = Delay::from_parameters("exponential", &given).expect("it is right");
    ("short".to_owned(), delay)
}

/// Each family, whole and truncated in each way.
fn delays() -> Vec<(String, Delay)> {
    let none = Parameters::default;
    let values: Option<Vec<Duration>> = (1..=9).map(|n| minutes(f64::from(n))).collect();
    let shapes = [
        (
            "exponential",
            Parameters {
                mean: minutes(5.0),
                ..none()
            },
        ),
        (
            "lognormal",
            Parameters {
                median: minutes(4.0),
                sigma: Some(1.1),
                ..none()
            },
        ),
        (
            "weibull",
            Parameters {
                scale: minutes(5.0),
                shape: Some(0.6),
                ..none()
            },
        ),
        (
            "gamma",
            Parameters {
                scale: minutes(4.0),
                shape: Some(1.7),
                ..none()
            },
        ),
        ("empirical", Parameters { values, ..none() }),
    ];
    let mut delays = Vec::new();
    for (dist, given) in shapes {
        for (min, max) in ends() {
            let given = Parameters {
                min,
                max,
                ..given.clone()
            };
            let delay = Delay::from_parameters(dist, &given).expect("it is right");
            delays.push((format!("{dist} {min:?} {max:?}"), delay));
        }
    }
    delays.push(short());
    let ends = Parameters {
        min: minutes(1.0),
        max: minutes(9.0),
        ..none()
    };
    let mode = Parameters {
        mode: minutes(3.0),
        ..ends.clone()
    };
    for (dist, given) in [("uniform", ends), ("triangular", mode)] {
        let delay = Delay::from_parameters(dist, &given).expect("it is right");
        delays.push((dist.to_owned(), delay));
    }
    delays
}

/// In places of both tails and of the middle.
fn places() -> Vec<Tail> {
    let mut shares = vec![0.5, 0.4, 0.3, 0.2];
    shares.extend((1..10).map(|power| 0.1_f64.powi(power)));
    let below = shares.iter().map(|share| Tail::Below(*share));
    let above = shares.iter().map(|share| Tail::Above(*share));
    below.chain(above).collect()
}

/// Of a delay at a place no more lies below and above than the place says: the truncated and
/// rounded distribution, from the functions of the shape, is inverted.
#[test]
fn places_are_where_the_distribution_has_them() {
    for (name, delay) in delays() {
        let shape = delay.shape();
        if matches!(
            shape,
            Shape::Empirical { .. } | Shape::Uniform { .. } | Shape::Triangular { .. }
        ) {
            continue;
        }
        let (min, max) = (delay.min.unwrap_or(Duration::ZERO), delay.max);
        let lowest = shape.sides((milliseconds(min) - HALF).max(0.0));
        let highest = max.map_or(0.0, |max| shape.sides(milliseconds(max) + HALF).above);
        let mass = lowest.above - highest;
        for place in places() {
            let at = milliseconds(delay.at(place).expect("there is enough"));
            // The shares below the millisecond and up to it.
            let ends = [at - HALF, at + HALF].map(|x| shape.sides(x.max(0.0)));
            let share = |sides: Sides| match place {
                Tail::Below(_) => (sides.below - lowest.below) / mass,
                Tail::Above(_) => (sides.above - highest) / mass,
            };
            let (Tail::Below(wanted) | Tail::Above(wanted)) = place;
            let (one, other) = (share(ends[0]), share(ends[1]));
            let (low, high) = (one.min(other), one.max(other));
            let slack = 1e-6 * wanted + 1e-13;
            assert!(
                low - slack <= wanted && wanted <= high + slack,
                "{name} {place:?}: {low} to {high}"
            );
        }
    }
}

/// Redrawing and inverting put as many of 200 000 draws between the same places.
#[test]
fn inverting_has_the_distribution_of_drawing_again() {
    const DRAWS: u32 = 200_000;
    const PARTS: usize = 50;
    for (seed, (name, delay)) in delays().into_iter().enumerate() {
        let root = StreamKey::root(seed as u64, 0);
        let edges: Vec<Duration> = (1..PARTS)
            .map(|part| part as f64 / PARTS as f64)
            .map(|share| delay.at(Tail::Below(share)).expect("there is enough"))
            .collect();
        let mut drawn = [0.0; PARTS];
        let mut inverted = [0.0; PARTS];
        for n in 0..DRAWS {
            let one = delay.draw(|| root.number(u64::from(n))).expect("drawn");
            drawn[edges.partition_point(|edge| *edge < one)] += 1.0;
            // Each place in its turn, so that these are no draws.
            let share = (f64::from(n) + 0.5) / f64::from(DRAWS);
            let place = match share < 0.5 {
                true => Tail::Below(share),
                false => Tail::Above(1.0 - share),
            };
            let one = delay.at(place).expect("there is enough");
            inverted[edges.partition_point(|edge| *edge < one)] += 1.0;
        }
        let terms = drawn.iter().zip(&inverted).filter(|(_, sure)| **sure > 0.5);
        let distance: f64 = terms
            .map(|(drawn, sure): (&f64, &f64)| (drawn - sure).powi(2) / sure)
            .sum();
        // Chi squared of at most 49 degrees of freedom is above 110 in one of 10^6 cases.
        assert!(distance < 110.0, "{name}: {distance}");
        let lost: f64 = drawn
            .iter()
            .zip(&inverted)
            .filter(|(_, sure)| **sure < 0.5)
            .map(|(drawn, _)| drawn)
            .sum();
        assert!(lost < 0.5, "{name}: {lost}");
    }
}

#[test]
fn what_truncation_leaves_nothing_of_is_refused() {
    let given = Parameters {
        mean: minutes(1.0),
        min: minutes(600.0),
        ..Parameters::default()
    };
    let delay = Delay::from_parameters("exponential", &given).expect("it is right");
    assert_eq!(delay.at(Tail::Below(0.5)), Err(DrawError));
}

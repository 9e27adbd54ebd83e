use super::*;

const DRAWS: u32 = 100_000;

fn minutes(count: f64) -> Option<Duration> {
    Some(rounded(count * 60_000.0))
}

fn delay(dist: &str, given: Parameters) -> Delay {
    Delay::from_parameters(dist, &given).expect("it is right")
}

fn none() -> Parameters {
    Parameters::default()
}

/// Minutes, in rising order.
fn drawn(delay: &Delay) -> Vec<f64> {
    let root = StreamKey::root(11, 0).name("test");
    let mut drawn: Vec<f64> = (0..DRAWS)
        .map(|n| {
            delay
                .draw(|| root.number(u64::from(n)))
                .expect("it is drawn")
        })
        .map(|duration| milliseconds(duration) / 60_000.0)
        .collect();
    drawn.sort_unstable_by(f64::total_cmp);
    drawn
}

/// Mean and standard deviation of the draws against closed forms, and their median against
/// `typical`, each within five standard errors.
#[track_caller]
fn moments(delay: &Delay, mean: f64, sd: f64) {
    let drawn = drawn(delay);
    let n = f64::from(DRAWS);
    let found = drawn.iter().sum::<f64>() / n;
    let error = sd / n.sqrt();
    assert!(
        (found - mean).abs() < 5.0 * error,
        "mean {found}, not {mean}"
    );
    let squares = drawn.iter().map(|x| (x - found) * (x - found)).sum::<f64>();
    let spread = (squares / n).sqrt();
    // The standard error of a standard deviation depends on the fourth moment; 5 % is far
    // beyond it for the distributions here.
    assert!((spread / sd - 1.0).abs() < 0.05, "sd {spread}, not {sd}");
    median_is_typical(delay, &drawn);
}

/// The rank of `typical` among the draws is the middle one, within five standard errors.
#[track_caller]
fn median_is_typical(delay: &Delay, drawn: &[f64]) {
    let typical = milliseconds(delay.typical()) / 60_000.0;
    let below = drawn.iter().filter(|x| **x < typical).count();
    let to = drawn.iter().filter(|x| **x <= typical).count();
    let (half, error) = (drawn.len() / 2, 5 * 158);
    assert!(
        below < half + error && to > half - error,
        "typical {typical} is above {below} of {} draws",
        drawn.len()
    );
    let shortest = milliseconds(delay.shortest()) / 60_000.0;
    assert!(drawn[0] >= shortest);
    if let Some(longest) = delay.longest() {
        assert!(drawn[drawn.len() - 1] <= milliseconds(longest) / 60_000.0);
    }
}

#[test]
fn moments_are_those_of_the_closed_forms() {
    let uniform = delay(
        "uniform",
        Parameters {
            min: minutes(10.0),
            max: minutes(70.0),
            ..none()
        },
    );
    moments(&uniform, 40.0, 60.0 / 12_f64.sqrt());
    assert_eq!(Some(uniform.typical()), minutes(40.0));

    let (a, c, b) = (0.0_f64, 10.0_f64, 30.0_f64);
    let sd = ((a * a + b * b + c * c - a * b - a * c - b * c) / 18.0).sqrt();
    let triangular = Parameters {
        min: minutes(a),
        mode: minutes(c),
        max: minutes(b),
        ..none()
    };
    moments(&delay("triangular", triangular), (a + b + c) / 3.0, sd);

    let exponential = Parameters {
        mean: minutes(120.0),
        ..none()
    };
    moments(&delay("exponential", exponential), 120.0, 120.0);

    let sigma = 0.8_f64;
    let mean = 40.0 * (sigma * sigma / 2.0).exp();
    let sd = mean * ((sigma * sigma).exp() - 1.0).sqrt();
    let lognormal = Parameters {
        median: minutes(40.0),
        sigma: Some(sigma),
        ..none()
    };
    moments(&delay("lognormal", lognormal), mean, sd);
    let lognormal = Parameters {
        mean: minutes(40.0),
        cv: Some(0.5),
        ..none()
    };
    moments(&delay("lognormal", lognormal), 40.0, 20.0);

    // Gamma(1 + 1/2) = sqrt(pi) / 2, Gamma(1 + 2/2) = 1.
    let pi = std::f64::consts::PI;
    let weibull = Parameters {
        scale: minutes(60.0),
        shape: Some(2.0),
        ..none()
    };
    moments(
        &delay("weibull", weibull),
        30.0 * pi.sqrt(),
        60.0 * (1.0 - pi / 4.0).sqrt(),
    );

    for shape in [0.5, 1.0, 4.0] {
        let gamma = Parameters {
            scale: minutes(10.0),
            shape: Some(shape),
            ..none()
        };
        moments(&delay("gamma", gamma), 10.0 * shape, 10.0 * shape.sqrt());
    }
    let gamma = Parameters {
        mean: minutes(50.0),
        cv: Some(0.5),
        ..none()
    };
    moments(&delay("gamma", gamma), 50.0, 25.0);

    let values = Some(
        [4.0, 1.0, 2.0, 5.0]
            .into_iter()
            .filter_map(minutes)
            .collect(),
    );
    let empirical = delay("empirical", Parameters { values, ..none() });
    moments(&empirical, 3.0, 2.5_f64.sqrt());
    assert_eq!(Some(empirical.typical()), minutes(3.0));
}

#[test]
fn truncation_keeps_the_draws_inside_and_the_median_true() {
    let values: Option<Vec<Duration>> = (1..=9).map(|n| minutes(f64::from(n))).collect();
    for (dist, given) in [
        (
            "exponential",
            Parameters {
                mean: minutes(30.0),
                ..none()
            },
        ),
        (
            "lognormal",
            Parameters {
                median: minutes(5.0),
                sigma: Some(1.0),
                ..none()
            },
        ),
        (
            "weibull",
            Parameters {
                scale: minutes(8.0),
                shape: Some(0.7),
                ..none()
            },
        ),
        (
            "gamma",
            Parameters {
                scale: minutes(8.0),
                shape: Some(0.7),
                ..none()
            },
        ),
        ("empirical", Parameters { values, ..none() }),
    ] {
        let (min, max) = (minutes(2.0), minutes(6.0));
        for (min, max) in [(min, max), (min, None), (None, max)] {
            let delay = delay(
                dist,
                Parameters {
                    min,
                    max,
                    ..given.clone()
                },
            );
            let drawn = drawn(&delay);
            assert!(drawn[0] >= min.map_or(0.0, |_| 2.0), "{dist}");
            assert!(
                drawn[drawn.len() - 1] <= max.map_or(f64::INFINITY, |_| 6.0),
                "{dist}"
            );
            median_is_typical(&delay, &drawn);
            assert_eq!(
                delay.longest().is_some(),
                max.is_some() || dist == "empirical"
            );
        }
    }
}

#[test]
fn truncation_without_a_rest_gives_up() {
    let given = Parameters {
        mean: minutes(1.0),
        min: minutes(600.0),
        ..none()
    };
    let delay = delay("exponential", given);
    assert_eq!(delay.draw(|| StreamKey::root(1, 0)), Err(DrawError));
}

/// A change here changes what scenarios print.
#[test]
fn first_draws_are_pinned() {
    let one = minutes(1.0);
    let number = |n| Some(n);
    let values = Some(vec![Duration::SECOND, Duration::MINUTE, Duration::HOUR]);
    let drawn = [
        (
            "uniform",
            Parameters {
                min: one,
                max: minutes(60.0),
                ..none()
            },
        ),
        (
            "triangular",
            Parameters {
                min: one,
                mode: minutes(10.0),
                max: minutes(60.0),
                ..none()
            },
        ),
        (
            "exponential",
            Parameters {
                mean: one,
                ..none()
            },
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                sigma: number(1.0),
                ..none()
            },
        ),
        (
            "weibull",
            Parameters {
                scale: one,
                shape: number(0.5),
                ..none()
            },
        ),
        (
            "gamma",
            Parameters {
                scale: one,
                shape: number(2.0),
                ..none()
            },
        ),
        ("empirical", Parameters { values, ..none() }),
    ]
    .map(|(dist, given)| {
        let key = StreamKey::root(42, 0).name("pinned");
        delay(dist, given)
            .draw(|| key)
            .expect("it is drawn")
            .millis()
    });
    let pinned = [1_702_317, 1_213_989, 22_849, 55_811, 8_701, 94_498, 60_000];
    assert_eq!(drawn, pinned);
}

#[test]
fn a_constant_is_what_it_is() {
    let constant = Delay::constant(Duration::HOUR);
    assert_eq!(constant.draw(|| StreamKey::root(1, 0)), Ok(Duration::HOUR));
    assert_eq!(constant.shortest(), Duration::HOUR);
    assert_eq!(constant.longest(), Some(Duration::HOUR));
    assert_eq!(constant.typical(), Duration::HOUR);
}

#[test]
fn extremes_stay_within_the_limits() {
    let given = Parameters {
        median: Some(Duration::LONGEST),
        sigma: Some(1_000.0),
        ..none()
    };
    let extreme = delay("lognormal", given);
    let drawn: Vec<Duration> = (0..100)
        .filter_map(|n| extreme.draw(|| StreamKey::root(n, 0)).ok())
        .collect();
    assert!(drawn.contains(&Duration::LONGEST) && drawn.contains(&Duration::ZERO));
    for shape in [0.001, 1_000.0] {
        let given = Parameters {
            scale: Some(Duration::HOUR),
            shape: Some(shape),
            ..none()
        };
        for dist in ["gamma", "weibull"] {
            let delay = delay(dist, given.clone());
            assert!(delay.draw(|| StreamKey::root(1, 0)).is_ok());
            assert!(delay.typical() >= Duration::ZERO);
        }
    }
}

const LOG_NORMAL: &str = "a lognormal distribution needs median and sigma, or mean and cv, or \
                          median and p95, or mean and p95";

/// Of 100 draws 5 lie above the p95 that was stated, and the mean is the one that was.
#[test]
fn a_log_normal_delay_has_the_p95_that_is_stated() {
    for (p95, sigma) in [(41.0, 0.015_012_0), (300.0, 1.224_974_1)] {
        let given = Parameters {
            median: minutes(40.0),
            p95: minutes(p95),
            ..none()
        };
        check_p95(&delay("lognormal", given), p95, sigma, None);
    }
    // The sigmas were found by bisection of mean = p95 * exp(sigma^2 / 2 - 1.6448536 sigma).
    for (p95, sigma) in [
        (41.0, 0.015_081_2),
        (80.0, 0.496_267_9),
        (154.7, 1.626_774_7),
    ] {
        let given = Parameters {
            mean: minutes(40.0),
            p95: minutes(p95),
            ..none()
        };
        check_p95(&delay("lognormal", given), p95, sigma, Some(40.0));
    }
}

#[track_caller]
fn check_p95(delay: &Delay, p95: f64, wanted: f64, mean: Option<f64>) {
    let Shape::LogNormal { median, sigma } = *delay.shape() else {
        panic!("{delay:?}");
    };
    assert!((sigma / wanted - 1.0).abs() < 1e-3, "{sigma}, not {wanted}");
    if let Some(mean) = mean {
        let found = median * libm::exp(sigma * sigma / 2.0) / 60_000.0;
        assert!((found / mean - 1.0).abs() < 1e-12, "{found}");
    }
    let drawn = drawn(delay);
    let above = drawn.iter().filter(|x| **x > p95).count();
    // Five standard errors of 5 % of 100 000.
    assert!(above.abs_diff(5_000) < 345, "{above} above {p95}");
}

#[test]
fn wrong_parameters_are_explained() {
    let (one, two) = (minutes(1.0), minutes(2.0));
    for (dist, given, key, text) in [
        (
            "normal",
            none(),
            Some("dist"),
            "there is no distribution \"normal\"; there are uniform, triangular, exponential, lognormal, weibull, gamma, empirical",
        ),
        (
            "uniform",
            Parameters { max: one, ..none() },
            None,
            "a uniform distribution needs min and max",
        ),
        (
            "uniform",
            Parameters {
                min: two,
                max: one,
                ..none()
            },
            Some("min"),
            "min (2m) is above max (1m)",
        ),
        (
            "uniform",
            Parameters {
                min: one,
                max: two,
                mode: two,
                ..none()
            },
            Some("mode"),
            "a uniform distribution has no mode; it needs min and max",
        ),
        (
            "triangular",
            Parameters {
                min: one,
                mode: minutes(3.0),
                max: two,
                ..none()
            },
            Some("mode"),
            "mode (3m) is not between min (1m) and max (2m)",
        ),
        (
            "exponential",
            Parameters {
                mean: minutes(0.0),
                ..none()
            },
            Some("mean"),
            "mean is 0s; it must be above 0s",
        ),
        (
            "exponential",
            Parameters {
                mean: one,
                min: two,
                max: one,
                ..none()
            },
            Some("min"),
            "min (2m) is above max (1m)",
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                ..none()
            },
            None,
            LOG_NORMAL,
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                cv: Some(1.0),
                ..none()
            },
            None,
            LOG_NORMAL,
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                mean: one,
                sigma: Some(1.0),
                ..none()
            },
            None,
            LOG_NORMAL,
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                sigma: Some(f64::NAN),
                ..none()
            },
            Some("sigma"),
            "sigma is NaN; it must be between 0.001 and 1000",
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                sigma: Some(-1.0),
                ..none()
            },
            Some("sigma"),
            "sigma is -1; it must be between 0.001 and 1000",
        ),
        (
            "weibull",
            Parameters {
                scale: one,
                shape: Some(0.0),
                ..none()
            },
            Some("shape"),
            "shape is 0; it must be between 0.001 and 1000",
        ),
        (
            "gamma",
            Parameters {
                mean: one,
                ..none()
            },
            None,
            "a gamma distribution needs scale and shape, or mean and shape, or mean and cv",
        ),
        (
            "empirical",
            Parameters {
                values: Some(vec![]),
                ..none()
            },
            Some("values"),
            "values is empty; write at least one duration",
        ),
        (
            "empirical",
            Parameters {
                values: Some(vec![Duration::HOUR]),
                max: one,
                ..none()
            },
            Some("values"),
            "none of the values lies between min and max",
        ),
    ] {
        let text = text.to_owned();
        assert_eq!(
            Delay::from_parameters(dist, &given),
            Err(ParameterError { key, text })
        );
    }
}

#[test]
fn what_is_no_pair_is_explained() {
    let (one, two) = (minutes(1.0), minutes(2.0));
    for (dist, given, key, text) in [
        (
            "lognormal",
            Parameters { p95: two, ..none() },
            None,
            LOG_NORMAL,
        ),
        (
            "lognormal",
            Parameters {
                median: one,
                p95: one,
                ..none()
            },
            Some("p95"),
            "p95 (1m) is 1.000 times the median (1m); it must be larger, with a sigma of at least 0.001; write a constant as a duration",
        ),
        (
            "lognormal",
            Parameters {
                mean: two,
                p95: one,
                ..none()
            },
            Some("p95"),
            "p95 (1m) is 0.500 times the mean (2m); it must be larger, with a sigma of at least 0.001; write a constant as a duration, and a p95 below the mean as median and sigma",
        ),
        (
            "lognormal",
            Parameters {
                mean: one,
                p95: minutes(3.869),
                ..none()
            },
            Some("p95"),
            "p95 (3m 52.14s) is 3.869 times the mean (1m); in a lognormal distribution it is at most 3.868 times; take a smaller p95, or write median and p95",
        ),
        (
            "empirical",
            none(),
            None,
            "an empirical distribution needs values, or file and column, or file and column and unit",
        ),
    ] {
        let text = text.to_owned();
        assert_eq!(
            Delay::from_parameters(dist, &given),
            Err(ParameterError { key, text })
        );
    }
}

//! `back-test.json`.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::format::Clock;
use super::super::json::{about, text};
use super::document::origin;
use crate::experiment::back_test::{Accuracy, BackTest, Forecast, Tested};
use crate::scenario::Scenario;

/// `back-test.json`. Volumes are in bytes, errors parts of what came.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct BackTestJson<'a> {
    /// Days that each forecast is for.
    horizon_days: usize,
    /// Days between two origins.
    apart_days: usize,
    draws: u64,
    /// Each workspace, and all together where there are several.
    tested: Vec<TestedJson<'a>>,
    left_out: Vec<LeftOutJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct TestedJson<'a> {
    /// Null: all together.
    workspace: Option<&'a str>,
    forecast: AccuracyJson,
    last_week_repeated: AccuracyJson,
    mean_of_four_weeks: AccuracyJson,
    /// The part of the days between p5 and p95.
    days_held: f64,
    totals_held: usize,
    interval_score: Option<f64>,
    origins: Vec<OriginJson>,
}

/// Means over the origins.
#[derive(Serialize, JsonSchema)]
struct AccuracyJson {
    error: Option<f64>,
    bias: Option<f64>,
    mase: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct OriginJson {
    from: String,
    known_days: usize,
    p05: u64,
    p50: u64,
    p95: u64,
    came: u64,
    error: Option<f64>,
    mase: Option<f64>,
    days_held: f64,
    interval_score: Option<f64>,
}

/// A workspace whose history is too short.
#[derive(Serialize, JsonSchema)]
struct LeftOutJson<'a> {
    workspace: &'a str,
    whole_days: usize,
}

/// The back-test as JSON, for a scenario whose TOML is `source`.
pub fn back_test_json(scenario: &Scenario, test: &BackTest, source: &str) -> String {
    let named = |at: usize| scenario.workspaces[at].name.as_str();
    let body = BackTestJson {
        horizon_days: test.horizon,
        apart_days: test.apart,
        draws: test.replications,
        tested: test
            .tested
            .iter()
            .map(|of| tested(of, of.workspace.map(named)))
            .collect(),
        left_out: test
            .left_out
            .iter()
            .map(|&(at, whole_days)| LeftOutJson {
                workspace: named(at),
                whole_days,
            })
            .collect(),
    };
    text(&about(scenario, source, body))
}

fn tested<'a>(tested: &Tested, workspace: Option<&'a str>) -> TestedJson<'a> {
    let [forecast, last_week_repeated, mean_of_four_weeks] = tested.accuracy().map(accuracy);
    TestedJson {
        workspace,
        forecast,
        last_week_repeated,
        mean_of_four_weeks,
        days_held: tested.covered(),
        totals_held: tested.totals_covered(),
        interval_score: tested.interval_score(),
        origins: tested
            .forecasts
            .iter()
            .map(|of| self::origin_json(tested, of))
            .collect(),
    }
}

fn accuracy(of: Accuracy) -> AccuracyJson {
    let Accuracy { error, bias, mase } = of;
    AccuracyJson { error, bias, mase }
}

fn origin_json(tested: &Tested, forecast: &Forecast) -> OriginJson {
    let [p05, p50, p95] = forecast.total;
    OriginJson {
        from: Clock::new(Some(tested.first)).read(origin(forecast)),
        known_days: forecast.known,
        p05,
        p50,
        p95,
        came: forecast.came,
        error: forecast.scored[0].error,
        mase: forecast.scored[0].mase,
        days_held: forecast.covered,
        interval_score: forecast.interval_score,
    }
}

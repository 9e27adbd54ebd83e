use super::super::csv::Table;
use super::super::format::Clock;
use super::document::origin;
use crate::experiment::back_test::BackTest;
use crate::scenario::Scenario;
use crate::units::{Duration, Time};

/// `back-test.csv`: one row per workspace, origin and day, in bytes; the workspace of all together
/// is empty.
pub fn back_test_csv(scenario: &Scenario, test: &BackTest) -> String {
    let header = [
        "workspace",
        "origin",
        "day",
        "p05_bytes",
        "p50_bytes",
        "p95_bytes",
        "came_bytes",
    ];
    let mut table = Table::new(&header);
    for tested in &test.tested {
        let clock = Clock::new(Some(tested.first));
        let name = tested.workspace.map(|at| &*scenario.workspaces[at].name);
        for forecast in &tested.forecasts {
            let begin = clock.read(origin(forecast));
            for (number, [low, middle, high]) in forecast.days.iter().enumerate() {
                let day = forecast.known + number;
                let since = i64::try_from(day).expect("few") * Duration::DAY.millis();
                let at = clock.read(Time::START + Duration::from_millis(since));
                let volumes = [*low, *middle, *high, tested.days[day]].map(|of| of.to_string());
                let cells = [name.unwrap_or(""), &begin, &at];
                table.row(cells.into_iter().chain(volumes.iter().map(String::as_str)));
            }
        }
    }
    table.text()
}

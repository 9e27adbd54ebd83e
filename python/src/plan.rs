//! Which reservation costs least, how much room is needed, and when limits are reached.

mod limits;
mod what_if;

use std::sync::Arc;

use cmksim::Runner;
use cmksim::experiment::plan::{self, Case, ClusterPlan, Gathered, Moment, Room, gather_all};
use cmksim::experiment::{Sample, Variant};
use cmksim::report::{self, Style};
use cmksim::scenario::WhatIf;
use cmksim::statistics::{Mean, Quantile};
use cmksim::units::Rate;
use pyo3::prelude::*;

use super::columns::{Columns, signed};
use super::failure::Failure;
use super::loaded::{Loaded, REPLICATIONS, often};
use super::measures::plain;
use super::pictures::svgs;
use super::table::Table;

/// The quantiles of a size.
const QUANTILES: [(&str, u32); 4] = [("p50", 50), ("p95", 95), ("p99", 99), ("max", 100)];
/// The parts of a cost, in the order of a bill.
const PARTS: [&str; 5] = [
    "reservation_cost",
    "overage_cost",
    "pay_as_you_go_cost",
    "retention_cost",
    "key_vault_cost",
];

/// A plan: what was gathered, of which it is put together when it is asked for.
#[pyclass(frozen, module = "cmksim._cmksim")]
pub(crate) struct Plan {
    of: Arc<Loaded>,
    /// The scenario, then each case.
    variants: Vec<Variant>,
    cases: Vec<WhatIf>,
    gathered: Vec<Gathered>,
}

impl Plan {
    pub(crate) fn planned(
        of: Arc<Loaded>,
        replications: Option<u64>,
        what_if: Vec<(String, Vec<String>)>,
        runner: &Runner<'_>,
    ) -> Result<Plan, Failure> {
        let cases = cases(&of, what_if)?;
        let count = often(replications, of.scenario(), REPLICATIONS);
        let mut variants = vec![of.whole()];
        for case in &cases {
            variants.push(of.case(case)?);
        }
        let subjects = variants.iter();
        let subjects = subjects.map(|variant| (&variant.scenario, &variant.traces[..]));
        let gathered = gather_all(&subjects.collect::<Vec<_>>(), count, runner)?;
        Ok(Plan {
            of,
            variants,
            cases,
            gathered,
        })
    }

    fn plan(&self) -> plan::Plan<'_> {
        let plans = self.variants.iter().zip(&self.gathered);
        let mut plans = plans.map(|(variant, of)| plan::Plan::of(&variant.scenario, of));
        let mut plan = plans.next().expect("the scenario has one");
        let cases = self.cases.iter().cloned().zip(plans);
        plan.cases = cases
            .map(|(case, own)| Case::of(case, &plan, own))
            .collect();
        plan
    }

    /// The currency of its prices as names of columns have it.
    fn currency(&self) -> (&str, String) {
        let currency = &self.of.scenario().prices.currency;
        (currency, format!("_{}", currency.to_lowercase()))
    }

    fn by_month(&self) -> Table {
        let plan = self.plan();
        let (money, suffix) = self.currency();
        let clusters = plan.scenario.clusters.iter().zip(&plan.clusters);
        let rows = clusters.flat_map(|(cluster, planned)| {
            let months = plan.months.iter().enumerate();
            months.map(move |(at, month)| (cluster, planned, at, month))
        });
        let rows: Vec<_> = rows.collect();
        let mut columns = Columns::default();
        columns.text("cluster", rows.iter().map(|row| &row.0.name));
        columns.text("month", rows.iter().map(|row| &row.3.name));
        columns.whole("from_ms", "ms", rows.iter().map(|row| row.3.from.millis()));
        columns.whole(
            "until_ms",
            "ms",
            rows.iter().map(|row| row.3.until.millis()),
        );
        let billed = rows.iter().map(|row| row.1.billed[row.2].mean);
        columns.number("billed_mean_bytes", "bytes", billed);
        let cheapest = || rows.iter().map(|row| (row.1, row.1.cheapest(row.2)));
        let levels = cheapest().map(|(planned, (level, _))| a_day(planned.levels[level].level));
        columns.whole("cheapest_level_bytes_per_day", "bytes_per_day", levels);
        let name = format!("cheapest_level_cost_mean{suffix}");
        columns.number(&name, money, cheapest().map(|(_, (_, cost))| cost));
        let best = rows
            .iter()
            .map(|row| row.1.levels[row.1.best].by_month[row.2]);
        columns.number(&format!("best_level_cost_mean{suffix}"), money, best);
        let rooms: Vec<&Room> = rows.iter().map(|row| &row.1.room_by_month[row.2]).collect();
        add_rooms(&mut columns, &rooms, &QUANTILES);
        columns.table()
    }

    fn by_level(&self) -> Table {
        let plan = self.plan();
        let (money, suffix) = self.currency();
        let clusters = plan.scenario.clusters.iter().zip(&plan.clusters);
        let rows: Vec<_> = clusters
            .flat_map(|(of, own)| options(&of.name, own))
            .collect();
        let mut columns = Columns::default();
        columns.text("cluster", rows.iter().map(|row| row.cluster));
        let levels = rows.iter().map(|row| row.level.map(a_day));
        columns.whole("level_bytes_per_day", "bytes_per_day", levels);
        columns.truth("best", rows.iter().map(|row| row.is_best));
        let money = (money, suffix.as_str());
        add_costs(&mut columns, money, rows.iter().map(|row| &row.bill.cost));
        add_means(&mut columns, "more", money, rows.iter().map(|row| row.more));
        for (part, name) in PARTS.iter().enumerate() {
            let amounts = rows.iter().map(|row| row.bill.parts[part]);
            columns.number(&format!("{name}_mean{suffix}"), money.0, amounts);
        }
        columns.table()
    }

    fn by_step(&self) -> Table {
        let plan = self.plan();
        let clusters = plan.scenario.clusters.iter().zip(&plan.clusters);
        let rows = clusters.flat_map(|(cluster, planned)| {
            let steps = planned.steps.iter();
            steps.map(move |step| (&cluster.name, step))
        });
        let rows: Vec<_> = rows.collect();
        let mut columns = Columns::default();
        columns.text("cluster", rows.iter().map(|row| row.0));
        let lower = rows.iter().map(|row| row.1.from.map(a_day));
        columns.whole("lower_level_bytes_per_day", "bytes_per_day", lower);
        let higher = rows.iter().map(|row| a_day(row.1.to));
        columns.whole("higher_level_bytes_per_day", "bytes_per_day", higher);
        let pays = rows.iter().map(|row| row.1.at);
        columns.number("pays_from_bytes_per_day", "bytes_per_day", pays);
        let rising = |row: &(_, &plan::Step)| match row.1.reached {
            None => "",
            Some(of) if of.rising => "rises",
            Some(_) => "falls",
        };
        columns.text("trend", rows.iter().map(rising));
        let mut reached = |name: &str, of: fn(&plan::Reached) -> Moment| {
            let at = rows.iter().map(|row| millis(of(row.1.reached.as_ref()?)));
            columns.whole(name, "ms", at);
        };
        reached("reached_p05_ms", |of| of.p05);
        reached("reached_p50_ms", |of| of.p50);
        reached("reached_p95_ms", |of| of.p95);
        columns.table()
    }
}

#[pymethods]
impl Plan {
    fn months(&self, py: Python<'_>) -> Table {
        py.detach(|| self.by_month())
    }

    fn levels(&self, py: Python<'_>) -> Table {
        py.detach(|| self.by_level())
    }

    fn steps(&self, py: Python<'_>) -> Table {
        py.detach(|| self.by_step())
    }

    fn limits(&self, py: Python<'_>) -> Table {
        py.detach(|| limits::table(&self.plan()))
    }

    fn what_if(&self, py: Python<'_>) -> Table {
        let (money, suffix) = self.currency();
        py.detach(|| what_if::table(&self.plan(), (money, &suffix)))
    }

    fn json(&self, py: Python<'_>) -> String {
        py.detach(|| report::plan_json(&self.plan(), &self.of.reading.text))
    }

    fn text(&self, py: Python<'_>) -> String {
        py.detach(|| report::plan_text(&self.plan(), Style::default()))
    }

    fn fingerprint(&self, py: Python<'_>) -> String {
        py.detach(|| self.plan().fingerprint.to_string())
    }

    fn pictures(&self, py: Python<'_>) -> Vec<(String, String)> {
        py.detach(|| {
            svgs(&report::plan_files(
                &self.plan(),
                &self.of.reading.text,
                None,
            ))
        })
    }
}

/// The cases of the scenario, then those that were asked for.
fn cases(of: &Loaded, what_if: Vec<(String, Vec<String>)>) -> Result<Vec<WhatIf>, Failure> {
    let mut cases = of.scenario().what_ifs.clone();
    for (title, set) in what_if {
        if title.trim().is_empty() || set.is_empty() {
            let told = "a case needs a title and values of some keys";
            return Err(Failure::Wrong(format!("what_if[{title:?}]: {told}")));
        }
        cases.push(WhatIf { title, set });
    }
    match WhatIf::clash(&cases) {
        Some((_, why)) => Err(Failure::Wrong(format!("what_if: {why}"))),
        None => Ok(cases),
    }
}

/// A level that a cluster can have, or none: pay-as-you-go.
struct Choice<'a> {
    cluster: &'a str,
    level: Option<Rate>,
    is_best: bool,
    bill: &'a plan::Bill,
    /// How much more than the best level.
    more: Option<&'a Mean>,
}

fn options<'a>(cluster: &'a str, planned: &'a ClusterPlan) -> Vec<Choice<'a>> {
    let levels = planned.levels.iter().enumerate();
    let levels = levels.map(|(at, of)| Choice {
        cluster,
        level: Some(of.level),
        is_best: at == planned.best,
        bill: &of.bill,
        more: of.more.as_ref(),
    });
    let without = Choice {
        cluster,
        level: None,
        is_best: false,
        bill: &planned.without,
        more: Some(&planned.more_without),
    };
    levels.chain([without]).collect()
}

/// Adds means with the ends of their 95 % intervals. `unit` has what ends a name beside it.
fn add_means<'a>(
    columns: &mut Columns,
    name: &str,
    (unit, suffix): (&str, &str),
    means: impl Iterator<Item = Option<&'a Mean>> + Clone,
) {
    let mut add = |of: &str, number: fn(&Mean) -> Option<f64>| {
        let numbers = means.clone().map(|mean| number(mean?));
        columns.number(&format!("{name}_{of}{suffix}"), unit, numbers);
    };
    add("mean", |mean| Some(mean.mean));
    add("ci95_low", |mean| Some(mean.interval()?.low));
    add("ci95_high", |mean| Some(mean.interval()?.high));
}

/// Adds the means of some costs, and p5 and p95 over the replications.
fn add_costs<'a>(
    columns: &mut Columns,
    money: (&str, &str),
    costs: impl Iterator<Item = &'a Sample> + Clone,
) {
    let means = costs.clone().map(|cost| cost.mean.as_ref());
    add_means(columns, "cost", money, means);
    let (unit, suffix) = money;
    for (name, percent) in [("p05", 5), ("p95", 95)] {
        let values = costs.clone().map(|cost| quantile(cost, percent));
        columns.number(&format!("cost_{name}{suffix}"), unit, values);
    }
}

/// Adds some quantiles of the largest volumes.
fn add_rooms(columns: &mut Columns, rooms: &[&Room], quantiles: &[(&str, u32)]) {
    let mut add = |size: &str, of: fn(&Room) -> &Sample| {
        for (name, percent) in quantiles {
            let values = rooms.iter().map(|room| quantile(of(room), *percent));
            columns.number(&format!("{size}_{name}_bytes"), "bytes", values);
        }
    };
    add("hot_peak", |room| &room.hot);
    add("buffered_peak", |room| &room.buffered);
    add("stored_peak", |room| &room.stored);
}

fn quantile(of: &Sample, percent: u32) -> Option<f64> {
    let found = of.quantile(Quantile::percent(percent));
    found.map(|estimate| plain(estimate.value))
}

fn a_day(level: Rate) -> i64 {
    signed(level.bytes_per_day())
}

/// What is reached before the run is reached at its start; what is not within ten years, never.
fn millis(of: Moment) -> Option<i64> {
    match of {
        Moment::Before => Some(0),
        Moment::At(t) => Some(t.millis()),
        Moment::Beyond => None,
    }
}

//! `plan.json`.

use schemars::JsonSchema;
use serde::Serialize;

use super::super::json::{ByName, Ci95, Number, Seconds, about, ci95, text};
use super::{QUANTILES, range, words};
use crate::experiment::Sample;
use crate::experiment::plan::{
    Bill, Bound, Case, ClusterPlan, LevelPlan, Limit, Moment, Month, PAID, Plan, Room, Step,
    VaultLoad, When, limits, vaults,
};
use crate::scenario::Value;
use crate::statistics::{Interval, Mean, Quantile};
use crate::units::Rate;

/// `plan.json`. Volumes are in bytes, levels in bytes a day, costs in `currency`.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct PlanJson<'a> {
    notes: Vec<String>,
    replications: usize,
    fingerprint: String,
    prices: PricesJson<'a>,
    /// What the scenario costs as it is.
    paid: ByName<PaidJson>,
    clusters: ByName<ClusterJson<'a>>,
    key_vaults: Vec<VaultJson<'a>>,
    limits: Vec<LimitJson<'a>>,
    /// In which part of the replications something is lost.
    risk_of_loss: RiskJson,
    what_if: Vec<CaseJson<'a>>,
}

/// A share of the replications.
#[derive(Serialize, JsonSchema)]
struct RiskJson {
    share: f64,
    ci95: Ci95,
}

/// A case, on the random numbers of the scenario.
#[derive(Serialize, JsonSchema)]
struct CaseJson<'a> {
    title: &'a str,
    set: &'a [String],
    fingerprint: String,
    clusters: ByName<CaseClusterJson>,
    risk_of_loss: RiskJson,
    /// Less that of the scenario.
    risk_difference: Estimate,
}

#[derive(Serialize, JsonSchema)]
struct CaseClusterJson {
    best_level: u64,
    cost: CostJson,
    /// Less that of the scenario, each at its best level.
    cost_difference: Estimate,
    room: RoomJson,
}

#[derive(Serialize, JsonSchema)]
struct PricesJson<'a> {
    currency: &'a str,
    region: &'a str,
    date: &'a str,
    source: &'a str,
    unverified: Vec<&'a str>,
}

/// A quantile over the replications.
#[derive(Serialize, JsonSchema)]
struct QuantileJson {
    value: f64,
    ci95: Ci95,
}

type Quantiles = ByName<QuantileJson>;

#[derive(Serialize, JsonSchema)]
struct PaidJson {
    #[serde(flatten)]
    quantiles: Quantiles,
    mean: Option<Estimate>,
}

#[derive(Serialize, JsonSchema)]
struct Estimate {
    mean: f64,
    ci95: Ci95,
}

/// A cost: `p5` and `p95` are the prediction, `ci95` is how exactly its mean is known.
#[derive(Serialize, JsonSchema)]
struct CostJson {
    #[serde(flatten)]
    mean: Estimate,
    p5: QuantileJson,
    p95: QuantileJson,
}

#[derive(Serialize, JsonSchema)]
struct ClusterJson<'a> {
    verdict: String,
    best_level: u64,
    own_level: u64,
    levels: Vec<LevelJson>,
    /// The same data without a cluster.
    pay_as_you_go: OptionJson,
    /// Levels that the price list has no price of.
    unpriced: Vec<UnpricedJson>,
    /// From which volume on which level pays.
    steps: Vec<StepJson>,
    /// What the trend says of both ends of the run.
    volumes: Option<VolumesJson>,
    schedule: ScheduleJson,
    room: RoomJson,
    months: Vec<MonthJson<'a>>,
    key_vault_requests: Estimate,
    trend: Option<TrendJson>,
}

#[derive(Serialize, JsonSchema)]
struct LevelJson {
    level: u64,
    #[serde(flatten)]
    option: OptionJson,
}

#[derive(Serialize, JsonSchema)]
struct OptionJson {
    /// All of it.
    cost: CostJson,
    /// Than the level that costs least.
    more: Option<Estimate>,
    /// The mean of each part, by the names of measures.
    parts: ByName<f64>,
}

#[derive(Serialize, JsonSchema)]
struct UnpricedJson {
    level: u64,
    /// It would cost least below this price a day; `null`: at none.
    cheapest_below_per_day: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct StepJson {
    /// What costs less below the volume; `null`: pay-as-you-go.
    lower_level: Option<u64>,
    /// What costs less above it.
    higher_level: u64,
    pays_from_bytes_per_day: f64,
    /// Whether the trend of the run reaches it from below.
    rising: Option<bool>,
    /// When it does, over the replications.
    reached: ByName<MomentJson>,
}

#[derive(Serialize, JsonSchema)]
struct MomentJson {
    /// Since the start of the run; `null`: before it, or not within ten years after it.
    at_s: Option<Seconds>,
    text: String,
}

#[derive(Serialize, JsonSchema)]
struct VolumesJson {
    start_bytes_per_day: f64,
    end_bytes_per_day: f64,
}

/// The level of each month, if it may change, and what reservation and overage then cost.
#[derive(Serialize, JsonSchema)]
struct ScheduleJson {
    levels: Vec<u64>,
    cost: f64,
}

#[derive(Serialize, JsonSchema)]
struct RoomJson {
    hot_peak_bytes: Quantiles,
    buffered_peak_bytes: Quantiles,
    stored_peak_bytes: Quantiles,
}

#[derive(Serialize, JsonSchema)]
struct MonthJson<'a> {
    month: &'a str,
    from_s: Seconds,
    until_s: Seconds,
    billed_bytes: Estimate,
    cheapest_level: u64,
    /// Of reservation and overage.
    cost: f64,
    room: RoomJson,
}

/// How something grows from week to week.
#[derive(Serialize, JsonSchema)]
struct TrendJson {
    last_bytes_per_day: f64,
    weekly_factor: f64,
    ci95: Ci95,
}

#[derive(Serialize, JsonSchema)]
struct VaultJson<'a> {
    name: &'a str,
    mean_in_10_s: f64,
    most_in_10_s: u64,
    limits_in_10_s: Vec<VaultLimitJson<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct VaultLimitJson<'a> {
    key: &'a str,
    software: u64,
    hardware: u64,
    source: &'a str,
}

/// When something is reached, if it grows on as in the run.
#[derive(Serialize, JsonSchema)]
struct LimitJson<'a> {
    /// `highest_level`, `daily_cap` or `ingestion_rate`.
    kind: &'static str,
    of: &'a str,
    text: String,
    at_bytes: f64,
    now_bytes: Option<f64>,
    months: Number,
    when: String,
}

/// Everything that a plan says; `source` is the TOML of the scenario. Volumes are in bytes, levels
/// in bytes a day, costs in the currency that it names.
pub fn plan_json(plan: &Plan<'_>, source: &str) -> String {
    let scenario = plan.scenario;
    let prices = &scenario.prices;
    let unverified = scenario.unverified_prices();
    let paid = plan.paid.iter().map(|(measure, sample)| {
        let paid = PaidJson {
            quantiles: quantiles(sample, [range::ENDS[0]].into_iter().chain(QUANTILES)),
            mean: sample.mean.as_ref().map(mean),
        };
        (measure.name().to_owned(), paid)
    });
    let clusters = scenario.clusters.iter().enumerate();
    let clusters = clusters.map(|(at, cluster)| (cluster.name.clone(), self::cluster(plan, at)));
    let (vaults, limits) = (vaults(plan), limits(plan));
    let body = PlanJson {
        notes: words::notes(plan),
        replications: plan.replications,
        fingerprint: plan.fingerprint.to_string(),
        prices: PricesJson {
            currency: &prices.currency,
            region: &prices.region,
            date: &prices.date,
            source: &prices.source,
            unverified: unverified
                .map(|parameter| parameter.name.as_str())
                .collect(),
        },
        paid: ByName(paid.collect()),
        clusters: ByName(clusters.collect()),
        key_vaults: vaults.iter().map(|load| vault(plan, load)).collect(),
        limits: limits
            .iter()
            .map(|limit| self::limit(plan, limit))
            .collect(),
        risk_of_loss: risk(plan),
        what_if: plan.cases.iter().map(case).collect(),
    };
    text(&about(scenario, source, body))
}

fn risk(plan: &Plan<'_>) -> RiskJson {
    let risk = plan.risk();
    RiskJson {
        share: risk.share().unwrap_or(0.0),
        ci95: ci95(risk.interval()),
    }
}

fn case<'a>(case: &'a Case<'_>) -> CaseJson<'a> {
    let named = case.plan.scenario.clusters.iter().zip(&case.plan.clusters);
    let clusters = named.zip(&case.costs).map(|((cluster, planned), costs)| {
        let best = &planned.levels[planned.best];
        let told = CaseClusterJson {
            best_level: best.level.bytes_per_day(),
            cost: cost(&best.bill.cost),
            cost_difference: mean(&costs.difference),
            room: room(&planned.room),
        };
        (cluster.name.clone(), told)
    });
    CaseJson {
        title: &case.what_if.title,
        set: &case.what_if.set,
        fingerprint: case.plan.fingerprint.to_string(),
        clusters: ByName(clusters.collect()),
        risk_of_loss: risk(&case.plan),
        risk_difference: mean(&case.riskier),
    }
}

fn vault<'a>(plan: &Plan<'a>, load: &VaultLoad) -> VaultJson<'a> {
    let limits = load.limits.iter().map(|limit| VaultLimitJson {
        key: &limit.key,
        software: limit.software,
        hardware: limit.hardware,
        source: &limit.source,
    });
    VaultJson {
        name: &plan.scenario.key_vaults[load.vault].name,
        mean_in_10_s: load.mean,
        most_in_10_s: load.most,
        limits_in_10_s: limits.collect(),
    }
}

fn cluster<'a>(plan: &'a Plan<'_>, at: usize) -> ClusterJson<'a> {
    let planned = &plan.clusters[at];
    let level_of = |at: usize| planned.levels[at].level.bytes_per_day();
    let scheduled = planned.schedule.levels.iter();
    let months = plan.months.iter().enumerate();
    ClusterJson {
        verdict: words::verdict(plan, at),
        best_level: level_of(planned.best),
        own_level: level_of(planned.own),
        levels: planned.levels.iter().map(level).collect(),
        pay_as_you_go: option(&planned.without, Some(&planned.more_without)),
        unpriced: planned
            .unpriced
            .iter()
            .map(|(level, below)| UnpricedJson {
                level: level.bytes_per_day(),
                cheapest_below_per_day: *below,
            })
            .collect(),
        steps: planned.steps.iter().map(|of| step(plan, of)).collect(),
        volumes: planned.volumes.map(|[start, end]| VolumesJson {
            start_bytes_per_day: start,
            end_bytes_per_day: end,
        }),
        schedule: ScheduleJson {
            levels: scheduled.map(|level| level_of(*level)).collect(),
            cost: planned.schedule.cost,
        },
        room: room(&planned.room),
        months: months
            .map(|(number, month)| self::month(planned, number, month))
            .collect(),
        key_vault_requests: mean(&planned.requests),
        trend: planned.trend.as_ref().map(|trend| TrendJson {
            last_bytes_per_day: trend.last,
            weekly_factor: trend.factor,
            ci95: ci95(Some(trend.interval)),
        }),
    }
}

fn month<'a>(cluster: &ClusterPlan, number: usize, month: &'a Month) -> MonthJson<'a> {
    let (level, cost) = cluster.cheapest(number);
    MonthJson {
        month: &month.name,
        from_s: Seconds(month.from.millis()),
        until_s: Seconds(month.until.millis()),
        billed_bytes: mean(&cluster.billed[number]),
        cheapest_level: cluster.levels[level].level.bytes_per_day(),
        cost,
        room: room(&cluster.room_by_month[number]),
    }
}

fn level(level: &LevelPlan) -> LevelJson {
    LevelJson {
        level: level.level.bytes_per_day(),
        option: option(&level.bill, level.more.as_ref()),
    }
}

fn option(bill: &Bill, more: Option<&Mean>) -> OptionJson {
    let parts = PAID.iter().zip(bill.parts);
    OptionJson {
        cost: cost(&bill.cost),
        more: more.map(mean),
        parts: ByName(
            parts
                .map(|(of, mean)| (of.name().to_owned(), mean))
                .collect(),
        ),
    }
}

fn step(plan: &Plan<'_>, step: &Step) -> StepJson {
    let moment = |moment| MomentJson {
        at_s: match moment {
            Moment::At(t) => Some(Seconds(t.millis())),
            Moment::Before | Moment::Beyond => None,
        },
        text: words::moment(plan, moment),
    };
    let quantiles = step.reached.iter().flat_map(|reached| {
        let quantiles = [
            ("p5", reached.p05),
            ("p50", reached.p50),
            ("p95", reached.p95),
        ];
        quantiles.map(|(name, of)| (name.to_owned(), moment(of)))
    });
    StepJson {
        lower_level: step.from.map(Rate::bytes_per_day),
        higher_level: step.to.bytes_per_day(),
        pays_from_bytes_per_day: step.at,
        rising: step.reached.map(|reached| reached.rising),
        reached: ByName(quantiles.collect()),
    }
}

fn mean(mean: &Mean) -> Estimate {
    Estimate {
        mean: mean.mean,
        ci95: ci95(mean.interval()),
    }
}

fn room(room: &Room) -> RoomJson {
    RoomJson {
        hot_peak_bytes: sizes(&room.hot),
        buffered_peak_bytes: sizes(&room.buffered),
        stored_peak_bytes: sizes(&room.stored),
    }
}

fn cost(cost: &Sample) -> CostJson {
    let some = "every replication costs something";
    let [p5, p95] = range::ENDS.map(|(_, end)| quantile(cost, end).expect(some));
    CostJson {
        mean: mean(cost.mean.as_ref().expect(some)),
        p5,
        p95,
    }
}

fn sizes(sample: &Sample) -> Quantiles {
    quantiles(sample, QUANTILES.into_iter())
}

fn quantiles(sample: &Sample, which: impl Iterator<Item = (&'static str, Quantile)>) -> Quantiles {
    let told = |(name, of): (&str, _)| Some((name.to_owned(), quantile(sample, of)?));
    ByName(which.filter_map(told).collect())
}

fn quantile(sample: &Sample, quantile: Quantile) -> Option<QuantileJson> {
    let found = sample.quantile(quantile)?;
    let ends = found.interval.map(|(low, high)| Interval {
        low: low.number(),
        high: high.number(),
    });
    Some(QuantileJson {
        value: found.value.number(),
        ci95: ci95(ends),
    })
}

fn limit<'a>(plan: &Plan<'a>, limit: &Limit) -> LimitJson<'a> {
    let scenario = plan.scenario;
    let (kind, of) = match limit.bound {
        Bound::HighestLevel { cluster } => ("highest_level", &scenario.clusters[cluster].name),
        Bound::DailyCap { workspace } => ("daily_cap", &scenario.workspaces[workspace].name),
        Bound::IngestionRate { workspace } => {
            ("ingestion_rate", &scenario.workspaces[workspace].name)
        }
    };
    LimitJson {
        kind,
        of,
        text: words::limit(plan, limit),
        at_bytes: limit.at,
        now_bytes: limit.now,
        months: match limit.when {
            When::Reached => Number(Some(Value::Count(0))),
            When::Months { months, .. } => Number(Some(Value::Ratio(months))),
            When::NotSo(_) | When::Unknown => Number(None),
        },
        when: words::when(limit.when),
    }
}

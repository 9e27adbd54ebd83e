"""What a plan says of months, limits and cases, as tables."""

from __future__ import annotations

import json

import pytest
from conftest import OUTAGE, SCENARIOS

import cmksim

DAY = 86_400_000


@pytest.fixture(scope="module")
def plan() -> cmksim.Plan:
    scenario = cmksim.load(SCENARIOS / "plan-for-a-growing-cluster.toml")
    longer: cmksim.Values = {"workspace.*.retention": "120d"}
    return scenario.plan(replications=30, what_if={"longer: or so": longer})


def rows(table: cmksim.Table) -> list[dict[str, object]]:
    columns = table.to_dict()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_limits_are_those_of_the_document(plan: cmksim.Plan) -> None:
    limits = json.loads(plan.to_json())["limits"]
    table = rows(plan.limits)
    assert len(table) == len(limits) > 1
    end = cmksim.load(SCENARIOS / "plan-for-a-growing-cluster.toml").duration_ms
    for own, limit in zip(table, limits, strict=True):
        assert (own["limit"], own["name"]) == (limit["kind"], limit["of"])
        assert (own["at_bytes"], own["now_bytes"]) == (limit["at_bytes"], limit["now_bytes"])
        assert own["scope"] == ("cluster" if own["limit"] == "highest_level" else "workspace")
        assert own["per"] == ("hour" if own["limit"] == "ingestion_rate" else "day")
        if own["outcome"] == "ahead" and limit["months"] <= 120:
            months = (own["reached_ms"] - end) / (30 * DAY)  # type: ignore[operator]
            assert months == pytest.approx(limit["months"], rel=1e-6)
            assert end <= own["reached_ci95_low_ms"] <= own["reached_ms"]  # type: ignore[operator]
        else:
            assert own["reached_ms"] is None
    assert plan.limits.units["at_bytes"] == "bytes" and plan.limits.units["reached_ms"] == "ms"
    assert "ahead" in {own["outcome"] for own in table}


GROWING = OUTAGE.replace('"1 TB/day"', '{ rate = "1 TB/day", growth = "GROWTH/7d" }\ndaily_cap = "1200 GB"')
OUTCOMES = {"3%": ("ahead", 35), "-1%": ("never", 35), "20%": ("reached", 35), "0.0001%": ("ahead", 35)}


@pytest.mark.parametrize("growth", OUTCOMES)
def test_when_a_limit_is_reached(growth: str) -> None:
    outcome, days = OUTCOMES[growth]
    scenario = cmksim.loads(GROWING.replace("GROWTH", growth), set={"duration": f"{days}d"})
    table = rows(scenario.plan(replications=3).limits)
    (cap,) = [row for row in table if row["limit"] == "daily_cap"]
    assert cap["outcome"] == outcome, cap
    # 0.0001 % a week takes millennia.
    is_near = growth == "3%"
    assert (cap["reached_ms"] is not None) == is_near
    if is_near:
        assert days * DAY < cap["reached_ms"] < 2 * days * DAY  # type: ignore[operator]


def test_a_run_may_be_too_short(outage: cmksim.Scenario) -> None:
    limits = outage.plan(replications=3).limits
    assert set(limits["outcome"]) == {"unknown"} and set(limits["now_bytes"]) == {None}


def test_cases_are_those_of_the_document(plan: cmksim.Plan) -> None:
    (case,) = json.loads(plan.to_json())["what_if"]
    base, longer = rows(plan.what_if)
    assert base["case"] is None and base["set"] is None and base["difference_mean_usd"] is None
    assert longer["case"] == case["title"] == "longer: or so"
    assert longer["set"] == "workspace.*.retention=120d"
    (cluster,) = case["clusters"].values()
    assert longer["cluster"] == next(iter(case["clusters"]))
    assert longer["level_bytes_per_day"] == cluster["best_level"]
    assert longer["cost_mean_usd"] == cluster["cost"]["mean"]
    assert longer["cost_p95_usd"] == cluster["cost"]["p95"]["value"]
    assert longer["difference_mean_usd"] == cluster["cost_difference"]["mean"]
    assert longer["stored_peak_p95_bytes"] == cluster["room"]["stored_peak_bytes"]["p95"]["value"]
    assert longer["risk_of_loss"] == case["risk_of_loss"]["share"]
    assert longer["risk_difference_mean"] == case["risk_difference"]["mean"]


def test_months_cost_reservation_and_overage_alone(plan: cmksim.Plan) -> None:
    (best,) = [row for row in rows(plan.levels) if row["best"]]
    months = sum(plan.months["best_level_cost_mean_usd"].to_list())  # type: ignore[arg-type]
    parts = [best[f"{part}_cost_mean_usd"] for part in ("reservation", "overage")]
    assert months == pytest.approx(sum(parts), rel=1e-6)  # type: ignore[arg-type]
    rest = [best[f"{part}_cost_mean_usd"] for part in ("pay_as_you_go", "retention", "key_vault")]
    assert best["cost_mean_usd"] == pytest.approx(sum(parts + rest), rel=1e-6)  # type: ignore[arg-type]
    assert best["key_vault_cost_mean_usd"] > 0  # type: ignore[operator]


def test_cases_that_make_no_sense(outage: cmksim.Scenario) -> None:
    for wrong in ([1], 1, "seed=1"):
        with pytest.raises(TypeError, match=r"what_if\['a'\] must be a dictionary"):
            outage.plan(what_if={"a": wrong})  # type: ignore[dict-item]
    with pytest.raises(TypeError, match="what_if must be a dictionary"):
        outage.plan(what_if=["a"])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"what_if\['a'\]\['seed'\] must be a text, a number"):
        outage.plan(what_if={"a": {"seed": [1]}})  # type: ignore[dict-item]
    cases: list[tuple[str, cmksim.Values]] = [("", {"behaviour.storage_accounts": 4}), ("a", {})]
    for title, values in cases:
        with pytest.raises(ValueError, match="what_if.*a case needs a title and values"):
            outage.plan(what_if={title: values})
    with pytest.raises(ValueError, match="keeps the seed"):
        outage.plan(what_if={"other": {"seed": 2}})

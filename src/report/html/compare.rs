//! The report of a comparison.

use super::course;
use super::markup::{Html, around};
use super::page::Page;
use super::parts::{self, Table, long, note};
use crate::experiment::Paired;
use crate::report::chart::Picture;
use crate::report::command::Command;
use crate::report::compare::text::{accounts, counts, happened, together, whole_tables, written};
use crate::report::compare::{Compared, Other, Side, verdict};
use crate::report::format::{count, mean_difference, of_unit, replications, shown};
use crate::scenario::Scope;

/// The page of a comparison; `picture` is there where anything differs.
pub(in crate::report) fn compare(
    compared: &Compared<'_>,
    picture: Option<&Picture>,
    command: &Command,
) -> String {
    let first = compared.first;
    let facts = format!(
        "{} of each on common random numbers, seed {}",
        replications(compared.replications),
        first.scenario.seed
    );
    let names = compared.others.iter().map(|it| it.side.name);
    let names: Vec<&str> = names.collect();
    let title = format!("{} against {}", names.join(", "), first.name);
    let mut page = Page::new(&title, None, &facts);
    page.section("verdict", "Verdict", answers(compared));
    let mut figures = picture.map_or_else(Html::default, parts::figure);
    for other in &compared.others {
        figures.push(around(
            "h3",
            format!("{} against {}", other.side.name, first.name),
        ));
        figures.push(measures(first, other));
        figures.push(attribution(first, other));
    }
    page.section("figures", "Key figures", figures);
    page.section("time", "What happens in one replication", course(compared));
    let mut assumed = Html::default();
    let mut sources = Html::default();
    for side in sides(compared) {
        let own = parts::assumed(side.scenario, None);
        if !own.is_empty() {
            assumed.push(around("h3", side.name));
            assumed.push(own);
        }
        sources.push(parts::source(side.name, side.source));
    }
    page.section("assumed", "What rests on assumed numbers", assumed);
    page.section("scenario", "The scenarios", sources);
    page.again(command, None);
    page.finish()
}

fn sides<'a>(compared: &Compared<'a>) -> Vec<Side<'a>> {
    let others = compared.others.iter().map(|it| it.side);
    std::iter::once(compared.first).chain(others).collect()
}

/// The answers, and what is compared.
fn answers(compared: &Compared<'_>) -> Html {
    let answers = compared.others.iter();
    let answers = answers.map(|other| parts::verdict(&verdict(compared.first, other), &[]));
    let mut html: Html = answers.collect();
    let mut table = Table::new("What is compared", &["Name", "Title", "Edition"]);
    for side in sides(compared) {
        table.row([
            shown(side.name).into(),
            long(parts::title(side.scenario)),
            Html::text(&side.scenario.edition),
        ]);
    }
    html.push(table.html());
    html
}

/// What differs; what is the same in a line.
fn measures(first: Side<'_>, other: &Other<'_>) -> Html {
    let header = [
        "Measure",
        first.name,
        other.side.name,
        "Difference",
        "Replications",
    ];
    let table = |caption: &str, of_whole: bool| {
        let mut table = Table::new(caption, &header);
        let wanted = |it: &&Paired| !it.is_equal() && (it.scope == Scope::Total) == of_whole;
        for paired in other.measures.iter().filter(wanted) {
            let name = around("code", first.scenario.name_of(paired.scope, paired.measure));
            let cells = std::iter::once(Html::from(name));
            table.row(cells.chain(differing(paired).map(Html::from)));
        }
        table.html()
    };
    let mut html = table("What differs in all, on average", true);
    let parts = table("What differs in workspaces and clusters, on average", false);
    if !parts.is_empty() {
        let summary = around("summary", "What differs in workspaces and clusters");
        html.push(around("details", summary).with(parts));
    }
    let whole = other.measures.iter().filter(|it| it.scope == Scope::Total);
    let equal: Vec<&str> = whole
        .filter(|it| it.is_equal())
        .map(|it| it.measure.name())
        .collect();
    if !equal.is_empty() {
        html.push(note(&format!(
            "The same in all replications: {}.",
            equal.join(", ")
        )));
    }
    html
}

fn differing(paired: &Paired) -> [String; 4] {
    let unit = paired.measure.unit();
    let Some(pairs) = &paired.pairs else {
        return ["", "", "never has a value in both", ""].map(str::to_owned);
    };
    let mut told = counts(unit, pairs);
    if paired.one_sided > 0 {
        let times = count(paired.one_sided as u64);
        told += &format!("; in {times} only one of them has a value");
    }
    [
        of_unit(unit, pairs.first.mean),
        of_unit(unit, pairs.second.mean),
        mean_difference(unit, pairs.difference),
        told,
    ]
}

/// Which keys account for how much.
fn attribution(first: Side<'_>, other: &Other<'_>) -> Html {
    if other.changes.list.is_empty() {
        return note("The two are written differently in no key that changes a replication.");
    }
    let measure = other.telling();
    let measure = measure.map(|it| first.scenario.name_of(it.scope, it.measure));
    let caption = measure.map_or_else(
        || "What differs in the files".to_owned(),
        |measure| format!("What accounts for the difference in {measure}"),
    );
    let mut table = Table::new(&caption, &["Key", "What it makes"]);
    if other.attribution.is_some() {
        for (change, told) in accounts(other) {
            table.row([long(&written(change)), long(&told)]);
        }
    } else {
        for change in &other.changes.list {
            table.row([long(&written(change)), long("nothing that is measured")]);
        }
    }
    let mut html = table.html();
    html.extend(
        together(other)
            .into_iter()
            .chain(whole_tables(other))
            .map(|it| note(&it)),
    );
    html
}

/// Where the histories part, what happens in each, and by which rules.
fn course(compared: &Compared<'_>) -> Html {
    let number = compared.replication;
    let mut html = Html::default();
    for other in &compared.others {
        let name = other.side.name;
        let Some(parting) = other.parting else {
            html.push(parts::paragraph(&format!(
                "In replication {number} the same happens in {name}, at the same times."
            )));
            continue;
        };
        let caption = format!("Where {name} parts in replication {number}");
        let mut table = Table::new(
            &caption,
            &["In", "What happens there, and not in the other"],
        );
        for (side, at) in [
            (compared.first, parting.first),
            (other.side, parting.second),
        ] {
            let told = at.map_or_else(|| "nothing more".to_owned(), |at| happened(side, at));
            table.row([shown(side.name).into(), long(&told)]);
        }
        html.push(table.html());
    }
    let mut followed = Vec::new();
    for side in sides(compared) {
        let caption = format!("What happens in {}", side.name);
        html.push(course::table(
            side.scenario,
            side.history,
            &caption,
            &mut followed,
        ));
    }
    html.push(parts::rules(compared.first.scenario, &followed));
    html
}

//! `optimise` as it is used.

use std::fs;

use super::program::{Place, ends_with, stderr, stdout};

/// A key that is disabled by mistake, and who enables it again.
const MISTAKE: &str = "\
duration = '4d'
[[cluster]]
name = 'cluster'
storage_accounts = 4
capacity_reservation = '500 GB/day'
[[workspace]]
name = 'logs'
ingestion = '1 TB/day'
[[event]]
name = 'mistake'
at = '1d'
kind = 'disable_key'
[[response]]
name = 'on-call'
when = 'queries_fail'
delay = { dist = 'lognormal', median = '4h', sigma = 0.3, min = '1m', max = '2d' }
kind = 'enable_key'
";

const LEVERS: &str = "\
[[lever]]
name = 'on-call'
options = [
  { name = 'morning' },
  { name = 'evening', set = ['response.on-call.delay.median=40m'], price = 300 },
  { name = 'always', set = ['response.on-call.delay.median=10m'], price = 2000 },
]
[[lever]]
name = 'reservation'
options = [
  { name = 'low' },
  { name = 'right', set = ['cluster.cluster.capacity_reservation=1000 GB/day'] },
]
";

fn place(levers: &str) -> Place {
    let place = Place::new();
    place.write("world.toml", format!("{MISTAKE}{levers}"));
    place
}

fn asked<'a>(such_that: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let asked = [
        "optimise",
        "world.toml",
        "--minimise=cost",
        "--replications=300",
        "--such-that",
        such_that,
    ];
    [&asked[..], more].concat()
}

#[test]
fn the_cheapest_combination_that_keeps_the_promise_is_named() {
    let place = place(LEVERS);
    let output = place.run(&asked(
        "probability(dropped <= 60 GB) >= 90%",
        &["--report"],
    ));
    ends_with(&output, 0);
    let told = stdout(&output);
    let first = told.lines().next().expect("a line");
    let begin = "cheapest with probability(dropped <= 60 GB) >= 90%: on-call = evening, \
                 reservation = right, for ";
    assert!(first.starts_with(begin), "{first}");
    assert!(
        first.contains("probability(dropped <= 60 GB) is "),
        "{first}"
    );
    assert!(told.contains("on-call = morning, reservation = "), "{told}");
    for name in [
        "optimise.json",
        "optimise.csv",
        "optimise.svg",
        "optimise.png",
        "report.html",
    ] {
        assert!(
            place.path().join("output/world").join(name).exists(),
            "{name}"
        );
    }
    // Another seed, and the frontier has the dear one too.
    let csv = fs::read_to_string(place.path().join("output/world/optimise.csv")).expect("written");
    assert_eq!(csv.lines().count(), 7, "{csv}");
    assert!(csv.contains("always,right"), "{csv}");
}

#[test]
fn no_combination_and_no_decision_have_statuses_of_their_own() {
    let place = place(LEVERS);
    let never = "probability(dropped == 0 B) >= 50%";
    let output = place.run(&asked(never, &[]));
    ends_with(&output, 3);
    assert!(
        stdout(&output).starts_with("none of 6 combinations keeps"),
        "{}",
        stdout(&output)
    );
    ends_with(&place.run(&asked(never, &["--exit-zero"])), 0);
    let output = place.run(&asked("probability(dropped >= 0 B) >= 99.9%", &[]));
    ends_with(&output, 4);
    assert!(
        stdout(&output).starts_with("cannot say whether"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn threads_do_not_show() {
    let mut seen = Vec::new();
    for threads in ["1", "3"] {
        let place = place(LEVERS);
        let output = place.run(&asked("mean(dropped) <= 50 GB", &["--threads", threads]));
        ends_with(&output, 0);
        let json = fs::read(place.path().join("output/world/optimise.json")).expect("written");
        seen.push((stdout(&output), json));
    }
    assert_eq!(seen[0], seen[1]);
}

#[test]
fn what_cannot_be_chosen_or_promised_is_refused() {
    let behaviour = "[[lever]]\nname = 'buffer'\noptions = [{ name = 'a' }, { name = 'b', set = \
                     ['behaviour.buffer_retention=2h'] }]\n";
    let one = "[[lever]]\nname = 'x'\noptions = [{ name = 'a' }]\n";
    let twice = "[[lever]]\nname = 'x'\noptions = [{ name = 'a' }, { name = 'a' }]\n";
    let seed = "[[lever]]\nname = 'x'\noptions = [{ name = 'a' }, { name = 'b', set = ['seed=7'] \
                }]\n";
    let goal = "probability(dropped == 0 B) >= 90%";
    for (levers, more, why) in [
        (behaviour, vec![], "belongs to the service"),
        (one, vec![], "fewer than two options"),
        (twice, vec![], "are called"),
        (seed, vec![], "changes the seed"),
        ("", vec![], "it has no [[lever]]"),
        (
            LEVERS,
            vec!["--such-that=max(dropped) <= 1 GB"],
            "no number of replications",
        ),
        (
            LEVERS,
            vec!["--such-that=dropped == 0 B"],
            "no number of replications",
        ),
    ] {
        let output = place(levers).run(&asked(goal, &more));
        assert!(!output.status.success());
        assert!(stderr(&output).contains(why), "{why}: {}", stderr(&output));
    }
    // The reader of scenarios tries each option.
    let typo = LEVERS.replace(
        "response.on-call.delay.median=10m",
        "response.on-cal.delay=10m",
    );
    let output = place(&typo).run(&["check", "world.toml"]);
    ends_with(&output, 2);
    assert!(stderr(&output).contains("on-cal"), "{}", stderr(&output));
    let place = place(LEVERS);
    let dropped = [
        "optimise",
        "world.toml",
        "--minimise=dropped",
        "--such-that",
        goal,
    ];
    let output = place.run(&dropped);
    ends_with(&output, 2);
    assert!(
        stderr(&output).contains("no amount of money"),
        "{}",
        stderr(&output)
    );
}

//! Which key, kind or measure was meant by a word that is none: compared as spelling and as a set
//! of words, some of which mean the same.

use std::sync::LazyLock;

use super::diagnostics::nearest;

/// Words of keys, kinds of events and measures, each with what people write for it.
const SYNONYMS: &[(&str, &str)] = &[
    ("access", "permission policy role right authorization"),
    ("accounts", "account shards partitions"),
    ("associate", "add attach connect join link"),
    ("at", "begin date offset start time when"),
    ("billing", "bill charge invoice"),
    ("buffer", "cache queue"),
    ("buffered", "cached queued waiting"),
    ("cap", "limit max maximum quota"),
    ("capacity", "commitment sku tier"),
    ("cost", "money price spend"),
    ("create", "add make new provision"),
    ("customer", "cmk"),
    ("daily", "day"),
    ("delay", "after pause wait"),
    ("delete", "destroy drop gone lose lost remove"),
    ("denials", "403 deny forbid forbidden reject unauthorized"),
    ("disable", "deactivate off suspend"),
    (
        "disassociate",
        "delete detach disconnect leave remove unlink",
    ),
    ("downtime", "down outage unavailable"),
    ("dropped", "lose loss lost missing"),
    (
        "duration",
        "for hours last lasts lasting length long time until",
    ),
    ("enable", "activate on reactivate reenable restore"),
    ("expect", "assert assertion check expectation goal sla slo"),
    ("expire", "expiration lapse stale"),
    ("extend", "prolong renew"),
    ("factor", "multiplier multiply scale"),
    ("failure", "error fail"),
    ("gap", "every frequency interval mtbf period"),
    (
        "grant",
        "add allow assign give permit reassign recover restore",
    ),
    ("identity", "aad ad auth authentication entra login token"),
    ("ingestion", "data inflow intake load rate traffic volume"),
    ("key", "akv cmk byok encryption keyvault kv secret"),
    ("keys", "key"),
    ("kind", "action happens type what"),
    ("offered", "arrived ingested received"),
    (
        "outage",
        "500 503 blip broken dead down downtime error fail failure incident lost offline timeout \
         unavailable unreachable",
    ),
    ("permissions", "access permission right role"),
    ("probability", "chance likelihood odds percent share"),
    ("purged", "aged"),
    ("query", "read search"),
    (
        "rate",
        "amount data ingestion intake load speed throughput traffic volume",
    ),
    ("recover", "restore undelete undo"),
    ("remove", "delete lose lost revoke withdraw"),
    ("replications", "iterations repetitions repeats runs trials"),
    ("requests", "calls load others rps"),
    ("reservation", "commitment reserve reserved sku tier"),
    ("retention", "keep kept lifetime retain ttl"),
    ("seed", "random rng"),
    ("set", "adjust change increase modify reduce resize update"),
    ("start", "begin date from"),
    ("storage", "blob disk store"),
    ("surge", "burst flood growth increase jump peak spike"),
    ("throttling", "429 limit ratelimit"),
    ("title", "caption heading label name"),
    ("tolerance", "grace timeout"),
    ("update", "change rotate rotation set switch"),
    ("vault", "akv hsm keyvault kv"),
    ("version", "rotate rotation"),
    ("when", "if on trigger"),
];

/// The stems of all synonyms: made once, for a file can have ten thousands of unknown keys.
static STEMS: LazyLock<Vec<(String, Vec<String>)>> = LazyLock::new(|| {
    let stems = SYNONYMS
        .iter()
        .map(|(word, others)| (stem(word), others.split(' ').map(stem).collect()));
    stems.collect()
});

/// Words that say nothing beside others.
const FILLERS: &[&str] = &[
    "a", "an", "and", "by", "for", "in", "is", "my", "of", "the", "to", "was", "with",
];

/// A hint that names more than these is none.
const MOST: usize = 3;

/// More known names than these are not compared, and no longer ones: a large file with nothing
/// right in it still ends soon.
const NAMES: usize = 200;
const LONGEST: usize = 64;

/// The known names that were likely meant, up to three: all words mean the same; else they have all
/// of the words; else the spelling is near; else half of the words or more mean the same.
pub(super) fn meant<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let known: Vec<&str> = known.into_iter().take(NAMES).collect();
    let compared = compared(found, &known);
    let whole = whole(&compared);
    if !whole.is_empty() {
        return whole;
    }
    let literally = compared.iter().filter(|shared| shared.literally);
    let literally: Vec<&str> = literally.map(|shared| shared.name).collect();
    match nearest(found, known.iter().copied()) {
        Some(near) if literally.is_empty() || literally.contains(&near) => vec![near],
        _ => few(best(&compared)),
    }
}

/// The known names of which every word means one of `found`, and the other way round.
pub(super) fn same<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let known: Vec<&str> = known.into_iter().take(NAMES).collect();
    whole(&compared(found, &known))
}

fn whole<'a>(compared: &[Shared<'a>]) -> Vec<&'a str> {
    let whole = compared.iter().filter(|shared| shared.whole);
    few(whole.map(|shared| shared.name).collect())
}

/// Nothing, where there are too many to help.
fn few(names: Vec<&str>) -> Vec<&str> {
    if names.len() > MOST {
        Vec::new()
    } else {
        names
    }
}

/// What a known name shares with what was found.
struct Shared<'a> {
    name: &'a str,
    /// How many of the found words mean a word of it.
    found: usize,
    /// How many of them are a word of it.
    literal: usize,
    /// Whether all of them are.
    literally: bool,
    /// Of its words that are meant, one over the number of known names that have it: rare words
    /// tell more.
    rarity: f64,
    /// Whether all words of both have a counterpart.
    whole: bool,
}

fn compared<'a>(found: &str, known: &[&'a str]) -> Vec<Shared<'a>> {
    let found = words(found);
    if found.is_empty() {
        return Vec::new();
    }
    let all: Vec<Vec<String>> = known.iter().map(|name| words(name)).collect();
    let rarity = |word: &String| {
        let having = all.iter().filter(|words| words.contains(word)).count();
        1.0 / having as f64
    };
    let share = |(name, own): (&&'a str, &Vec<String>)| {
        let meant: Vec<&String> = own
            .iter()
            .filter(|word| found.iter().any(|found| means(found, word)))
            .collect();
        let matched = found
            .iter()
            .filter(|found| own.iter().any(|word| means(found, word)))
            .count();
        let literal = found.iter().filter(|found| own.contains(found)).count();
        Shared {
            name,
            found: matched,
            literal,
            literally: literal == found.len(),
            rarity: meant.iter().map(|word| rarity(word)).sum(),
            whole: matched == found.len() && meant.len() == own.len(),
        }
    };
    let half = |shared: &Shared<'_>| 2 * shared.found >= found.len() && shared.found > 0;
    known.iter().zip(&all).map(share).filter(half).collect()
}

/// Those that share the most.
fn best<'a>(compared: &[Shared<'a>]) -> Vec<&'a str> {
    let rank = |shared: &Shared<'_>| (shared.found, shared.literal, shared.rarity);
    let ranks = compared.iter().map(rank);
    let most = ranks.fold(
        (0, 0, 0.0),
        |most, rank| if rank > most { rank } else { most },
    );
    compared
        .iter()
        .filter(|shared| rank(shared) == most)
        .map(|shared| shared.name)
        .collect()
}

/// Whether a found word means a word of a known name; both are stems.
fn means(found: &str, known: &str) -> bool {
    found == known
        || STEMS
            .iter()
            .any(|(word, others)| word == known && others.iter().any(|other| other == found))
}

/// The stems of the words of a name: of `keyVaults_down` they are `key`, `vault` and `down`.
fn words(name: &str) -> Vec<String> {
    if name.len() > LONGEST {
        return Vec::new();
    }
    let mut parts = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let hump = letter.is_uppercase() && before.is_lowercase();
        if hump || !letter.is_alphanumeric() {
            parts.push(String::new());
        }
        if letter.is_alphanumeric() {
            parts.last_mut().expect("there is one").push(letter);
        }
        before = letter;
    }
    let all: Vec<String> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .map(|part| stem(part))
        .collect();
    let telling: Vec<String> = all
        .iter()
        .filter(|word| !FILLERS.contains(&word.as_str()))
        .cloned()
        .collect();
    if telling.is_empty() { all } else { telling }
}

/// A word without its ending: `disabled`, `disable` and `disabling` are one.
fn stem(word: &str) -> String {
    const ENDINGS: &[&str] = &["s", "ing", "ed", "ion", "al", "y", "e"];
    let mut stem = word.to_lowercase();
    for ending in ENDINGS {
        let least = if *ending == "s" { 3 } else { 4 };
        let cut = stem.strip_suffix(ending).map(str::len);
        if let Some(cut) = cut.filter(|cut| *cut >= least && !stem.ends_with("ss")) {
            stem.truncate(cut);
        }
    }
    stem
}

//! Names of resources, as a scenario may use them.

/// No name of a scenario is longer.
const LONGEST: usize = 64;

/// A name with only the characters that a scenario takes in names; others become `-`.
pub(super) fn name(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name: String = text
        .trim()
        .chars()
        .map(|c| if plain(c) { c } else { '-' })
        .enumerate()
        // In a table a name that begins with a minus would be a formula.
        .map(|(at, c)| if at == 0 && c == '-' { '_' } else { c })
        .take(LONGEST)
        .collect();
    match name.as_str() {
        "" => "unnamed".to_owned(),
        // These two mean something else.
        "none" | "newest" => format!("{name}-"),
        _ => name,
    }
}

/// The name behind `kind` in the id of a resource, as in `.../clusters/NAME`.
pub(super) fn in_id<'a>(id: &'a str, kind: &str) -> Option<&'a str> {
    let mut parts = id.split('/');
    parts.find(|part| part.eq_ignore_ascii_case(kind))?;
    parts.next().filter(|name| !name.is_empty())
}

/// The name of a vault in the address of it or of one of its keys.
pub(super) fn vault(uri: &str) -> Option<&str> {
    let host = uri.split_once("://")?.1.split(['/', ':', '?']).next()?;
    let (name, domain) = host.split_once('.')?;
    (!name.is_empty() && !domain.is_empty()).then_some(name)
}

/// Vault, key and version in the address of a key; without a version where it has none.
pub(super) fn key(uri: &str) -> Option<(&str, &str, Option<&str>)> {
    let path = uri.split('?').next()?;
    let name = in_id(path, "keys")?;
    let after = path.split('/').skip_while(|part| *part != name).nth(1);
    let operation = |part: &&str| {
        let known = ["unwrapkey", "wrapkey", "recover", "versions", "create"];
        part.is_empty() || known.contains(&part.to_lowercase().as_str())
    };
    Some((vault(uri)?, name, after.filter(|part| !operation(part))))
}

/// A file without its folders: the scenario may be passed on to others.
pub(super) fn of_file(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of a file, without its ending.
pub(super) fn stem(path: &str) -> &str {
    let file = of_file(path);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Whether a workspace is named by its customer id, as in
/// `0f3c1a2b-4d5e-6f70-8192-a3b4c5d6e7f8`.
pub(super) fn is_customer_id(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|c| c == b'-' || c.is_ascii_hexdigit())
}

/// The same thing: services write names in either case.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_a_scenario_takes() {
        assert_eq!(name("kv-prod_1"), "kv-prod_1");
        assert_eq!(name(" a/b é"), "a-b--");
        assert_eq!(name("-A1"), "_A1");
        assert_eq!(name(""), "unnamed");
        assert_eq!(name("none"), "none-");
        assert_eq!(name(&"x".repeat(100)).len(), 64);
    }

    #[test]
    fn files_and_customer_ids_are_told() {
        assert_eq!(stem("a/b\\Payments.csv.gz"), "Payments.csv");
        assert_eq!(stem("a.b/payments"), "payments");
        assert!(is_customer_id("0f3c1a2b-4d5e-6F70-8192-a3b4c5d6e7f8"));
        for text in [
            "payments",
            "0f3c1a2b-4d5e-6f70-8192",
            "0g3c1a2b-4d5e-6f70-8192-a3b4c5d6e7f8",
        ] {
            assert!(!is_customer_id(text), "{text}");
        }
    }

    #[test]
    fn keys_are_found_in_addresses() {
        let versioned = key("https://kv.vault.azure.net/keys/cmk/0a1b/unwrapkey?api-version=7.0");
        assert_eq!(versioned, Some(("kv", "cmk", Some("0a1b"))));
        let plain = key("https://kv.vault.azure.net/keys/cmk");
        assert_eq!(plain, Some(("kv", "cmk", None)));
        assert_eq!(key("https://kv.vault.azure.net/secrets/cmk"), None);
        assert_eq!(key("keys/cmk"), None);
        assert_eq!(vault("https://kv.vault.azure.net"), Some("kv"));
        assert_eq!(
            in_id("/subscriptions/0/Clusters/c1", "clusters"),
            Some("c1")
        );
    }
}

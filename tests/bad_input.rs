//! Wrong scenarios and what is said of them.

use cmksim::scenario;

#[test]
fn every_shipped_scenario_is_read() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("there are scenarios") {
        let path = entry.expect("readable").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let bytes = std::fs::read(&path).expect("readable");
        let name = path.file_name().expect("a file").to_string_lossy();
        match scenario::read(&name, &bytes, &[]) {
            Ok(reading) => assert!(
                reading.warnings.is_empty(),
                "{}",
                reading.warnings.render(false)
            ),
            Err(wrong) => panic!("{}", wrong.render(false)),
        }
        count += 1;
    }
    assert!(count > 0);
}

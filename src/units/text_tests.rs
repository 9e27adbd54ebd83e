use proptest::prelude::*;

use super::*;

fn duration(text: &str) -> Result<i64, String> {
    let read: Result<Duration, UnitError> = text.parse();
    read.map(Duration::millis).map_err(|error| error.0)
}

fn volume_of(text: &str) -> Result<u64, String> {
    let read: Result<Volume, UnitError> = text.parse();
    read.map(Volume::bytes).map_err(|error| error.0)
}

fn rate(text: &str) -> Result<u64, String> {
    let read: Result<Rate, UnitError> = text.parse();
    read.map(Rate::bytes_per_day).map_err(|error| error.0)
}

fn probability(text: &str) -> Result<u64, String> {
    let read: Result<Probability, UnitError> = text.parse();
    read.map(Probability::parts).map_err(|error| error.0)
}

/// What was written, its value, and how it is printed.
#[test]
fn good_durations() {
    for (text, ms, printed) in [
        ("250ms", 250, "250ms"),
        ("90s", 90_000, "1m 30s"),
        ("1h30m", 5_400_000, "1h 30m"),
        (" 1d  3h ", 97_200_000, "1d 3h"),
        ("1 d 3 h", 97_200_000, "1d 3h"),
        ("14d", 1_209_600_000, "14d"),
        ("2w", 1_209_600_000, "14d"),
        ("1.5h", 5_400_000, "1h 30m"),
        ("12.345s", 12_345, "12.345s"),
        ("1m 0.5s", 60_500, "1m 0.5s"),
        ("0s", 0, "0s"),
        ("0.0005s", 1, "1ms"),
        ("0.0014s", 1, "1ms"),
        ("0001h", 3_600_000, "1h"),
        ("366000d", Duration::LONGEST.millis(), "366000d"),
    ] {
        assert_eq!(duration(text), Ok(ms), "{text}");
        assert_eq!(Duration::from_millis(ms).to_string(), printed);
    }
    assert_eq!(Duration::from_millis(-90_000).to_string(), "-1m 30s");
}

#[test]
fn good_volumes_and_rates() {
    for (text, bytes, printed) in [
        ("0 B", 0, "0 B"),
        ("600 GB", 600_000_000_000, "600 GB"),
        ("1.5TB", 1_500_000_000_000, "1.5 TB"),
        ("64 KiB", 65_536, "64 KiB"),
        ("1 PiB", 1 << 50, "1 PiB"),
        ("0.5 kB", 500, "500 B"),
        ("1.0005 kB", 1_001, "1.001 kB"),
        ("9223 PB", 9_223_000_000_000_000_000, "9223 PB"),
        (
            "9.223372036854775 PB",
            9_223_372_036_854_775,
            "9.223372036854775 PB",
        ),
    ] {
        assert_eq!(volume_of(text), Ok(bytes), "{text}");
        assert_eq!(Volume::from_bytes(bytes).to_string(), printed);
    }
    for (text, bytes, printed) in [
        ("600 GB/day", 600_000_000_000, "600 GB/day"),
        (" 25 GB / h ", 600_000_000_000, "600 GB/day"),
        ("1MB/s", 86_400_000_000, "86.4 GB/day"),
        ("1 B/min", 1_440, "1.44 kB/day"),
        ("0.00001 B/s", 1, "1 B/day"),
        ("0 B/day", 0, "0 B/day"),
    ] {
        assert_eq!(rate(text), Ok(bytes), "{text}");
        assert_eq!(Rate::from_bytes_per_day(bytes).to_string(), printed);
    }
}

#[test]
fn good_probabilities_and_factors() {
    for (text, parts, printed) in [
        ("3%", 128_849_019, "3%"),
        ("0.03", 128_849_019, "3%"),
        ("0", 0, "0%"),
        ("1", 1 << 32, "100%"),
        ("100 %", 1 << 32, "100%"),
        ("0.1%", 4_294_967, "0.1%"),
        ("0.5", 1 << 31, "50%"),
    ] {
        assert_eq!(probability(text), Ok(parts), "{text}");
        assert_eq!(Probability::from_parts(parts).to_string(), printed);
    }
    assert_eq!(
        Probability::try_from(0.03),
        Ok(Probability::from_parts(128_849_019))
    );
    assert_eq!(Factor::try_from(0.25), Ok(Factor::from_millionths(250_000)));
    assert_eq!(Factor::from_millionths(1_250_000).to_string(), "1.25");
    assert_eq!(Factor::ONE.to_string(), "1");
    for bad in [f64::NAN, f64::INFINITY, -0.1, 1e7] {
        assert!(Factor::try_from(bad).is_err());
        assert!(Probability::try_from(bad).is_err());
    }
}

/// What was written, and what is said of it.
const BAD_DURATIONS: &[(&str, &str)] = &[
    ("14", r#""14" needs a unit: 14d, 14h, 14m, 14s or 14ms"#),
    (
        "2026-01-07 10:00",
        r#""2026-01-07 10:00" is a calendar time, not a duration; a scenario has those without quotes, as in 2026-03-01T12:00:00Z"#,
    ),
    (
        "1h 30",
        r#""1h 30" needs a unit: 30d, 30h, 30m, 30s or 30ms"#,
    ),
    (
        "",
        r#""" has no number before its unit; write a duration such as 45m or 1d 3h"#,
    ),
    (
        "soon",
        r#""soon" has no number before its unit; write a duration such as 45m or 1d 3h"#,
    ),
    (
        "NaN",
        r#""NaN" has no number before its unit; write a duration such as 45m or 1d 3h"#,
    ),
    (
        "inf",
        r#""inf" has no number before its unit; write a duration such as 45m or 1d 3h"#,
    ),
    (
        "-5m",
        r#""-5m" is negative; write 0 or more, as in a duration such as 45m or 1d 3h"#,
    ),
    (
        "1month",
        r#""1month" is unclear: a month has no fixed length; write days, as in 30d"#,
    ),
    (
        "1y",
        r#""1y" is unclear: a year has no fixed length; write days, as in 365d"#,
    ),
    (
        "1M",
        r#""1M" is unclear: write 1m for minutes, or months as days"#,
    ),
    (
        "30 min",
        r#""30 min" has the unit "min", which is written "m": 30m"#,
    ),
    ("2D", r#""2D" has the unit "D", which is written "d": 2d"#),
    (
        "3 fortnights",
        r#""3 fortnights" has the unknown unit "fortnights"; use w, d, h, m, s or ms"#,
    ),
    ("5us", r#""5us" is finer than the resolution of 1ms"#),
    (
        "0.0001ms",
        r#""0.0001ms" is shorter than the resolution of 1ms"#,
    ),
    (
        "30m 1h",
        r#""30m 1h" has its units out of order; write the larger first and each once, as in 1d 3h"#,
    ),
    (
        "1h 1h",
        r#""1h 1h" has its units out of order; write the larger first and each once, as in 1d 3h"#,
    ),
    (
        "1,5h",
        r#""1,5h" groups digits; write plain digits with at most one point, as in 1500.5"#,
    ),
    ("1.h", r#""1.h" has no digit after the point"#),
    (
        "1e3s",
        r#""1e3s" has an exponent; write the number out, or a larger unit"#,
    ),
    (
        "366001d",
        r#""366001d" is too long; the longest duration is 366000d (about 1 000 years)"#,
    ),
    (
        "99999999999999999999w",
        r#""99999999999999999999w" is too long; the longest duration is 366000d (about 1 000 years)"#,
    ),
    (
        "1h; 2m",
        r#""1h; 2m" has the unknown unit "h;"; use w, d, h, m, s or ms"#,
    ),
];

#[test]
fn bad_durations() {
    for (text, complaint) in BAD_DURATIONS {
        assert_eq!(duration(text), Err((*complaint).to_owned()), "{text}");
    }
    let long = "9".repeat(60) + "d";
    let complaint = r#""999999999999999999999999999999999999999999999999999999999..." has too many digits; write at most 15 after the point, or a larger unit"#;
    assert_eq!(duration(&long), Err(complaint.to_owned()));
}

#[test]
fn bad_volumes_rates_and_probabilities() {
    for (text, complaint) in [
        ("2", r#""2" needs a unit: 2 GB, 2 TB, 2 MB, 2 kB or 2 B"#),
        (
            "2 Gb",
            r#""2 Gb" is unclear: Gb may mean bits; for bytes write 2 GB"#,
        ),
        (
            "2 gb",
            r#""2 gb" is unclear: gb may mean bits; for bytes write 2 GB"#,
        ),
        (
            "2 KB",
            r#""2 KB" is unclear: 2 kB is 2 times 1000 bytes, 2 KiB 2 times 1024"#,
        ),
        (
            "2 gB",
            r#""2 gB" has the unit "gB", which is written "GB": 2 GB"#,
        ),
        (
            "5 bytes",
            r#""5 bytes" has the unit "bytes", which is written "B": 5 B"#,
        ),
        (
            "1 EB",
            r#""1 EB" has the unknown unit "EB"; use B, kB, MB, GB, TB, PB or KiB to PiB"#,
        ),
        (
            "1 TB 500 GB",
            r#""1 TB 500 GB" is more than one volume; write one number and one unit, as in 1.5 TB"#,
        ),
        (
            "1 TB/day",
            r#""1 TB/day" is a rate; a volume has no time, as in 600 GB"#,
        ),
        (
            "-1 GB",
            r#""-1 GB" is negative; write 0 or more, as in a volume such as 600 GB"#,
        ),
        ("0.1 B", r#""0.1 B" is less than 1 B"#),
        (
            "9224 PB",
            r#""9224 PB" is too large; the limit is 2^63 bytes, about 9 223 PB"#,
        ),
        (
            "99999999999999999999 PB",
            r#""99999999999999999999 PB" is too large; the limit is 2^63 bytes, about 9 223 PB"#,
        ),
    ] {
        assert_eq!(volume_of(text), Err(complaint.to_owned()), "{text}");
    }
    for (text, complaint) in [
        (
            "600 GB",
            r#""600 GB" is a volume, not a rate; say per which time: 600 GB/day"#,
        ),
        (
            "600 GB/d",
            r#""600 GB/d" has the unknown time "d"; use 600 GB/s, /min, /h or /day"#,
        ),
        (
            "600 gb/day",
            r#""600 gb/day" is unclear: gb may mean bits; for bytes write 600 GB"#,
        ),
        (
            "10/day",
            r#""10/day" needs a unit: 10 GB, 10 TB, 10 MB, 10 kB or 10 B"#,
        ),
        (
            "fast",
            r#""fast" has no number before its unit; write a rate such as 600 GB/day"#,
        ),
        (
            "9000 PB/s",
            r#""9000 PB/s" is too large; the limit is 2^63 bytes, about 9 223 PB"#,
        ),
        ("0.1 B/day", r#""0.1 B/day" is less than 1 B/day"#),
        (
            "1 GB 2/day",
            r#""1 GB 2/day" is not a rate; write a rate such as 600 GB/day"#,
        ),
    ] {
        assert_eq!(rate(text), Err(complaint.to_owned()), "{text}");
    }
    for (text, complaint) in [
        (
            "3",
            r#""3" is above 1; a probability is 0 to 1, or 0% to 100%"#,
        ),
        (
            "101%",
            r#""101%" is above 1; a probability is 0 to 1, or 0% to 100%"#,
        ),
        (
            "0.00000000001",
            r#""0.00000000001" is smaller than 2^-32, which is as good as never; write 0"#,
        ),
        (
            "3 in 100",
            r#""3 in 100" is not a probability; write one such as 3% or 0.03"#,
        ),
    ] {
        assert_eq!(probability(text), Err(complaint.to_owned()), "{text}");
    }
}

#[test]
fn human_is_short_and_carries() {
    for (bytes, text) in [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.00 kB"),
        (12_345_678_901, "12.3 GB"),
        (9_994_000_000, "9.99 GB"),
        (9_996_000_000, "10.0 GB"),
        (99_960_000_000, "100 GB"),
        (999_400_000, "999 MB"),
        (999_500_000, "1.00 GB"),
        (7_000_000_000_000, "7.00 TB"),
        (9_223_000_000_000_000_000, "9223 PB"),
    ] {
        assert_eq!(Volume::from_bytes(bytes).human(), text);
    }
    assert_eq!(
        Rate::from_bytes_per_day(600_000_000_000).human(),
        "600 GB/day"
    );
    for (ms, text) in [
        (0, "0s"),
        (250, "250ms"),
        (12_345, "12.3s"),
        (59_990, "1m"),
        (1_930_400, "32m 10s"),
        (3_599_900, "1h"),
        (12_010_000, "3h 20m"),
        (87_840_000, "1d 24m"),
        (89_999_999, "1d 1h"),
        (91_700_000, "1d 1h"),
        (129_600_000, "1d 12h"),
        (172_799_999, "2d"),
        (190_000_000, "2d 5h"),
        (709_200_000, "8d 5h"),
        (-1_930_400, "-32m 10s"),
    ] {
        assert_eq!(Duration::from_millis(ms).human(), text);
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(
        ms in 0..=Duration::LONGEST.millis(),
        bytes in 0..=MOST_BYTES,
        shift in 0_u32..63,
        parts in 0..=1_u64 << 32,
    ) {
        let duration = Duration::from_millis(ms >> shift);
        prop_assert_eq!(duration.to_string().parse(), Ok(duration));
        let volume = Volume::from_bytes(bytes >> shift);
        prop_assert_eq!(volume.to_string().parse(), Ok(volume));
        let rate = Rate::from_bytes_per_day(bytes >> shift);
        prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        let probability = Probability::from_parts(parts >> (shift / 2));
        prop_assert_eq!(probability.to_string().parse(), Ok(probability));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,12}", number in "[0-9]{0,40}[.]?[0-9]{0,40}", unit in "[a-zA-Z/% ]{0,6}") {
        for text in [text, number + &unit] {
            let _: Result<Duration, _> = text.parse();
            let _: Result<Volume, _> = text.parse();
            let _: Result<Rate, _> = text.parse();
            let _: Result<Probability, _> = text.parse();
        }
    }
}

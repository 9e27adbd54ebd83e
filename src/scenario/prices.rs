use super::choice::{Choice, Overage};
use super::form::{Form, Key, Table};
use super::parameter::{Parameter, ParameterValue, Parameters, Reservation, parameters};
use crate::units::{Duration, Money, Probability, Rate};

parameters! {
    /// What things cost, and who says so.
    #[derive(Debug, Clone, PartialEq, Eq)]
    Prices PRICES "[prices]" "Prices, all in one currency; 1 GB = 10^9 bytes"

    /// currency of all amounts, as three capital letters
    currency: String, Currency;
    /// region in which the prices hold; shown in reports
    region: String, Text;
    /// date of the prices; shown in reports
    date: String, Text;
    /// who published the prices; shown in reports
    source: String, Text;
    /// price of a GB without a reservation
    pay_as_you_go: Money, Amount;
    #[doc = "price of a capacity reservation per day: a discount on pay-as-you-go, such as \"25%\", or a price for each level, such as { \"500 GB/day\" = 865 }"]
    reservation: Reservation, Reservation;
    /// price of a GB above the reservation: that of pay-as-you-go, or that of a GB of the reservation
    overage: Overage, Choice(Overage::WORDS);
    /// how long data is kept free of charge
    free_retention: Duration, Duration;
    /// price of keeping a GB for a month (a twelfth of 365 days) after the free retention
    retention: Money, Amount;
    /// price of 10 000 requests to the key vault
    key_vault_operations: Money, Amount;
}

/// A month of retention, as price lists count it: a twelfth of 365 days.
pub const MONTH: Duration = Duration::from_millis(365 * 24 * 3_600_000 / 12);

/// An amount in units of 10^-12 of the currency: what a day costs, before it is rounded.
pub type Exact = u128;

const BYTES_A_GB: u128 = 1_000_000_000;
/// [`Exact`] units in a millionth.
const TO_EXACT: u128 = 1_000_000;

impl Prices {
    /// Whether it states what a reservation of this level costs; else that follows from the price
    /// of another level.
    pub fn has_price(&self, level: Rate) -> bool {
        match &self.reservation {
            Reservation::Discount(_) => true,
            Reservation::Levels(levels) => levels.iter().any(|(priced, _)| *priced == level),
        }
    }

    /// What a reservation of this level costs for a day, rounded down.
    pub fn of_level(&self, level: Rate) -> Exact {
        let bytes = u128::from(level.bytes_per_day());
        match &self.reservation {
            Reservation::Discount(discount) => {
                let paid = u128::from(Probability::ALWAYS.parts() - discount.parts());
                let list = bytes * u128::from(self.pay_as_you_go.millionths());
                let rest = list % BYTES_A_GB * TO_EXACT / BYTES_A_GB;
                ((list / BYTES_A_GB * TO_EXACT + rest) * paid) >> 32
            }
            Reservation::Levels(levels) => {
                let above = levels.partition_point(|(priced, _)| *priced <= level);
                let (priced, price) = levels[above.saturating_sub(1)];
                let price = u128::from(price.millionths()) * TO_EXACT;
                match u128::from(priced.bytes_per_day()) {
                    0 => price,
                    priced => price * bytes / priced,
                }
            }
        }
    }

    /// What this volume costs at pay-as-you-go, rounded down.
    pub fn of_volume(&self, bytes: u64) -> Exact {
        u128::from(bytes) * u128::from(self.pay_as_you_go.millionths()) * TO_EXACT / BYTES_A_GB
    }

    /// What this volume costs above a reservation that costs `price` for `reserved` bytes,
    /// rounded down.
    pub fn of_overage(&self, bytes: u64, price: Exact, reserved: u64) -> Exact {
        match self.overage {
            Overage::Reservation if reserved > 0 => {
                price * u128::from(bytes) / u128::from(reserved)
            }
            Overage::Reservation | Overage::PayAsYouGo => self.of_volume(bytes),
        }
    }

    /// What it costs to keep bytes beyond the free time: `byte_ms` is the sum over them of the
    /// milliseconds that each is kept, rounded down.
    pub fn of_retention(&self, byte_ms: u128) -> Exact {
        let month = u128::from(MONTH.millis().unsigned_abs());
        // Bytes and milliseconds are divided out in two steps, so that no product overflows.
        let per_gb = u128::from(self.retention.millionths()) * TO_EXACT;
        let gb_ms = byte_ms / BYTES_A_GB;
        let rest = byte_ms % BYTES_A_GB;
        gb_ms * per_gb / month + rest * per_gb / BYTES_A_GB / month
    }

    /// What this number of requests to the key vault costs, rounded down.
    pub fn of_requests(&self, requests: u64) -> Exact {
        u128::from(requests) * u128::from(self.key_vault_operations.millionths()) * TO_EXACT
            / 10_000
    }
}

/// To the nearest millionth.
///
/// # Panics
///
/// If it is more than 10^13 of the currency.
pub fn rounded(amount: Exact) -> Money {
    let millionths = (amount + TO_EXACT / 2) / TO_EXACT;
    Money::from_millionths(u64::try_from(millionths).expect("a run costs less than that"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: u64 = 1_000_000_000;

    fn money(text: &str) -> Money {
        text.parse().expect("an amount")
    }

    fn level(gb: u64) -> Rate {
        Rate::from_bytes_per_day(gb * GB)
    }

    fn prices(reservation: Reservation, overage: Overage) -> Prices {
        Prices {
            currency: "USD".to_owned(),
            region: String::new(),
            date: String::new(),
            source: String::new(),
            pay_as_you_go: money("2.30"),
            reservation,
            overage,
            free_retention: Duration::ZERO,
            retention: money("0.10"),
            key_vault_operations: money("0.03"),
        }
    }

    fn discounted() -> Prices {
        let quarter = Probability::from_parts(1 << 30);
        prices(Reservation::Discount(quarter), Overage::PayAsYouGo)
    }

    fn tiered() -> Prices {
        let levels = vec![(level(500), money("865")), (level(1_000), money("1700"))];
        prices(Reservation::Levels(levels), Overage::Reservation)
    }

    #[test]
    fn a_level_costs_its_discount_or_its_price() {
        for (gb, price) in [(1_000, "1725"), (1_500, "2587.5"), (2_000, "3450")] {
            assert_eq!(rounded(discounted().of_level(level(gb))), money(price));
        }
        // Without a price of its own: that of the level below, for as many GB.
        for (gb, price) in [
            (500, "865"),
            (1_000, "1700"),
            (700, "1211"),
            (2_000, "3400"),
        ] {
            assert_eq!(rounded(tiered().of_level(level(gb))), money(price));
        }
        assert_eq!(rounded(tiered().of_level(level(100))), money("173"));
    }

    #[test]
    fn overage_costs_what_its_rule_says() {
        let of = |prices: Prices| {
            let price = prices.of_level(level(1_000));
            rounded(prices.of_overage(250 * GB, price, 1_000 * GB))
        };
        assert_eq!(of(discounted()), money("575"));
        assert_eq!(of(tiered()), money("425"));
        // Nothing is reserved: nothing is cheaper.
        assert_eq!(rounded(tiered().of_overage(GB, 0, 0)), money("2.3"));
    }

    #[test]
    fn retention_is_paid_by_the_month_and_requests_by_ten_thousand() {
        let month = u128::from(MONTH.millis().unsigned_abs());
        let of = |byte_ms| rounded(discounted().of_retention(byte_ms));
        assert_eq!(of(u128::from(250 * GB) * month), money("25"));
        assert_eq!(of(u128::from(GB) * month / 2), money("0.05"));
        // Ten years of an exabyte do not overflow.
        assert_eq!(of(u128::from(GB) * u128::from(GB) * month * 120), {
            money("12000000000")
        });
        assert_eq!(rounded(discounted().of_requests(432_000)), money("1.296"));
    }
}

//! The values of an edition as the model takes them.

use toml::{Table, Value};

use super::Edition;
use crate::scenario::{
    Behaviour, BufferOnRevocation, Delay, DeleteWithWorkspaces, Parameters, PollInterval,
    RevocationScope, SubscriptionApproval,
};
use crate::units::{Duration, Rate};

/// What was found and what would be right.
pub(super) type Read<T> = Result<T, String>;

impl Edition {
    /// The parameters of the service as this edition states them.
    ///
    /// # Panics
    ///
    /// Never: a test reads every value of every edition.
    pub fn behaviour(&self) -> Behaviour {
        Behaviour {
            poll_interval: self.own("poll_interval", bounds),
            outage_tolerance: self.own("outage_tolerance", |value| or(value, "unlimited", delay)),
            outage_recovery: self.own("outage_recovery", delay),
            revocation_delay: self.own("revocation_delay", delay),
            revocation_scope: self.own("revocation_scope", |value| match text(value)? {
                "account" => Ok(RevocationScope::Account),
                "cluster" => Ok(RevocationScope::Cluster),
                other => Err(format!("{other:?} is neither account nor cluster")),
            }),
            revocation_recovery: self.own("revocation_recovery", delay),
            buffer_retention: self.own("buffer_retention", duration),
            buffer_on_revocation: self.own("buffer_on_revocation", |value| match text(value)? {
                "drop" => Ok(BufferOnRevocation::Drop),
                "hold" => Ok(BufferOnRevocation::Hold),
                other => Err(format!("{other:?} is neither drop nor hold")),
            }),
            hot_cache_span: self.own("hot_cache_span", duration),
            hot_cache_refill: self.own("hot_cache_refill", |value| or(value, "never", duration)),
            key_update_duration: self.own("key_update_duration", delay),
            soft_delete_retention: self.own("soft_delete_retention", duration),
            subscription_approval: self.own("subscription_approval", |value| match text(value)? {
                "required" => Ok(SubscriptionApproval::Required),
                "none" => Ok(SubscriptionApproval::None),
                other => Err(format!("{other:?} is neither required nor none")),
            }),
            provisioning_duration: self.own("provisioning_duration", delay),
            association_duration: self.own("association_duration", delay),
            disassociation_duration: self.own("disassociation_duration", delay),
            delete_with_workspaces: self.own("delete_with_workspaces", |value| {
                match text(value)? {
                    "disassociate" => Ok(DeleteWithWorkspaces::Disassociate),
                    "fail" => Ok(DeleteWithWorkspaces::Fail),
                    other => Err(format!("{other:?} is neither disassociate nor fail")),
                }
            }),
            cluster_soft_delete: self.own("cluster_soft_delete", duration),
            cluster_recovery_duration: self.own("cluster_recovery_duration", |value| {
                or(value, "never", delay)
            }),
            clusters_per_region: self.own("clusters_per_region", count),
            associations_per_30_days: self.own("associations_per_30_days", count),
            capacity_levels: self.own("capacity_levels", rates),
            capacity_lock: self.own("capacity_lock", duration),
            autorotation: self.own("autorotation", |value| or(value, "never", duration)),
        }
    }

    /// How many storage accounts a cluster has.
    ///
    /// # Panics
    ///
    /// Never, as above.
    pub fn storage_accounts(&self) -> u32 {
        self.stated("cluster.storage_accounts", |value| {
            let count = value
                .as_integer()
                .and_then(|count| u32::try_from(count).ok());
            count.ok_or_else(|| format!("{value} is not a number of accounts"))
        })
    }

    /// How long a workspace keeps its data.
    ///
    /// # Panics
    ///
    /// Never, as above.
    pub fn retention(&self) -> Duration {
        self.stated("workspace.retention", duration)
    }

    fn own<T>(&self, name: &str, read: impl Fn(&Value) -> Read<T>) -> T {
        self.stated(&format!("behaviour.{name}"), read)
    }

    pub(super) fn stated<T>(&self, name: &str, read: impl Fn(&Value) -> Read<T>) -> T {
        let parameter = self
            .parameter(name)
            .expect("every edition has every parameter");
        read(&parameter.value).expect("the files of editions are right")
    }
}

pub(super) fn text(value: &Value) -> Read<&str> {
    value
        .as_str()
        .ok_or_else(|| format!("{value} is not a text"))
}

pub(super) fn duration(value: &Value) -> Read<Duration> {
    text(value)?.parse().map_err(|error| format!("{error}"))
}

/// A word that means none, or a value.
fn or<T>(value: &Value, word: &str, read: impl Fn(&Value) -> Read<T>) -> Read<Option<T>> {
    match value.as_str() {
        Some(text) if text == word => Ok(None),
        _ => read(value).map(Some),
    }
}

fn count(value: &Value) -> Read<u64> {
    let count = value.as_integer().and_then(|count| count.try_into().ok());
    count.ok_or_else(|| format!("{value} is not a number of things"))
}

/// A list of rates, the lowest first.
fn rates(value: &Value) -> Read<Vec<Rate>> {
    let rates = value.as_array().ok_or(format!("{value} is not a list"))?;
    let read = |rate: &Value| text(rate)?.parse().map_err(|error| format!("{error}"));
    let rates: Vec<Rate> = rates.iter().map(read).collect::<Read<_>>()?;
    if rates.is_empty() || !rates.is_sorted() {
        return Err(format!("{value} is empty, or the lowest is not first"));
    }
    Ok(rates)
}

pub(super) fn table(value: &Value) -> Read<&Table> {
    value
        .as_table()
        .ok_or_else(|| format!("{value} is not a table"))
}

fn bounds(value: &Value) -> Read<PollInterval> {
    let table = table(value)?;
    let end = |name: &str| {
        table
            .get(name)
            .ok_or(format!("{name} is missing"))
            .and_then(duration)
    };
    let (min, max) = (end("min")?, end("max")?);
    if min < Duration::MILLISECOND || min > max || table.len() > 2 {
        return Err(format!("{value} is not a poll interval"));
    }
    Ok(PollInterval { min, max })
}

fn delay(value: &Value) -> Read<Delay> {
    let Value::Table(table) = value else {
        return duration(value).map(Delay::constant);
    };
    let mut dist = "";
    let mut given = Parameters::default();
    for (key, value) in table {
        match key.as_str() {
            "dist" => dist = text(value)?,
            "min" => given.min = Some(duration(value)?),
            "max" => given.max = Some(duration(value)?),
            "mode" => given.mode = Some(duration(value)?),
            "mean" => given.mean = Some(duration(value)?),
            "median" => given.median = Some(duration(value)?),
            "scale" => given.scale = Some(duration(value)?),
            "sigma" => given.sigma = value.as_float(),
            "cv" => given.cv = value.as_float(),
            "shape" => given.shape = value.as_float(),
            other => return Err(format!("a distribution has no {other:?}")),
        }
    }
    Delay::from_parameters(dist, &given).map_err(|error| error.text)
}

/// Whether a value is right for a key.
#[cfg(test)]
pub(super) fn fits(form: crate::scenario::keys::Form, value: &Value) -> Read<()> {
    use crate::scenario::keys::Form;
    let none = |_: Option<()>| ();
    match form {
        Form::Bounds => bounds(value).map(drop),
        Form::Delay => delay(value).map(drop),
        Form::DelayOrUnlimited => or(value, "unlimited", |value| delay(value).map(drop)).map(none),
        Form::Duration | Form::Span => duration(value).map(drop),
        Form::DelayOrNever => or(value, "never", |value| delay(value).map(drop)).map(none),
        Form::DurationOrNever => or(value, "never", |value| duration(value).map(drop)).map(none),
        Form::Choice(words) if words.contains(&text(value)?) => Ok(()),
        Form::Whole(least, most) => {
            let whole = value
                .as_integer()
                .and_then(|whole| u64::try_from(whole).ok());
            let inside = whole.is_some_and(|whole| (least..=most).contains(&whole));
            inside
                .then_some(())
                .ok_or(format!("{value} is out of range"))
        }
        Form::Rates => rates(value).map(drop),
        Form::Text | Form::Currency => text(value).map(drop),
        Form::Amount => super::prices::amount(value).map(drop),
        Form::Reservation => super::prices::reservation(value).map(drop),
        _ => Err(format!("{value} does not fit {form:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_behaviour_is_that_of_june_2020() {
        let edition = Edition::named("2020-06").expect("it exists");
        let behaviour = edition.behaviour();
        let minutes = |count: i64| Duration::from_millis(count * 60_000);
        assert_eq!(behaviour.poll_interval.min, Duration::from_millis(6_000));
        assert_eq!(behaviour.poll_interval.max, minutes(1));
        assert_eq!(
            behaviour.outage_tolerance,
            Some(Delay::constant(minutes(30)))
        );
        assert_eq!(behaviour.outage_recovery, Delay::constant(Duration::ZERO));
        assert_eq!(behaviour.revocation_delay.longest(), Some(minutes(60)));
        assert_eq!(behaviour.revocation_scope, RevocationScope::Account);
        assert_eq!(behaviour.revocation_recovery.longest(), Some(minutes(30)));
        assert_eq!(behaviour.buffer_retention, minutes(360));
        assert_eq!(behaviour.buffer_on_revocation, BufferOnRevocation::Drop);
        assert_eq!(behaviour.hot_cache_span, minutes(14 * 1_440));
        assert_eq!(behaviour.hot_cache_refill, None);
        assert_eq!(behaviour.key_update_duration.typical(), minutes(6));
        assert_eq!(behaviour.soft_delete_retention, minutes(90 * 1_440));
        assert_eq!(edition.storage_accounts(), 10);
        assert_eq!(edition.retention(), minutes(31 * 1_440));
    }
}

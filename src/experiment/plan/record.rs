//! What was gathered of some replications, as bytes and back.

use super::PAID;
use super::gather::{Gathered, OfCluster, Once};
use crate::accounting::Sizes;
use crate::experiment::frame::{Body, number};
use crate::scenario::{Exact, Value};
use crate::units::{Money, Volume};

/// Sums of numbers below this have room, of however many months and replications they are.
const SUMMAND: u128 = 1 << 96;
/// No level costs more in a run.
const DEAREST: Exact = 1 << 83;
/// The same of each of the other parts, in millionths.
const DEAREST_PART: u64 = 1 << 61;

impl Gathered {
    pub(super) fn encoded(&self) -> Vec<u8> {
        let mut body = Vec::new();
        for cluster in &self.clusters {
            for once in &cluster.each {
                wide(&mut body, &once.costs.concat());
                wide(&mut body, &once.reservations);
                wide(&mut body, &[once.pay_as_you_go]);
                let sizes = once.sizes.iter();
                let sizes = sizes.flat_map(|size| [size.hot, size.buffered, size.stored]);
                let numbers = sizes.map(Volume::bytes).chain([once.requests]);
                let numbers = numbers.chain(once.rest.map(Money::millionths));
                let numbers = once.weekly.iter().copied().chain(numbers);
                let numbers = once.billed.iter().copied().chain(numbers);
                numbers.for_each(|one| number(&mut body, one));
            }
            number(&mut body, cluster.last_days.len() as u64);
            cluster
                .last_days
                .iter()
                .for_each(|day| number(&mut body, *day));
        }
        for demand in &self.demands {
            wide(&mut body, &demand.offered);
            wide(&mut body, &demand.busiest_hour);
        }
        let paid = self.paid.iter().flatten();
        paid.for_each(|paid| number(&mut body, Value::code(*paid)));
        let lost = self.lost.iter();
        lost.for_each(|lost| number(&mut body, u64::from(*lost)));
        body
    }

    /// Reads replications into what is empty.
    pub(super) fn read(
        &mut self,
        replications: u64,
        months: usize,
        body: &mut Body<'_>,
    ) -> Option<()> {
        for cluster in &mut self.clusters {
            for _ in 0..replications {
                cluster.each.push(Once::read(cluster, months, body)?);
            }
            let days = body.number()?;
            cluster.last_days = (0..days).map(|_| body.number()).collect::<Option<_>>()?;
        }
        for demand in &mut self.demands {
            read_wide(&mut demand.offered, body)?;
            read_wide(&mut demand.busiest_hour, body)?;
        }
        for _ in 0..replications {
            let mut paid = [None; PAID.len()];
            for (paid, measure) in paid.iter_mut().zip(PAID) {
                *paid = measure.value(body.number()?);
            }
            self.paid.push(paid);
        }
        for _ in 0..replications {
            self.lost.push(body.number()? != 0);
        }
        self.replications = usize::try_from(replications).ok()?;
        Some(())
    }
}

impl Once {
    fn read(cluster: &OfCluster, months: usize, body: &mut Body<'_>) -> Option<Once> {
        let mut costs = vec![vec![0; months]; cluster.levels.len()];
        for level in &mut costs {
            read_wide(level, body)?;
            Some(level.iter().sum::<Exact>()).filter(|cost| *cost < DEAREST)?;
        }
        let (mut reservations, mut pay_as_you_go) = (vec![0; costs.len()], [0]);
        read_wide(&mut reservations, body)?;
        read_wide(&mut pay_as_you_go, body)?;
        let part = |(part, all): (&Exact, &Vec<Exact>)| *part <= all.iter().sum::<Exact>();
        let known = pay_as_you_go[0] < DEAREST;
        let known = known && reservations.iter().zip(&costs).all(part);
        known.then_some(())?;
        let mut numbers =
            |count: usize| -> Option<Vec<u64>> { (0..count).map(|_| body.number()).collect() };
        let (billed, weekly) = (numbers(months)?, numbers(cluster.weeks)?);
        let mut volume = || body.number().map(Volume::from_bytes);
        let size = |_| {
            Some(Sizes {
                hot: volume()?,
                buffered: volume()?,
                stored: volume()?,
            })
        };
        let sizes = (0..months).map(size).collect::<Option<_>>()?;
        let requests = body.number()?;
        let mut money = || {
            body.number()
                .filter(|millionths| *millionths < DEAREST_PART)
        };
        let mut money = || money().map(Money::from_millionths);
        Some(Once {
            costs,
            reservations,
            pay_as_you_go: pay_as_you_go[0],
            rest: [money()?, money()?, money()?],
            weekly,
            billed,
            sizes,
            requests,
        })
    }
}

fn wide(body: &mut Vec<u8>, numbers: &[Exact]) {
    numbers
        .iter()
        .for_each(|number| body.extend(number.to_le_bytes()));
}

fn read_wide(numbers: &mut [u128], body: &mut Body<'_>) -> Option<()> {
    for number in numbers {
        let bytes = body.take(16)?.try_into().ok()?;
        *number = Some(u128::from_le_bytes(bytes)).filter(|number| *number < SUMMAND)?;
    }
    Some(())
}

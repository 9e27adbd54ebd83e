//! What will happen, in an order that is a contract.

use crate::units::Time;

/// How many times an instant may cause something for an earlier class of itself before the
/// run is given up as one that goes round in a circle.
const MOST_ROUNDS: u64 = 1_000;

/// Where in an instant an event stands: first by class, then by rank, then in the order of
/// scheduling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 0 to 15: what kind of thing it is. The smaller happens first.
    pub class: u8,
    /// Which of its kind. The smaller happens first.
    pub rank: u32,
}

impl Place {
    /// Class and rank in one number that compares as they do.
    fn packed(self) -> u64 {
        debug_assert!(self.class < 16);
        u64::from(self.class) << 32 | u64::from(self.rank)
    }
}

/// The round of an instant stands above the packed place.
const ROUND_SHIFT: u32 = 36;

/// Names a scheduled event, to cancel it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket(u64);

/// The instant at which events kept causing each other without time passing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Livelock(pub Time);

/// When and where an event happens and when it was scheduled, in one number that compares in
/// the order of happening: 45 bits of time (1 100 years of milliseconds), 10 of round, 4 of
/// class, 32 of rank, 37 of sequence. No two are equal, and none is compared by a branch that
/// chance decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    const SEQUENCE_BITS: u32 = 37;
    const ORDER_BITS: u32 = ROUND_SHIFT + 10;
    /// What comes later never comes: no run is longer than 1 000 years.
    const LAST: i64 = (1 << 45) - 1;

    #[inline]
    fn new(time: Time, order: u64, sequence: u64) -> Key {
        debug_assert!(time >= Time::START && order < 1 << Self::ORDER_BITS);
        assert!(
            sequence < 1 << Self::SEQUENCE_BITS,
            "a run has fewer than 2^37 events"
        );
        let time = u128::from(time.millis().min(Self::LAST).cast_unsigned());
        let order = time << Self::ORDER_BITS | u128::from(order);
        Key(order << Self::SEQUENCE_BITS | u128::from(sequence))
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    fn time(self) -> Time {
        let millis = (self.0 >> (Self::ORDER_BITS + Self::SEQUENCE_BITS)) as u64;
        Time::from_millis(millis.cast_signed())
    }

    /// Round, class and rank.
    #[inline]
    #[allow(clippy::cast_possible_truncation)]
    fn order(self) -> u64 {
        (self.0 >> Self::SEQUENCE_BITS) as u64 & ((1 << Self::ORDER_BITS) - 1)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn ticket(self) -> Ticket {
        Ticket(self.0 as u64 & ((1 << Self::SEQUENCE_BITS) - 1))
    }
}

#[derive(Debug, Clone, Copy)]
struct Entry<E> {
    key: Key,
    event: E,
}

/// Scheduled events, earliest first.
///
/// `schedule`, `cancel` and `next` cost O(log n) for n waiting events. An event that is
/// followed by its successor (a poll by the next poll) costs one way down the heap, not two:
/// the root that was handed out stays open until something takes its place.
///
/// Equal keys leave in the order in which they came (first in, first out).
#[derive(Debug)]
pub struct Queue<E> {
    /// A binary heap; `heap[0]` is free to be overwritten while `open` holds.
    heap: Vec<Entry<E>>,
    open: bool,
    /// Tickets that were cancelled and not yet met, in no order. Seldom more than a few.
    cancelled: Vec<Ticket>,
    now: Time,
    /// The order (round, class, rank) of what is happening now; none before the first event.
    current: Option<u64>,
    scheduled: u64,
    livelock: Option<Livelock>,
}

impl<E: Copy> Default for Queue<E> {
    fn default() -> Self {
        Queue::starting_at(Time::START)
    }
}

impl<E: Copy> Queue<E> {
    /// An empty queue whose clock stands at `now`.
    pub fn starting_at(now: Time) -> Queue<E> {
        Queue {
            heap: Vec::new(),
            open: false,
            cancelled: Vec::new(),
            now,
            current: None,
            scheduled: 0,
            livelock: None,
        }
    }

    /// The instant of the event handed out last.
    pub fn now(&self) -> Time {
        self.now
    }

    /// Whether this place in the present instant has passed, or is passing now.
    pub fn has_passed(&self, place: Place) -> bool {
        self.current
            .is_some_and(|current| current >= place.packed())
    }

    /// Lets `event` happen at `time`, at that `place` in the instant.
    ///
    /// What the present instant causes for a place in itself that has passed opens a new round.
    ///
    /// # Panics
    ///
    /// If `time` has passed: only a bug can ask for that.
    #[inline(always)]
    pub fn schedule(&mut self, time: Time, place: Place, event: E) -> Ticket {
        assert!(
            time >= self.now,
            "an event may not be scheduled in the past"
        );
        let mut order = place.packed();
        if let Some(current) = self.current.filter(|_| time == self.now) {
            let passed = order <= current & ((1 << ROUND_SHIFT) - 1);
            let round = (current >> ROUND_SHIFT) + u64::from(passed);
            if round >= MOST_ROUNDS {
                self.livelock = Some(Livelock(time));
            }
            order |= round << ROUND_SHIFT;
        }
        let key = Key::new(time, order, self.scheduled);
        let entry = Entry { key, event };
        self.scheduled += 1;
        if self.open {
            self.open = false;
            self.sink(entry);
        } else {
            self.heap.push(entry);
            self.rise(self.heap.len() - 1, entry);
        }
        key.ticket()
    }

    /// Takes back what was scheduled and has not happened yet.
    pub fn cancel(&mut self, ticket: Ticket) {
        self.cancelled.push(ticket);
    }

    /// When the next event will happen, unless another is scheduled before it.
    pub fn next_time(&mut self) -> Option<Time> {
        loop {
            self.close();
            let &first = self.heap.first()?;
            if !self.was_cancelled(first.key.ticket()) {
                return Some(first.key.time());
            }
            self.open = true;
        }
    }

    /// The next event before `end`, with the clock moved to it; `None` when there is none.
    ///
    /// # Errors
    ///
    /// [`Livelock`] if the instant went round its 1 000th time.
    #[inline]
    pub fn next_before(&mut self, end: Time) -> Result<Option<E>, Livelock> {
        if let Some(livelock) = self.livelock {
            return Err(livelock);
        }
        loop {
            self.close();
            let Some(&first) = self.heap.first() else {
                return Ok(None);
            };
            let time = first.key.time();
            if time >= end {
                return Ok(None);
            }
            self.open = true;
            if self.was_cancelled(first.key.ticket()) {
                continue;
            }
            self.now = time;
            self.current = Some(first.key.order());
            return Ok(Some(first.event));
        }
    }

    fn was_cancelled(&mut self, ticket: Ticket) -> bool {
        match self
            .cancelled
            .iter()
            .position(|&cancelled| cancelled == ticket)
        {
            Some(at) => {
                self.cancelled.swap_remove(at);
                true
            }
            None => false,
        }
    }

    /// Removes the open root: the last entry takes its place.
    fn close(&mut self) {
        if self.open {
            self.open = false;
            let last = self.heap.pop().expect("an open root is in the heap");
            if !self.heap.is_empty() {
                self.sink(last);
            }
        }
    }

    /// Fills the open root with `sinking`, and lets it sink to where it belongs.
    #[inline]
    fn sink(&mut self, sinking: Entry<E>) {
        let heap = &mut self.heap[..];
        let mut hole = 0;
        while let Some(first) = heap.get(2 * hole + 1) {
            let right = heap
                .get(2 * hole + 2)
                .is_some_and(|second| second.key < first.key);
            let child = 2 * hole + 1 + usize::from(right);
            if heap[child].key > sinking.key {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = sinking;
    }

    /// Lets `rising` rise from the hole to where it belongs.
    #[inline]
    fn rise(&mut self, mut hole: usize, rising: Entry<E>) {
        while hole > 0 {
            let parent = (hole - 1) / 2;
            if rising.key > self.heap[parent].key {
                break;
            }
            self.heap[hole] = self.heap[parent];
            hole = parent;
        }
        self.heap[hole] = rising;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn place(class: u8, rank: u32) -> Place {
        Place { class, rank }
    }

    fn at(ms: i64) -> Time {
        Time::from_millis(ms)
    }

    fn drain(queue: &mut Queue<u32>) -> Vec<(i64, u32)> {
        let mut seen = Vec::new();
        while let Some(event) = queue.next_before(Time::NEVER).expect("no livelock") {
            seen.push((queue.now().millis(), event));
        }
        seen
    }

    #[test]
    fn time_then_class_then_rank_then_sequence() {
        let mut queue = Queue::default();
        queue.schedule(at(5), place(1, 0), 4);
        queue.schedule(at(5), place(0, 9), 3);
        queue.schedule(at(5), place(0, 1), 1);
        queue.schedule(at(5), place(0, 1), 2);
        queue.schedule(at(1), place(9, 9), 0);
        assert_eq!(drain(&mut queue), [(1, 0), (5, 1), (5, 2), (5, 3), (5, 4)]);
    }

    #[test]
    fn agrees_with_a_sorted_list_over_random_schedules() {
        use crate::kernel::Address;
        for case in 0..500 {
            let address = Address::root(case, 0);
            let mut queue = Queue::default();
            let mut expected = Vec::new();
            let mut tickets = Vec::new();
            for n in 0..60_u32 {
                let draw = |what: &str, most| address.name(what).number(u64::from(n)).up_to(most);
                let time = at(i64::try_from(draw("time", 20)).expect("small"));
                let class = u8::try_from(draw("class", 3)).expect("small");
                let rank = u32::try_from(draw("rank", 2)).expect("small");
                tickets.push(queue.schedule(time, place(class, rank), n));
                expected.push((time, class, rank, n));
            }
            for n in (0..60).filter(|n| n % 7 == 3) {
                queue.cancel(tickets[n]);
            }
            expected.retain(|entry| entry.3 % 7 != 3);
            expected.sort_unstable();
            let expected: Vec<(i64, u32)> = expected.iter().map(|e| (e.0.millis(), e.3)).collect();
            assert_eq!(drain(&mut queue), expected, "seed {case}");
        }
    }

    #[test]
    fn what_an_instant_causes_for_an_earlier_class_opens_a_round() {
        let mut queue = Queue::default();
        queue.schedule(at(3), place(5, 0), 50);
        queue.schedule(at(3), place(7, 0), 70);
        let mut seen = Vec::new();
        while let Some(event) = queue.next_before(Time::NEVER).expect("no livelock") {
            seen.push(event);
            if event == 50 {
                queue.schedule(at(3), place(6, 0), 60);
                queue.schedule(at(3), place(1, 0), 10);
            }
        }
        assert_eq!(seen, [50, 60, 70, 10]);
    }

    #[test]
    fn an_instant_without_end_is_an_error() {
        let mut queue = Queue::default();
        queue.schedule(at(8), place(1, 1), 0);
        let mut steps = 0;
        let stopped = loop {
            match queue.next_before(Time::NEVER) {
                Ok(Some(event)) => queue.schedule(at(8), place(1, 1), event),
                Ok(None) => unreachable!("an event is always waiting"),
                Err(livelock) => break livelock,
            };
            steps += 1;
        };
        assert_eq!((stopped, steps), (Livelock(at(8)), MOST_ROUNDS));
    }

    #[test]
    fn the_clock_stops_before_the_end() {
        let mut queue = Queue::default();
        queue.schedule(at(10), place(0, 0), 1);
        assert_eq!(queue.next_before(at(10)), Ok(None));
        assert_eq!(queue.next_before(at(11)), Ok(Some(1)));
        assert_eq!(queue.next_before(Time::NEVER), Ok(None));
    }
}

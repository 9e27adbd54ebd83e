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
pub struct Ticket {
    slot: u32,
    sequence: u64,
}

/// The instant at which events kept causing each other without time passing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Livelock(pub Time);

/// When and where an event happens and when it was scheduled, in one number that compares in
/// the order of happening: 45 bits of time (1 100 years of milliseconds), 10 of round, 4 of
/// class, 32 of rank, 36 of sequence. No two are equal, and no comparison is a
/// branch that random numbers decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    const SEQUENCE_BITS: u32 = 36;
    const ORDER_BITS: u32 = ROUND_SHIFT + 10;
    /// What comes later never comes: no run is longer than 1 000 years.
    const LAST: Time = Time::from_millis((1 << 45) - 1);
    /// Of an empty slot: later than everything.
    const NONE: Key = Key(u128::MAX >> 1);

    #[inline]
    fn new(time: Time, order: u64, sequence: u64) -> Key {
        debug_assert!(time >= Time::START && order < 1 << Self::ORDER_BITS);
        assert!(
            sequence < 1 << Self::SEQUENCE_BITS,
            "a run has fewer than 2^36 events"
        );
        let time = u128::from(time.min(Self::LAST).millis().cast_unsigned());
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
    fn sequence(self) -> u64 {
        self.0 as u64 & ((1 << Self::SEQUENCE_BITS) - 1)
    }
}

/// The first of some scheduled events: its key, and the slot where it waits.
#[derive(Debug, Clone, Copy)]
struct First {
    key: Key,
    slot: u32,
}

impl First {
    const NOBODY: First = First {
        key: Key::NONE,
        slot: 0,
    };

    /// The earlier of two. Which one it is cannot be predicted, so it is found without a branch,
    /// even without one that the compiler would make of a choice.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation)]
    fn of(self, other: First) -> First {
        // All ones where the other is earlier: keys are below 2^127, so their difference has a
        // sign.
        let other_wins = other.key.0.wrapping_sub(self.key.0).cast_signed() >> 127;
        let mask = other_wins.cast_unsigned();
        First {
            key: Key(self.key.0 ^ ((self.key.0 ^ other.key.0) & mask)),
            slot: self.slot ^ ((self.slot ^ other.slot) & mask as u32),
        }
    }
}

/// Scheduled events, earliest first.
///
/// A tournament: each event waits in a slot, the slots are the leaves of a binary tree, and
/// each node above knows the first of the events below it. `schedule`, `cancel` and `next`
/// each play the matches from one slot up to the root, O(log n) for n waiting events, without
/// a branch that depends on who wins. An event that is followed by its successor (a poll by
/// the next poll) costs one such way, not two: its slot stays open until the successor takes
/// it, or the next event is asked for.
///
/// Equal keys leave in the order in which they came (first in, first out).
#[derive(Debug)]
pub struct Queue<E> {
    /// The root is node 1, the nodes below node n are 2n and 2n + 1, and the slots are the
    /// second half.
    tree: Vec<First>,
    /// What waits in each slot that was ever used.
    events: Vec<E>,
    free: Vec<u32>,
    /// The slot of the event that was handed out last, unless it was given away since.
    open: Option<u32>,
    now: Time,
    /// The order (round, class, rank) of what is happening now; none before the first event.
    current: Option<u64>,
    scheduled: u64,
    livelock: Option<Livelock>,
}

impl<E: Copy> Queue<E> {
    /// An empty queue whose clock stands at `now`.
    pub fn starting_at(now: Time) -> Queue<E> {
        Queue {
            tree: vec![First::NOBODY; 2],
            events: Vec::new(),
            free: Vec::new(),
            open: None,
            now,
            current: None,
            scheduled: 0,
            livelock: None,
        }
    }

    /// Forgets everything, and sets the clock to `now`; the memory is kept.
    pub fn restart_at(&mut self, now: Time) {
        let Queue {
            tree,
            events,
            free,
            open,
            now: clock,
            current,
            scheduled,
            livelock,
        } = self;
        tree.fill(First::NOBODY);
        events.clear();
        free.clear();
        *open = None;
        *clock = now;
        *current = None;
        *scheduled = 0;
        *livelock = None;
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
        let sequence = self.scheduled;
        self.scheduled += 1;
        let slot = match self.open.take() {
            Some(slot) => slot,
            None => self.find_slot(event),
        };
        self.events[slot as usize] = event;
        self.play(slot, key);
        Ticket { slot, sequence }
    }

    /// Takes back what was scheduled.
    ///
    /// # Panics
    ///
    /// If it has happened, or was taken back before.
    pub fn cancel(&mut self, ticket: Ticket) {
        let waiting = self.tree[self.slots() + ticket.slot as usize].key;
        assert!(
            waiting.sequence() == ticket.sequence && self.open != Some(ticket.slot),
            "only what is waiting can be cancelled"
        );
        self.vacate(ticket.slot);
    }

    /// How many events wait, the one that is happening among them.
    pub fn waiting(&self) -> usize {
        self.events.len() - self.free.len()
    }

    /// When the next event will happen, unless another is scheduled before it.
    pub fn next_time(&mut self) -> Option<Time> {
        self.close();
        let first = self.tree[1].key;
        (first != Key::NONE).then(|| first.time())
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
        self.close();
        let First { key, slot } = self.tree[1];
        let time = key.time();
        // Nobody is first at the last instant of all.
        if time >= end.min(Key::LAST) {
            return Ok(None);
        }
        self.open = Some(slot);
        self.now = time;
        self.current = Some(key.order());
        Ok(Some(self.events[slot as usize]))
    }

    /// Empties the open slot.
    #[inline]
    fn close(&mut self) {
        if let Some(slot) = self.open.take() {
            self.vacate(slot);
        }
    }

    fn vacate(&mut self, slot: u32) {
        self.play(slot, Key::NONE);
        self.free.push(slot);
    }

    /// How many slots the tree has.
    #[inline]
    fn slots(&self) -> usize {
        self.tree.len() / 2
    }

    /// A slot for one more event.
    #[cold]
    fn find_slot(&mut self, event: E) -> u32 {
        if let Some(slot) = self.free.pop() {
            return slot;
        }
        if self.events.len() == self.slots() {
            self.grow();
        }
        self.events.push(event);
        u32::try_from(self.events.len() - 1).expect("fewer than 2^32 events wait")
    }

    /// Doubles the slots.
    fn grow(&mut self) {
        let slots = self.slots();
        let mut tree = vec![First::NOBODY; 4 * slots];
        tree[2 * slots..3 * slots].copy_from_slice(&self.tree[slots..]);
        for node in (1..2 * slots).rev() {
            tree[node] = tree[2 * node].of(tree[2 * node + 1]);
        }
        self.tree = tree;
    }

    /// Lets `key` wait in a slot, and plays the matches from there to the root.
    #[inline]
    fn play(&mut self, slot: u32, key: Key) {
        let mut node = self.slots() + slot as usize;
        let mut first = First { key, slot };
        let tree = &mut self.tree[..];
        tree[node] = first;
        while node > 1 {
            first = first.of(tree[node ^ 1]);
            node /= 2;
            tree[node] = first;
        }
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
    fn a_restarted_queue_is_as_a_new_one() {
        let fill = |queue: &mut Queue<u32>| -> Vec<Ticket> {
            let place = Place { class: 3, rank: 1 };
            let tickets = (0..9).map(|event| queue.schedule(at(5), place, event));
            tickets.collect()
        };
        let mut queue = Queue::starting_at(Time::START);
        let waiting = fill(&mut queue)[4];
        queue.cancel(waiting);
        // Its slot is open, and others wait.
        queue.next_before(Time::NEVER).expect("no livelock");
        queue.restart_at(Time::START);
        assert_eq!(fill(&mut queue), fill(&mut Queue::starting_at(Time::START)));
        assert_eq!(drain(&mut queue).len(), 9);
    }

    #[test]
    fn time_then_class_then_rank_then_sequence() {
        let mut queue = Queue::starting_at(Time::START);
        queue.schedule(at(5), place(1, 0), 4);
        queue.schedule(at(5), place(0, 9), 3);
        queue.schedule(at(5), place(0, 1), 1);
        queue.schedule(at(5), place(0, 1), 2);
        queue.schedule(at(1), place(9, 9), 0);
        assert_eq!(drain(&mut queue), [(1, 0), (5, 1), (5, 2), (5, 3), (5, 4)]);
    }

    #[test]
    fn agrees_with_a_sorted_list_over_random_schedules() {
        use crate::kernel::StreamKey;
        for case in 0..500 {
            let key = StreamKey::root(case, 0);
            let mut queue = Queue::starting_at(Time::START);
            let mut expected = Vec::new();
            let mut tickets = Vec::new();
            for n in 0..60_u32 {
                let draw = |what: &str, most| key.name(what).number(u64::from(n)).up_to(most);
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
    fn agrees_with_a_sorted_set_when_everything_goes_on_at_once() {
        use crate::kernel::StreamKey;
        use std::collections::BTreeMap;
        for case in 0..300 {
            let key = StreamKey::root(case, 0);
            let mut queue = Queue::starting_at(Time::START);
            let mut waiting = BTreeMap::new();
            for n in 0..200_u32 {
                let draw = |what: &str, most| key.name(what).number(u64::from(n)).up_to(most);
                let schedules = draw("schedules", 3);
                for more in 0..schedules {
                    let later = i64::try_from(draw("later", 9 + more)).expect("small");
                    // A place after all that the instant may be at.
                    let (time, place) = (at(queue.now().millis() + 1 + later), place(1, n % 3));
                    let ticket = queue.schedule(time, place, n);
                    waiting.insert((time, place, ticket.sequence), (n, ticket));
                }
                if draw("cancels", 4) == 0 && !waiting.is_empty() {
                    let most = u64::try_from(waiting.len() - 1).expect("few");
                    let nth = usize::try_from(draw("nth", most)).expect("few");
                    let key = *waiting.keys().nth(nth).expect("one of them");
                    queue.cancel(waiting.remove(&key).expect("it waits").1);
                }
                let next = waiting.keys().next().map(|key| key.0);
                if draw("looks", 2) == 0 {
                    assert_eq!(queue.next_time(), next, "seed {case}");
                }
                let handed_out = queue.next_before(Time::NEVER);
                let first = waiting.pop_first().map(|(_, (event, _))| event);
                assert_eq!(handed_out, Ok(first), "seed {case}");
                assert!(first.is_none() || Some(queue.now()) == next, "seed {case}");
            }
        }
    }

    #[test]
    #[should_panic(expected = "only what is waiting")]
    fn what_is_happening_cannot_be_cancelled() {
        let mut queue = Queue::starting_at(Time::START);
        let ticket = queue.schedule(at(1), place(0, 0), 1);
        assert_eq!(queue.next_before(Time::NEVER), Ok(Some(1)));
        queue.cancel(ticket);
    }

    #[test]
    #[should_panic(expected = "only what is waiting")]
    fn what_was_cancelled_cannot_be_cancelled() {
        let mut queue = Queue::starting_at(Time::START);
        let ticket = queue.schedule(at(1), place(0, 0), 1);
        queue.cancel(ticket);
        queue.schedule(at(1), place(0, 0), 2);
        queue.cancel(ticket);
    }

    #[test]
    fn what_an_instant_causes_for_an_earlier_class_opens_a_round() {
        let mut queue = Queue::starting_at(Time::START);
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
        let mut queue = Queue::starting_at(Time::START);
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
        let mut queue = Queue::starting_at(Time::START);
        queue.schedule(at(10), place(0, 0), 1);
        assert_eq!(queue.next_before(at(10)), Ok(None));
        assert_eq!(queue.next_before(at(11)), Ok(Some(1)));
        assert_eq!(queue.next_before(Time::NEVER), Ok(None));
    }
}

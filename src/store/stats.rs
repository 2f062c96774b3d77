//! Counters that only grow, and gauges that equal a recount.

use std::collections::BTreeMap;

use crate::domain::{State, TaskType, Timestamp};

/// How many tasks of one type came to each end.
pub type TypeTotals = BTreeMap<(TaskType, State), u64>;

/// A lane's depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneStats {
    /// Tasks `queued` in the lane (those whose time has come but which no lease promoted yet may be missing).
    pub queued: u64,
    /// When the oldest of them was due.
    pub oldest_due: Option<Timestamp>,
}

/// Counters and gauges, read together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Endings, by type and end state. Only grow: neither retry nor pruning takes one back.
    pub ended: TypeTotals,
    /// Tasks per state now, in the order of [`State::ALL`].
    pub gauges: [u64; 9],
    /// Per lane, in the order of [`crate::domain::LANES`].
    pub lanes: [LaneStats; 3],
    /// Attempts by [`crate::domain::Attempt::outcome`].
    pub attempts: BTreeMap<String, u64>,
    /// Newsletter periods that began and were not sent.
    pub missed_periods: u64,
    /// The store's clock at the reading.
    pub now: Timestamp,
}

impl Stats {
    /// How many endings of all types came to `state`.
    #[must_use]
    pub fn ended_as(&self, state: State) -> u64 {
        self.ended.iter().filter(|((_, end), _)| *end == state).map(|(_, count)| count).sum()
    }

    /// Tasks in `state` now.
    #[must_use]
    pub fn gauge(&self, state: State) -> u64 {
        State::ALL.iter().position(|each| *each == state).map_or(0, |place| self.gauges[place])
    }
}

//! Lanes: which work may overtake which.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The lanes, most urgent first.
pub const LANES: [Lane; 3] = [Lane::Otp, Lane::Message, Lane::Newsletter];

/// A lane of the queue. `subscribe` and `unsubscribe` run in the message lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// One-time codes.
    Otp,
    /// Messages and subscription changes.
    Message,
    /// Newsletter mails.
    Newsletter,
}

impl Lane {
    /// The lane's name, as everywhere in API, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Otp => "otp",
            Self::Message => "message",
            Self::Newsletter => "newsletter",
        }
    }

    /// The lane's place in [`LANES`], 0–2.
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self::Otp => 0,
            Self::Message => 1,
            Self::Newsletter => 2,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How many tasks of each lane a lease asks for first, by weight 8:4:1.
///
/// What a lane cannot fill is passed on to the others by the store, most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaneShares(pub [u32; 3]);

impl LaneShares {
    /// The thirteen turns of one round: 8 codes, 4 messages, 1 newsletter, spread so that small batches are fair too.
    const ROUND: [usize; 13] = [0, 1, 0, 0, 1, 0, 2, 0, 1, 0, 0, 1, 0];

    /// The shares of a batch of `limit` that starts at step `turn` of the weighted round-robin.
    #[must_use]
    pub fn of(turn: u64, limit: u32) -> Self {
        let mut shares = [0; 3];
        for step in 0..u64::from(limit) {
            let turn = (turn.wrapping_add(step)) % Self::ROUND.len() as u64;
            shares[Self::ROUND[usize::try_from(turn).unwrap_or(0)]] += 1;
        }
        Self(shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_the_weights_whatever_the_batch_size() {
        for batch in [1_u32, 2, 5, 13, 32] {
            let mut total = [0; 3];
            let mut turn = 0;
            while turn < 13 * u64::from(batch) {
                let shares = LaneShares::of(turn, batch).0;
                for lane in 0..3 {
                    total[lane] += shares[lane];
                }
                turn += u64::from(batch);
            }

            assert_eq!(total, [8 * batch, 4 * batch, batch]);
        }
    }
}

//! Token buckets, one per key or client address, in memory.
//!
//! Each server process counts for itself: the limit holds off one loud client, it is no quota.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::config::Rate;

/// Most buckets; full ones are forgotten first, since a new one is full too.
const MOST: usize = 50_000;

/// The buckets of one rate.
#[derive(Debug)]
pub(super) struct Buckets<K> {
    capacity: f64,
    per_second: f64,
    by_key: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl<K: Hash + Eq> Buckets<K> {
    /// Buckets that hold `rate.count` and fill up in `rate.per`.
    pub(super) fn new(rate: Rate) -> Self {
        let capacity = f64::from(rate.count.max(1));
        let per_second = capacity / rate.per.as_secs_f64().max(0.001);
        Self { capacity, per_second, by_key: Mutex::new(HashMap::new()) }
    }

    /// Takes one token of `key`; when there is none, the wait until there is.
    pub(super) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| self.filled(*bucket, now) < self.capacity);
            if buckets.len() >= MOST {
                // Everybody is busy at once: start over rather than grow, or lock newcomers out.
                buckets.clear();
            }
        }
        let bucket = buckets.entry(key).or_insert(Bucket { tokens: self.capacity, at: now });
        bucket.tokens = self.filled(*bucket, now);
        bucket.at = now;
        if bucket.tokens >= 1.0 {
            bucket.tokens -= 1.0;
            return Ok(());
        }
        Err(Duration::from_secs_f64((1.0 - bucket.tokens) / self.per_second))
    }

    fn filled(&self, bucket: Bucket, now: Instant) -> f64 {
        let earned = now.saturating_duration_since(bucket.at).as_secs_f64() * self.per_second;
        (bucket.tokens + earned).min(self.capacity)
    }
}

/// Whose bucket a client address has: an IPv6 client owns a whole /64.
pub(super) fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_up_again() {
        let buckets = Buckets::new(Rate { count: 3, per: Duration::from_mins(1) });
        let start = Instant::now();
        for _ in 0..3 {
            assert!(buckets.take("a", start).is_ok());
        }

        let wait = buckets.take("a", start).unwrap_err();
        assert!((19.9..20.1).contains(&wait.as_secs_f64()), "{wait:?}");
        assert!(buckets.take("b", start).is_ok(), "another key has its own bucket");
        assert!(buckets.take("a", start + Duration::from_millis(20_100)).is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let buckets = Buckets::new(Rate { count: 1, per: Duration::from_hours(1) });
        let now = Instant::now();

        for key in 0..MOST + 10 {
            assert!(buckets.take(key, now).is_ok());
        }

        assert!(buckets.by_key.lock().unwrap().len() <= MOST);
    }

    #[test]
    fn an_ipv6_client_is_its_network() {
        let client = |text: &str| client_of(text.parse().unwrap());

        assert_eq!(client("2001:db8:1:2:3::4"), client("2001:db8:1:2:ffff::1"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:192.0.2.1"), client("192.0.2.1"));
    }
}

//! Whether the server may be used, and what is counted.

use std::collections::BTreeMap;

use super::{call::Caller, fault::broken, script as scripts};
use crate::{
    domain::{State, TaskType, Timestamp},
    store::{LaneStats, Stats, StoreError},
};

/// The oldest version with `#!lua` scripts, which may be let run in a full store.
const OLDEST: (u32, u32) = (7, 0);

/// Whether the server can take work now, with warnings.
pub(super) async fn check(caller: &Caller, meta: &str) -> Result<Vec<String>, StoreError> {
    // INFO by way of a script goes to the node that holds our slot, also in a cluster. No `#!lua`: an old server must be
    // able to say that it is old.
    let mut cmd = redis::cmd("EVAL");
    cmd.arg("return redis.call('INFO')").arg(1).arg(meta);
    let info: String = caller.command(&cmd).await.map_err(|error| match error {
        // Waiting will not help.
        StoreError::Unavailable(why) if why.contains("password") => StoreError::Unfit(why),
        other => other,
    })?;
    judge(&info)
}

/// Judges what INFO says.
fn judge(info: &str) -> Result<Vec<String>, StoreError> {
    let fields: BTreeMap<&str, &str> = info.lines().filter_map(|line| line.trim_end().split_once(':')).collect();
    let field = |name: &str| fields.get(name).copied().unwrap_or_default();
    let version = field("redis_version");
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    if (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < OLDEST {
        return Err(StoreError::Unfit(format!("Redis {version} is too old: 7.0 or later is needed")));
    }
    let policy = field("maxmemory_policy");
    if !matches!(policy, "noeviction" | "") {
        return Err(StoreError::Unfit(format!("Redis has maxmemory-policy {policy}: it must be noeviction")));
    }
    if matches!(field("role"), "slave" | "replica") {
        return Err(StoreError::Unfit("Redis is a replica: the primary is needed".to_owned()));
    }
    // What is kept for replicas and the AOF does not count, as the server itself has it.
    let bytes = |name: &str| field(name).parse::<u64>().unwrap_or(0);
    let (limit, used) = (bytes("maxmemory"), bytes("used_memory").saturating_sub(bytes("mem_not_counted_for_evict")));
    if limit > 0 && used > limit {
        // Not unfit: by working, it is emptied.
        return Err(StoreError::Unavailable(format!("Redis is full: it uses {used} bytes, maxmemory is {limit}")));
    }
    let mut warnings = Vec::new();
    if field("aof_enabled") == "0" {
        warnings.push("Redis runs without AOF (appendonly no): its restart may lose accepted tasks".to_owned());
    }
    if field("aof_last_write_status") == "err" {
        warnings.push("Redis could not write its AOF: look at its disk".to_owned());
    }
    Ok(warnings)
}

/// Totals, and the sizes of the state sets as gauges.
pub(super) async fn stats(caller: &Caller) -> Result<Stats, StoreError> {
    type Answer = (i64, Vec<String>, Vec<Vec<String>>, Vec<u64>);
    let (now, counted, lanes, sets): Answer = caller.call(caller.script(&scripts::STATS)).await?;
    let mut stats = Stats { now: Timestamp::from_millis(now), ..Stats::default() };
    let (pairs, _) = counted.as_chunks::<2>();
    for [name, count] in pairs {
        let count: i64 = count.parse().map_err(|_| broken("a counter"))?;
        add(&mut stats, name, u64::try_from(count).unwrap_or(0)).ok_or_else(|| broken("a counter's name"))?;
    }
    for (lane, fields) in stats.lanes.iter_mut().zip(lanes) {
        let [queued, oldest] = &fields[..] else { return Err(broken("a lane")) };
        *lane = LaneStats {
            queued: queued.parse().map_err(|_| broken("a lane"))?,
            oldest_due: oldest.parse().ok().map(Timestamp::from_millis),
        };
    }
    stats.gauges = sets.try_into().map_err(|_| broken("the state sets"))?;
    Ok(stats)
}

fn add(totals: &mut Stats, name: &str, count: u64) -> Option<()> {
    let digit = |text: &str| text.parse::<usize>().ok();
    if name == "missed" {
        totals.missed_periods = count;
    } else if let Some(outcome) = name.strip_prefix("a:") {
        totals.attempts.insert(outcome.to_owned(), count);
    } else {
        let (kind, state) = name.strip_prefix('e')?.split_at_checked(1)?;
        totals.ended.insert((*TaskType::ALL.get(digit(kind)?)?, *State::ALL.get(digit(state)?)?), count);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(version: &str, policy: &str, role: &str, aof: &str) -> String {
        format!(
            "# Server\r\nredis_version:{version}\r\n# Memory\r\nmaxmemory_policy:{policy}\r\nrole:{role}\r\naof_enabled:{aof}\r\n"
        )
    }

    #[test]
    fn a_fit_server_has_nothing_against_it() {
        for version in ["7.0.15", "7.2.4", "8.0.0", "10.1"] {
            assert_eq!(judge(&info(version, "noeviction", "master", "1")).unwrap(), Vec::<String>::new());
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (info, word) in [
            (info("6.2.14", "noeviction", "master", "1"), "6.2.14"),
            (info("7.0.15", "allkeys-lru", "master", "1"), "allkeys-lru"),
            (info("7.0.15", "noeviction", "slave", "1"), "replica"),
        ] {
            let Err(StoreError::Unfit(message)) = judge(&info) else { panic!("{word} was taken") };
            assert!(message.contains(word), "{message}");
        }
    }

    #[test]
    fn a_full_server_is_unavailable() {
        let fit = info("7.0.15", "noeviction", "master", "1");
        let memory = |used: u64, uncounted: u64, limit: u64| {
            judge(&format!("{fit}used_memory:{used}\r\nmem_not_counted_for_evict:{uncounted}\r\nmaxmemory:{limit}\r\n"))
        };

        assert!(matches!(memory(101, 0, 100), Err(StoreError::Unavailable(why)) if why.contains("maxmemory is 100")));
        for (used, uncounted, limit) in [(100, 0, 100), (101, 1, 100), (101, 0, 0)] {
            memory(used, uncounted, limit).unwrap();
        }
    }

    #[test]
    fn no_append_only_file_is_worth_a_warning() {
        assert!(judge(&info("7.0.15", "noeviction", "master", "0")).unwrap()[0].contains("AOF"));
    }
}

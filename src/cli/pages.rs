//! Lists, all pages of them.

use clap::Args;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use super::{failure::Failure, session::Shell};
use crate::client::{Client, Listed};

/// The most the API gives in one page.
const PAGE: usize = 1000;

/// How much of a list is wanted.
#[derive(Debug, Clone, Args)]
pub(super) struct Paging {
    /// At most this many; all of them when absent.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) limit: Option<u64>,
    /// Begin where an earlier list ended (`next_cursor`).
    #[arg(long, value_name = "CURSOR")]
    pub(super) cursor: Option<String>,
}

impl Paging {
    fn limit(&self) -> Option<usize> {
        self.limit.map(|limit| usize::try_from(limit).unwrap_or(usize::MAX))
    }

    /// The query of the next page when `have` items are there already; `None` when that is enough.
    pub(super) fn query(&self, have: usize, cursor: Option<String>) -> Option<Vec<(&'static str, String)>> {
        let want = self.limit().map_or(PAGE, |limit| limit.saturating_sub(have).min(PAGE));
        if want == 0 {
            return None;
        }
        let mut query = vec![("limit", want.to_string())];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        Some(query)
    }
}

/// Follows a list to its end, or to the limit.
pub(super) async fn all<T: DeserializeOwned>(
    client: &Client,
    path: &[&str],
    field: &str,
    filter: &[(&'static str, Option<String>)],
    paging: &Paging,
) -> Result<Listed<T>, Failure> {
    let mut all = Listed { items: Vec::new(), next_cursor: paging.cursor.clone() };
    while let Some(mut query) = paging.query(all.items.len(), all.next_cursor.take()) {
        query.extend(filter.iter().filter_map(|(name, value)| Some((*name, value.clone()?))));
        let page: Listed<T> = client.list(path, field, &query).await?;
        all.items.extend(page.items);
        all.next_cursor = page.next_cursor;
        let is_enough = paging.limit().is_some_and(|limit| all.items.len() >= limit);
        // A page may be empty and not be the last: few of many fit the filter.
        if all.next_cursor.is_none() || is_enough {
            break;
        }
    }
    Ok(all)
}

/// Answers with a list, and says how it goes on.
pub(super) fn answer<T: Serialize>(shell: &Shell, field: &str, list: &Listed<T>, show: impl FnOnce(&[T]) -> String) {
    shell.out.answer(&body(field, list), |_| show(&list.items));
    tell_more(shell, list.next_cursor.as_deref());
}

/// A list as the API gives it: `{"<field>":[…],"next_cursor":…}`.
fn body<T: Serialize>(field: &str, list: &Listed<T>) -> Value {
    let items = serde_json::to_value(&list.items).expect("answers have text keys and no failing parts");
    let next = list.next_cursor.clone().map_or(Value::Null, Value::String);
    Value::Object(Map::from_iter([(field.to_owned(), items), ("next_cursor".to_owned(), next)]))
}

/// Says how a list goes on, which a program finds in the answer.
pub(super) fn tell_more(shell: &Shell, next_cursor: Option<&str>) {
    if let Some(cursor) = next_cursor {
        shell.out.remark(&format!("more: --cursor {cursor}"));
    }
}

//! Who is subscribed to what, and in which order that changed.
//!
//! A subscription in force has a series and a sequence number, unique in the store. An ended one keeps its row and its
//! place in the order of acceptance, so that a change accepted earlier but run later does not undo the end. So does a
//! content type's deletion, in a row of nobody's: should the name come again, no earlier change counts.

use rusqlite::{Connection, params};

use super::super::{
    codec::{self, Numbered as _, int},
    page,
    sql::Sql as _,
    tx::{Tx, counter, owner_of},
};
use crate::{
    domain::{AccountId, ContentTypeName, Frequency, Timestamp},
    store::{Applied, Page, PageRequest, StoreError, Subscription, SubscriptionChange, SubscriptionFilter},
};

/// A subscription's row, in force or ended.
struct Known {
    id: i64,
    series: Option<i64>,
    frequency: Option<i64>,
    ord: i64,
}

fn known(tx: &Tx<'_>, owner: i64, content: &ContentTypeName, key: &str) -> Result<Option<Known>, StoreError> {
    tx.conn.first(
        "SELECT s.id, s.series, v.frequency, s.ord FROM subscription s LEFT JOIN series v ON v.id = s.series
         WHERE s.owner = ?1 AND s.content = ?2 AND s.rkey = ?3",
        params![owner, content.as_str(), key],
        |row| Ok(Known { id: row.get(0)?, series: row.get(1)?, frequency: row.get(2)?, ord: row.get(3)? }),
    )
}

/// In the place of a recipient's key: the row of a content type's last deletion.
const DELETION: &str = "";

fn exists(tx: &Tx<'_>, owner: i64, content: &ContentTypeName) -> Result<bool, StoreError> {
    tx.conn.any("SELECT 1 FROM content WHERE owner = ?1 AND name = ?2", params![owner, content.as_str()])
}

/// Applies a change unless a later-accepted one is in force.
pub(in super::super) fn apply(tx: &mut Tx<'_>, change: &SubscriptionChange) -> Result<Applied, StoreError> {
    let owner = tx.owner(&change.account)?;
    if !exists(tx, owner, &change.content_type)? {
        return Ok(Applied::UnknownContentType);
    }
    let (key, order) = (change.recipient.key(), int(change.order));
    if known(tx, owner, &change.content_type, DELETION)?.is_some_and(|deletion| order < deletion.ord) {
        // It was accepted for another of that name.
        return Ok(Applied::UnknownContentType);
    }
    let before = known(tx, owner, &change.content_type, &key)?;
    match &before {
        Some(before) if order < before.ord => return Ok(Applied::Superseded),
        // The same change again.
        Some(before) if order == before.ord => return Ok(Applied::Done),
        _ => {}
    }
    if let (Some(before), Some(frequency)) = (&before, change.frequency)
        && before.frequency == Some(frequency.number())
    {
        tx.conn.run("UPDATE subscription SET ord = ?2 WHERE id = ?1", [before.id, order])?;
        return Ok(Applied::Done);
    }
    leave(tx, before.as_ref())?;
    let place = match change.frequency {
        Some(frequency) => Some(join(tx, owner, change, frequency)?),
        None => None,
    };
    tx.conn.run(
        "INSERT INTO subscription (owner, content, rkey, recipient, series, seq, ord, accepted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET recipient = excluded.recipient,
         series = excluded.series, seq = excluded.seq, ord = excluded.ord, accepted = excluded.accepted",
        params![
            owner,
            change.content_type.as_str(),
            key,
            change.recipient.as_str(),
            place.map(|(series, _)| series),
            place.map(|(_, seq)| seq),
            order,
            change.accepted_at.millis()
        ],
    )?;
    Ok(Applied::Done)
}

/// Takes the subscription out of its series' count.
fn leave(tx: &Tx<'_>, before: Option<&Known>) -> Result<(), StoreError> {
    if let Some(series) = before.and_then(|before| before.series) {
        tx.conn.run("UPDATE series SET subscribers = subscribers - 1 WHERE id = ?1", [series])?;
    }
    Ok(())
}

/// A place in the series of that frequency: the series and a new sequence number.
fn join(
    tx: &mut Tx<'_>,
    owner: i64,
    change: &SubscriptionChange,
    frequency: Frequency,
) -> Result<(i64, i64), StoreError> {
    // The first subscriber after none moves `since`: before it there is nothing to catch up.
    let series = tx.conn.first(
        "INSERT INTO series (owner, content, frequency, since, subscribers) VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT DO UPDATE SET since = iif(subscribers = 0, excluded.since, since), subscribers = subscribers + 1
         RETURNING id",
        params![owner, change.content_type.as_str(), frequency.number(), change.accepted_at.millis()],
        |row| Ok(row.get(0)?),
    )?;
    let series = series.ok_or_else(|| StoreError::Fault("a series was neither made nor found".to_owned()))?;
    tx.add(counter::SEQ, 1);
    Ok((series, tx.counter(counter::SEQ)?))
}

/// Unsubscribes at once, as the newest change.
pub(super) fn unsubscribe(
    tx: &mut Tx<'_>,
    account: &AccountId,
    key: &str,
    content: &ContentTypeName,
) -> Result<(), StoreError> {
    let owner = tx.owner(account)?;
    if !exists(tx, owner, content)? {
        return Ok(());
    }
    let before = known(tx, owner, content, key)?;
    leave(tx, before.as_ref())?;
    let ord = tx.next_ord()?.max(before.map_or(0, |before| before.ord));
    tx.conn.run(
        "INSERT INTO subscription (owner, content, rkey, recipient, ord, accepted) VALUES (?1, ?2, ?3, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET series = NULL, seq = NULL, ord = excluded.ord, accepted = excluded.accepted",
        params![owner, content.as_str(), key, ord, tx.now.millis()],
    )?;
    Ok(())
}

/// Ends every subscription to a content type that is being deleted, as the newest change.
pub(in super::super) fn end_all(tx: &mut Tx<'_>, owner: i64, content: &ContentTypeName) -> Result<(), StoreError> {
    let ord = tx.next_ord()?;
    tx.conn.run(
        "UPDATE subscription SET series = NULL, seq = NULL, ord = max(ord, ?3) WHERE owner = ?1 AND content = ?2",
        params![owner, content.as_str(), ord],
    )?;
    tx.conn.run(
        "INSERT INTO subscription (owner, content, rkey, recipient, ord, accepted) VALUES (?1, ?2, ?3, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET ord = excluded.ord, accepted = excluded.accepted",
        params![owner, content.as_str(), DELETION, ord, tx.now.millis()],
    )?;
    tx.conn
        .run("UPDATE series SET subscribers = 0 WHERE owner = ?1 AND content = ?2", params![owner, content.as_str()])?;
    Ok(())
}

/// The account's subscriptions in force, by content type and recipient.
pub(super) fn list(
    conn: &Connection,
    account: &AccountId,
    filter: &SubscriptionFilter,
    page: &PageRequest,
) -> Result<Page<Subscription>, StoreError> {
    // A content type's name holds no slash, so the first one ends it.
    let after = page::text_after(page)?;
    let (content, key) = after.split_once('/').unwrap_or_default();
    let rows = conn.all(
        // From the few content types to their subscribers: a recipient is found without reading all subscriptions.
        "SELECT s.recipient, s.content, v.frequency, s.accepted, s.rkey
         FROM content c CROSS JOIN subscription s ON s.owner = c.owner AND s.content = c.name
         JOIN series v ON v.id = s.series
         WHERE c.owner = ?1 AND c.name >= ?2 AND (c.name > ?2 OR s.rkey > ?3)
         AND (?4 IS NULL OR c.name = ?4) AND s.rkey >= ifnull(?5, '') AND s.rkey <= ifnull(?5, x'')
         ORDER BY c.name, s.rkey LIMIT ?6",
        params![
            owner_of(conn, account)?,
            content,
            key,
            filter.content_type.as_ref().map(ContentTypeName::as_str),
            filter.recipient,
            page::rows_wanted(page)
        ],
        |row| {
            let content_type: String = row.get(1)?;
            let cursor = page::text_cursor(&format!("{content_type}/{}", row.get::<_, String>(4)?));
            let subscription = Subscription {
                recipient: codec::address(&row.get::<_, String>(0)?)?,
                content_type: ContentTypeName::trusted(content_type),
                frequency: Frequency::of_number(row.get(2)?)?,
                created_at: Timestamp::from_millis(row.get(3)?),
            };
            Ok((cursor, subscription))
        },
    )?;
    Ok(page::cut(page, rows))
}

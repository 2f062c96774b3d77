//! Lists a page at a time: cursors, and the cut.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::store::{Page, PageRequest};

/// How many rows to read: one more than asked for tells whether there is a next page.
pub(super) fn rows_wanted(page: &PageRequest) -> i64 {
    i64::try_from(limit(page)).unwrap_or(1000) + 1
}

fn limit(page: &PageRequest) -> usize {
    page.limit.clamp(1, 1000)
}

/// The number a cursor stands for; `None` starts from the top.
pub(super) fn number_after(page: &PageRequest) -> Option<i64> {
    page.cursor.as_deref()?.strip_prefix('n')?.parse().ok()
}

/// The key a cursor stands for; `None` starts from the top.
pub(super) fn text_after(page: &PageRequest) -> Option<String> {
    let text = page.cursor.as_deref()?.strip_prefix('k')?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// A cursor for a number.
pub(super) fn number_cursor(number: i64) -> String {
    format!("n{number}")
}

/// A cursor for a key.
pub(super) fn text_cursor(key: &str) -> String {
    format!("k{}", URL_SAFE_NO_PAD.encode(key))
}

/// Makes a page of rows read by [`rows_wanted`], each with the cursor that continues after it.
pub(super) fn cut<T>(page: &PageRequest, mut rows: Vec<(String, T)>) -> Page<T> {
    let limit = limit(page);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next_cursor = if more { rows.last().map(|(cursor, _)| cursor.clone()) } else { None };
    Page { items: rows.into_iter().map(|(_, item)| item).collect(), next_cursor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_cursor_starts_from_the_top() {
        for cursor in ["", "n", "nx", "k*", "z1", "k\u{fc}"] {
            let page = PageRequest { limit: 5, cursor: Some(cursor.to_owned()) };
            assert_eq!(
                (number_after(&page), text_after(&page).filter(|key| !key.is_empty())),
                (None, None),
                "{cursor}"
            );
        }
    }
}

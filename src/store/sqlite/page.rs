//! Lists a page at a time: the cursors of this store.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

pub(super) use crate::store::page::cut;
use crate::store::{PageRequest, StoreError, page::limit};

/// How many rows to read: one more than asked for tells whether there is a next page.
pub(super) fn rows_wanted(page: &PageRequest) -> i64 {
    i64::try_from(limit(page)).unwrap_or(1000) + 1
}

/// The number the cursor stands for; `top` when there is none.
///
/// # Errors
/// [`StoreError::Cursor`].
pub(super) fn number_after(page: &PageRequest, top: i64) -> Result<i64, StoreError> {
    let Some(cursor) = page.cursor.as_deref() else { return Ok(top) };
    cursor.strip_prefix('n').and_then(|number| number.parse().ok()).ok_or(StoreError::Cursor)
}

/// The key the cursor stands for; empty, the top, when there is none.
///
/// # Errors
/// [`StoreError::Cursor`].
pub(super) fn text_after(page: &PageRequest) -> Result<String, StoreError> {
    let Some(cursor) = page.cursor.as_deref() else { return Ok(String::new()) };
    let bytes = cursor.strip_prefix('k').and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(StoreError::Cursor)
}

/// A cursor for a number.
pub(super) fn number_cursor(number: i64) -> String {
    format!("n{number}")
}

/// A cursor for a key.
pub(super) fn text_cursor(key: &str) -> String {
    format!("k{}", URL_SAFE_NO_PAD.encode(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_is_not_ours_is_refused() {
        for cursor in ["", "n", "nx", "k*", "z1", "k\u{fc}"] {
            let page = PageRequest { limit: 5, cursor: Some(cursor.to_owned()) };
            assert!(matches!(number_after(&page, 7), Err(StoreError::Cursor)), "{cursor}");
            assert!(matches!(text_after(&page), Err(StoreError::Cursor)), "{cursor}");
        }
        let top = PageRequest { limit: 5, cursor: None };
        assert_eq!((number_after(&top, 7).unwrap(), text_after(&top).unwrap()), (7, String::new()));
    }
}

//! Lists, a page at a time.

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many, 1–1000.
    pub limit: usize,
    /// [`Page::next_cursor`] of the page before; opaque; one that cannot be this list's is refused, [`super::StoreError::Cursor`].
    pub cursor: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next_cursor: Option<String>,
}

/// How many items a page may have, whatever was asked for.
pub(super) fn limit(page: &PageRequest) -> usize {
    page.limit.clamp(1, 1000)
}

/// Makes a page of at most one item more than [`limit`], each with the cursor that goes on after it.
pub(super) fn cut<T>(page: &PageRequest, mut found: Vec<(String, T)>) -> Page<T> {
    let limit = limit(page);
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| more).map(|(cursor, _)| cursor.clone());
    Page { items: found.into_iter().map(|(_, item)| item).collect(), next_cursor }
}

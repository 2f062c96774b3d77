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

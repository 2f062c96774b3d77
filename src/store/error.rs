//! What a store says when it cannot do what it was asked.

use thiserror::Error;

/// Each variant answers: what should the caller do?
#[derive(Debug, Clone, Error)]
pub enum StoreError {
    /// Try again later: the backend is away, overloaded, loading, read-only or out of memory.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Stop and tell the operator: the backend is there, but must not be used as it is.
    #[error("the store cannot be used: {0}")]
    Unfit(String),
    /// Tell the client: the cursor of the asked page is none that this list has given out.
    #[error("the cursor is not one of this list")]
    Cursor,
    /// A fault of ours or of the data; trying again gives the same.
    #[error("the store is faulty: {0}")]
    Fault(String),
}

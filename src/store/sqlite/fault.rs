//! What SQLite's errors mean to a caller.

use rusqlite::{Error, ErrorCode};

use crate::store::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::SqliteFailure(failure, _) => Some(failure.code),
            _ => None,
        };
        match code {
            // Errors that go away by waiting, or once the disk has room.
            Some(
                ErrorCode::DatabaseBusy
                | ErrorCode::DatabaseLocked
                | ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::OutOfMemory
                | ErrorCode::ReadOnly
                | ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::FileLockingProtocolFailed
                | ErrorCode::OperationInterrupted,
            ) => Self::Unavailable(format!("SQLite: {error}")),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Unfit(format!("gomail.db is damaged or no SQLite database ({error}); restore a backup"))
            }
            _ => Self::Fault(format!("SQLite: {error}")),
        }
    }
}

/// A row that no gomail wrote.
pub(super) fn broken(what: &str) -> StoreError {
    StoreError::Fault(format!("gomail.db holds {what} that cannot be read"))
}

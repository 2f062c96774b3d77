//! What is SQLite's own; the laws of the store are in `tests/it/laws`.

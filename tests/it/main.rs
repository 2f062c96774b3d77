//! The integration tests: one binary, one module per law.

mod architecture;

//! Many processes over one store: some die, and the newsletter does not mind.

mod backlog;
mod codes;
mod downtime;
mod runs;
mod schedulers;

use crate::helpers::size::from_environment;

/// How many subscribers the large tests have. `GOMAIL_TEST_SUBSCRIBERS=100000` is the full size, which takes minutes.
fn subscribers(usually: u64) -> usize {
    usize::try_from(from_environment("GOMAIL_TEST_SUBSCRIBERS", usually)).unwrap()
}

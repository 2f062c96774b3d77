//! Many processes over one store: some die, and the newsletter does not mind.

mod backlog;
mod codes;
mod downtime;
mod runs;
mod schedulers;

/// How many subscribers the large tests have. `GOMAIL_TEST_SUBSCRIBERS=100000` is the full size, which takes minutes.
#[expect(clippy::disallowed_methods, reason = "a test's size is no setting of gomail")]
fn subscribers(usually: usize) -> usize {
    std::env::var("GOMAIL_TEST_SUBSCRIBERS").map_or(usually, |count| count.parse().unwrap())
}

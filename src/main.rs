//! The `gomail` binary: parse, run, exit.

fn main() {}

//! Parses the command line, runs the command, exits.

fn main() {}

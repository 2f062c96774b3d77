//! The `gomail` binary: parse, run, exit.

use std::process::ExitCode;

fn main() -> ExitCode {
    gomail::cli::main()
}

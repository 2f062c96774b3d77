//! The `gomail` binary: parse, run, exit.

fn main() -> std::process::ExitCode {
    gomail::cli::main()
}

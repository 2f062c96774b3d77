//! `gomail completions`: what a shell needs to complete our command line.

use clap_complete::{Shell as Of, generate};

use super::session::Shell;

pub(super) fn run(shell: &Shell, of: Of) {
    let mut script = Vec::new();
    generate(of, &mut super::command(), "gomail", &mut script);
    shell.out.text_answer(&String::from_utf8_lossy(&script));
}

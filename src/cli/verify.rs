//! `gomail verify`: checks a one-time code.

use clap::Args;

use super::{
    failure::{Failure, NOT_FOUND, Outcome},
    session::Shell,
};

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    /// The address the code went to.
    email: String,
    /// The code.
    code: String,
    /// What the code is for, as it was asked for.
    #[arg(long)]
    purpose: Option<String>,
}

/// Answers on standard output either way; the exit code is 3 when the code is not right.
pub(super) async fn run(shell: &Shell, args: &VerifyArgs) -> Outcome {
    let answer = shell.client()?.verify(&args.email, &args.code, args.purpose.as_deref()).await?;
    shell.out.answer(&answer, |answer| if answer.verified { "verified".into() } else { "not verified".into() });
    if answer.verified { Ok(()) } else { Err(Failure::Told(NOT_FOUND)) }
}

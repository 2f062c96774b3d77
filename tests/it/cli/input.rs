//! What commands read: standard input, times, keys.

use super::{Sandbox, ended};

#[test]
fn a_dash_for_the_content_is_standard_input() {
    let sandbox = Sandbox::new();
    let args = ["send", "--to", "a@b.c", "--subject", "S", "--content", "-", "--dry-run"];

    let end = ended(sandbox.command(&args).write_stdin("from a pipe\n"));

    assert_eq!(end.json()["payload"]["content"], "from a pipe\n", "{}", end.err);
}

#[test]
fn standard_input_has_one_reader() {
    let sandbox = Sandbox::new();
    let otp = ["otp", "--csv", "-", "-"];
    let rows: [(&[&str], &str, &str); 6] = [
        (&["--subject", "S", "--csv", "-", "-"], "--csv -", "- "),
        (&["--subject", "S", "--jsonl", "-", "--file", "-"], "--jsonl -", "--file -"),
        (&["--subject", "S", "--csv", "-", "--content", "-"], "--csv -", "--content -"),
        (&["--subject", "S", "--to", "a@b.c", "--content", "-", "--text-file", "-"], "--content -", "--text-file -"),
        (&otp, "--csv -", "- "),
        (&["subscribe", "--content-type", "w", "--frequency", "@daily", "--jsonl", "-", "-"], "--jsonl -", "- "),
    ];
    for (args, one, other) in rows {
        let end = ended(sandbox.command(&[&["send"], args].concat()).write_stdin("to\na@b.c\n"));

        assert_eq!((end.code, end.out.as_str()), (2, ""), "{args:?}: {}", end.err);
        assert!(end.err.contains(one) && end.err.contains(other), "{args:?}: {}", end.err);
    }
}

/// The second run would name another time, and the service would refuse it as another request.
#[test]
fn a_duration_and_an_idempotency_key_do_not_go_together() {
    let sandbox = Sandbox::new();
    let send = |at: &str| {
        let args = ["send", "--to", "a@b.c", "--subject", "S", "--content", "c", "--dry-run", "--idempotency-key", "k"];
        sandbox.run(&[&args[..], &["--at", at]].concat())
    };

    let duration = send("2h");
    let time = send("2030-01-01T00:00:00Z");

    assert_eq!((duration.code, duration.out.as_str()), (2, ""), "{}", duration.err);
    assert!(duration.err.contains("RFC 3339"), "{}", duration.err);
    assert_eq!(time.code, 0, "{}", time.err);
}

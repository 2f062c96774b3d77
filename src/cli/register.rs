//! `gomail register` and `gomail deregister`.

use secrecy::SecretString;
use serde_json::json;

use super::{
    failure::{Failure, Outcome},
    session::{Saved, Shell, name_of},
};
use crate::client::{Client, ClientError};

/// Signs up and saves the key. Another account's key for the same server gives way, and that is said.
pub(super) async fn register(shell: &Shell, id: &str) -> Outcome {
    // Before the sign-up: a key that cannot be kept would be lost, and the id taken.
    shell.session_file()?;
    let client = shell.admin_client()?;
    let server = shell.server()?;
    let before = shell.saved(&server)?;
    let answer = client.sign_up(id).await?;
    let saved = shell.save(&server, Some(Saved { id: id.to_owned(), key: answer.api_key.clone() }));
    if let Err(failure) = &saved {
        // The only copy of the key: better on the screen than nowhere.
        shell.out.value(&answer);
        return Err(Failure::Failed(format!("signed up, but the key cannot be kept: {failure}")));
    }
    shell.out.answer(&answer, |_| {
        let path = saved.map(|path| path.display().to_string()).unwrap_or_default();
        format!("registered {id} at {}\nkey saved in {path}", name_of(&server))
    });
    if let Some(Saved { id: other, .. }) = before.filter(|before| before.id != id) {
        let told = format!("the key of {other} is no longer saved; --no-save prints a key and leaves the saved one");
        shell.out.complain(&json!({ "replaced": other, "msg": told }), &told);
    }
    Ok(())
}

/// Signs up and prints the key, which is kept nowhere.
pub(super) async fn print_key(shell: &Shell, id: &str) -> Outcome {
    let answer = shell.admin_client()?.sign_up(id).await?;
    shell.out.answer(&answer, |answer| answer.api_key.clone());
    Ok(())
}

/// Ends the account's access, and forgets its key if it is the saved one.
pub(super) async fn deregister(shell: &Shell, id: Option<String>) -> Outcome {
    let server = shell.server()?;
    let saved = shell.saved(&server)?;
    let saved_id = saved.map(|saved| saved.id);
    let id = id.or_else(|| saved_id.clone()).ok_or_else(|| {
        Failure::Usage(format!("no account is saved for {}; say which: gomail deregister ID", name_of(&server)))
    })?;
    let is_saved = saved_id.is_some_and(|saved| saved.eq_ignore_ascii_case(&id));
    // The admin key is asked for by name, and opens any account, also one whose own key is over.
    let admin = shell.given("GOMAIL_ADMIN_KEY")?.map(SecretString::from);
    let key = if admin.is_some() { admin } else { shell.key(&server)? };
    let client = Client::new(server.clone(), key)?;
    let answer = client.deregister(&id).await;
    let is_gone = matches!(&answer, Err(ClientError::Refused { body, .. }) if body.error == "not_registered");
    // The key of an account that is not there opens nothing, and would stand in the way of the next.
    if is_saved && (answer.is_ok() || is_gone) {
        shell.save(&server, None)?;
    }
    let answer = answer?;
    shell.out.answer(&answer, |_| {
        let forgotten = if is_saved { "; its saved key is removed" } else { "" };
        format!("deregistered {id} at {}{forgotten}", name_of(&server))
    });
    Ok(())
}

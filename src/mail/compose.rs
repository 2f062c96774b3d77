//! Composing: from what a task asks for to a mail ready to be sent.
//!
//! Nothing here depends on the clock or on chance: every attempt of a task sends the same bytes.

use std::{fmt::Write as _, time::Duration};

use thiserror::Error;

use super::{
    dkim::Signer,
    mime::{self, Parts},
};
use crate::{
    config::MailSettings,
    domain::{
        AccountId, Address, Attachment, ContentTypeName, HeaderLine, Invalid, Keys, Mailbox, Message, OtpMail,
        Rendered, SharedText, Subject, TaskId, Timestamp, render_code, render_message, render_newsletter,
        template::used_variables, without_code,
    },
};

/// Why a mail can never be built; trying again gives the same.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct ComposeError(String);

impl ComposeError {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl From<Invalid> for ComposeError {
    fn from(fault: Invalid) -> Self {
        Self(fault.to_string())
    }
}

/// A mail ready to be sent.
#[derive(Debug, Clone)]
pub struct Composed {
    /// The envelope sender.
    pub from: Address,
    /// The one recipient.
    pub to: Address,
    /// The subject, decoded.
    pub subject: String,
    /// The mail, RFC 5322, lines ended by CRLF.
    pub raw: Vec<u8>,
}

/// One newsletter mail of a run.
#[derive(Debug)]
pub struct Issue<'a> {
    /// The task.
    pub id: TaskId,
    /// The subscriber.
    pub to: &'a Address,
    /// The owner of the newsletter.
    pub account: &'a AccountId,
    /// The newsletter.
    pub content_type: &'a ContentTypeName,
    /// Subject template.
    pub subject: &'a Subject,
    /// Body template.
    pub content: &'a str,
    /// Its text part, as far as its readers share it.
    pub text: &'a SharedText,
    /// The period's name.
    pub period: String,
    /// When the run was made: the mail's `Date`.
    pub created_at: Timestamp,
}

/// Builds mails.
#[derive(Debug)]
pub struct Composer {
    from: Mailbox,
    public_url: String,
    mailto: Option<Address>,
    keys: Keys,
    signer: Option<Signer>,
}

impl Composer {
    /// A composer for this installation.
    ///
    /// # Errors
    /// [`ComposeError`] when a DKIM key cannot be used.
    pub fn new(settings: &MailSettings, keys: Keys) -> Result<Self, ComposeError> {
        Ok(Self {
            from: settings.from.clone(),
            public_url: settings.public_url.clone(),
            mailto: settings.unsubscribe_mailto.clone(),
            signer: settings.dkim.as_ref().map(Signer::new).transpose()?,
            keys,
        })
    }

    /// Whether its signatures take a good part of a millisecond for each mail.
    #[must_use]
    pub fn signs_slowly(&self) -> bool {
        self.signer.as_ref().is_some_and(Signer::is_slow)
    }

    /// A message's mail.
    ///
    /// # Errors
    /// [`ComposeError`] when a template does not render or a part cannot be encoded.
    pub fn message(
        &self,
        id: TaskId,
        to: &Address,
        created_at: Timestamp,
        message: &Message,
    ) -> Result<Composed, ComposeError> {
        let rendered = render_message(message)?;
        let name = message.from_name.clone().or_else(|| self.from.name.clone());
        let from = Mailbox { name, address: self.from.address.clone() };
        self.finish(&Parts {
            id,
            from: &from,
            to,
            reply_to: message.reply_to.as_ref(),
            // A reader sees a scheduled mail where it belongs, and no filter takes it for an old one.
            date: message.send_at.map_or(created_at, |send_at| send_at.max(created_at)),
            rendered: &rendered,
            headers: &message.headers,
            attachments: &message.attachments,
        })
    }

    /// A one-time code's mail. The code stands in the subject, where notifications show it, and alone on a line.
    ///
    /// # Errors
    /// [`ComposeError`] when the task's own template does not render.
    pub fn code(
        &self,
        id: TaskId,
        to: &Address,
        created_at: Timestamp,
        otp: &OtpMail,
        lifetime: Duration,
    ) -> Result<Composed, ComposeError> {
        let code = self.keys.code(id, otp.length);
        let rendered = match &otp.content {
            Some(content) => {
                let subject = otp.subject.as_ref().map_or("Your code is {{ otp }}", Subject::as_str);
                render_code(subject, content, &code, &otp.purpose, lifetime)?
            }
            None => built_in(&code, otp, lifetime)?,
        };
        let headers = [header("Auto-Submitted", "auto-generated"), header("X-Auto-Response-Suppress", "All")];
        self.plain(id, to, created_at, &rendered, &headers)
    }

    /// What was said about a code's mail, without the code.
    #[must_use]
    pub fn without_code(&self, id: TaskId, otp: &OtpMail, said: &str) -> String {
        without_code(said, &self.keys.code(id, otp.length))
    }

    /// A newsletter mail, with the headers and the link that let its reader leave (RFC 2369, RFC 8058, RFC 2919).
    ///
    /// # Errors
    /// [`ComposeError`] when the content type's template does not render.
    pub fn newsletter(&self, issue: &Issue<'_>) -> Result<Composed, ComposeError> {
        let token = self.keys.unsubscribe_token(issue.account, issue.to, issue.content_type);
        let url = format!("{}/unsubscribe/{token}", self.public_url);
        let subject = issue.subject.as_str();
        let reader = issue.to.as_str();
        let mut rendered = render_newsletter(subject, issue.content, issue.text, reader, &issue.period, &url)?;
        if !has_own_link(issue.content) {
            let _ = write!(rendered.text, "\n\n--\nUnsubscribe: {url}\n");
            if let Some(html) = &mut rendered.html {
                html.insert_str(end_of_body(html), &format!("\n<p><a href=\"{url}\">Unsubscribe</a></p>\n"));
            }
        }
        let leave = match &self.mailto {
            Some(mailto) => format!("<{url}>, <mailto:{mailto}?subject=unsubscribe>"),
            None => format!("<{url}>"),
        };
        let headers = [
            header("List-Unsubscribe", &leave),
            header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
            header("List-Id", &format!("<{}.{}>", slug(issue.content_type.as_str()), self.from.address.domain())),
        ];
        self.plain(issue.id, issue.to, issue.created_at, &rendered, &headers)
    }

    fn plain(
        &self,
        id: TaskId,
        to: &Address,
        date: Timestamp,
        rendered: &Rendered,
        headers: &[HeaderLine],
    ) -> Result<Composed, ComposeError> {
        let attachments: &[Attachment] = &[];
        self.finish(&Parts { id, from: &self.from, to, reply_to: None, date, rendered, headers, attachments })
    }

    fn finish(&self, parts: &Parts<'_>) -> Result<Composed, ComposeError> {
        let mut raw = mime::build(parts)?;
        if let Some(signer) = &self.signer {
            raw = signer.sign(&raw, parts.date)?;
        }
        Ok(Composed {
            from: self.from.address.clone(),
            to: parts.to.clone(),
            subject: parts.rendered.subject.as_str().to_owned(),
            raw,
        })
    }
}

/// Whether a newsletter puts the unsubscribe link where it wants it.
fn has_own_link(content: &str) -> bool {
    const NAME: &str = "unsubscribe_url";
    content.contains(NAME) && used_variables(content).is_ok_and(|used| used.iter().any(|name| name == NAME))
}

/// Where something can be added at the end of an HTML page.
fn end_of_body(html: &str) -> usize {
    let lower = html.to_ascii_lowercase();
    lower.rfind("</body").or_else(|| lower.rfind("</html")).unwrap_or(html.len())
}

fn header(name: &str, value: &str) -> HeaderLine {
    HeaderLine { name: name.to_owned(), value: value.to_owned() }
}

fn built_in(code: &str, otp: &OtpMail, lifetime: Duration) -> Result<Rendered, Invalid> {
    // In minutes where they are whole: rounded up, they would promise more than the code has.
    let (time, unit) = match lifetime.as_secs().max(1) {
        seconds if seconds % 60 == 0 => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    let plural = if time == 1 { "" } else { "s" };
    let purpose = match otp.purpose.as_str() {
        "" => String::new(),
        purpose => format!(" for {purpose}"),
    };
    let text = format!(
        "Your code{purpose} is:\n\n{code}\n\nIt works once and for {time} {unit}{plural}.\nIf you did not ask for it, ignore this mail.\n"
    );
    Ok(Rendered { subject: Subject::parse(&format!("Your code is {code}"))?, html: None, text })
}

/// A content type's name as a label of a `List-Id`.
fn slug(name: &str) -> String {
    let slug: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    match slug.trim_matches('-') {
        "" => "newsletter".to_owned(),
        slug => slug.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_a_newsletters_own_only_where_a_tag_uses_it() {
        for own in ["<a href=\"{{ unsubscribe_url }}\">", "{% if unsubscribe_url %}x{% endif %}"] {
            assert!(has_own_link(own), "{own}");
        }
        for none in ["Write unsubscribe_url in your mail", "{# unsubscribe_url #}", "Hello"] {
            assert!(!has_own_link(none), "{none}");
        }
    }

    #[test]
    fn what_is_added_to_a_page_stays_within_it() {
        for (page, rest) in [
            ("<html><BODY><p>Hi</p></BODY></html>", "</BODY></html>"),
            ("<html><p>Hi</p></html>", "</html>"),
            ("<p>Hi</p>", ""),
        ] {
            assert_eq!(&page[end_of_body(page)..], rest);
        }
    }
}

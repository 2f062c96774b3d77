//! What a reader sees of a mail, made from templates or from literal text.

use std::{sync::OnceLock, time::Duration};

use minijinja::Value;

use super::{
    Format, Invalid, Message, Purpose, Subject,
    template::{self, Escape, TemplateFault, Variables},
    text::html_to_text,
};

/// What a newsletter template knows.
pub const NEWSLETTER_VARIABLES: [&str; 3] = ["email", "period", "unsubscribe_url"];

/// What is said of a body, or of what goes into one, that holds a NUL.
pub const NO_NUL: &str = "must not contain NUL";

/// A mail's subject and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject line.
    pub subject: Subject,
    /// The HTML part; `None` when the body is text.
    pub html: Option<String>,
    /// The text part.
    pub text: String,
}

/// Checks the templates of a content type: syntax, variables, and one render with sample values.
///
/// # Errors
/// [`Invalid`] for `subject` or `content`; the message names the line, and the variable if one is unknown.
pub fn check_newsletter(subject: &str, content: &str) -> Result<(), Invalid> {
    template::check(subject, &NEWSLETTER_VARIABLES).map_err(|fault| invalid("subject", &fault))?;
    template::check(content, &NEWSLETTER_VARIABLES).map_err(|fault| invalid("content", &fault))?;
    let variables = newsletter_variables("reader@example.com", "2026-11-24", "https://example.com/u");
    fill(subject, content, None, Format::of(content), &variables).map(drop)
}

/// Checks the templates of a message that brings variables; without variables nothing is a template.
///
/// # Errors
/// [`Invalid`] for `payload.subject`, `payload.content` or `payload.text`.
pub fn check_message(message: &Message) -> Result<(), Invalid> {
    let Some(variables) = &message.variables else { return Ok(()) };
    let variables = Variables::from_json(variables);
    let filled =
        fill(message.subject.as_str(), &message.content, message.text.as_deref(), message.format(), &variables);
    filled.map(drop).map_err(|fault| {
        let field = format!("payload.{}", fault.field);
        fault.at(&field)
    })
}

/// Whether a code's body template holds `{{ otp }}`.
///
/// # Errors
/// [`Invalid`] for `content`, when it is meant to hold it and has a fault.
pub fn holds_code(content: &str) -> Result<bool, Invalid> {
    match template::used_variables(content) {
        Ok(used) => Ok(used.iter().any(|name| name == "otp")),
        Err(fault) if means_code(content) => Err(invalid("content", &fault)),
        Err(_) => Ok(false),
    }
}

/// Whether a text begins a tag with the code in it, closed or not.
fn means_code(content: &str) -> bool {
    content.split("{{").skip(1).any(|tag| {
        let after = tag.strip_prefix('-').unwrap_or(tag).trim_start().strip_prefix("otp");
        after.is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// The text part of an HTML newsletter, laid out once for all its readers: their own values are put in afterwards. Laying
/// it out takes many times as long as the rest of a mail.
///
/// Where the template does more than put variables in, a reader's text is laid out alone.
#[derive(Debug, Default)]
pub struct SharedText(OnceLock<Option<String>>);

/// Marks what stands for a reader's own value in a shared text: a character that no standard gives a meaning. Not the first
/// one, so that HTML takes the value for what it would take an address or a link for.
const STAND_IN: char = '\u{E000}';
/// Stands for the address; of a usual length, since lines are broken.
const EMAIL_STAND_IN: &str = "r\u{E000}eader@mail.example";
/// Stands for the link. It is short, so a link is kept whole where one laid out alone might be cut.
const URL_STAND_IN: &str = "u\u{E000}nsubscribe";

impl SharedText {
    /// Whether it is laid out, so that a reader's is there at once.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self.0.get(), Some(Some(_)))
    }

    /// A reader's text; `None` if it has to be laid out alone.
    fn of(&self, content: &str, email: &str, period: &str, unsubscribe_url: &str) -> Option<String> {
        if self.0.get().is_none() {
            // Who was quicker made the same. Nobody waits for another: the thread has more to do.
            let _ = self.0.set(lay_out(content, period));
        }
        // The link first: what is put in is not looked at again.
        Some(self.0.get()?.as_ref()?.replace(URL_STAND_IN, unsubscribe_url).replace(EMAIL_STAND_IN, email))
    }
}

/// The text that the readers of a newsletter share.
fn lay_out(content: &str, period: &str) -> Option<String> {
    if content.contains(STAND_IN) || !template::only_puts_in(content) {
        return None;
    }
    let variables = newsletter_variables(EMAIL_STAND_IN, period, URL_STAND_IN);
    let text = html_to_text(&template::render(content, Escape::Html, &variables).ok()?);
    // Broken by a line's end, one would not be found again.
    let rest = text.replace(URL_STAND_IN, "").replace(EMAIL_STAND_IN, "");
    (!rest.contains(STAND_IN)).then_some(text)
}

/// Renders a newsletter issue, or its preview.
///
/// # Errors
/// [`Invalid`] for `subject` or `content`.
pub fn render_newsletter(
    subject: &str,
    content: &str,
    text: &SharedText,
    email: &str,
    period: &str,
    unsubscribe_url: &str,
) -> Result<Rendered, Invalid> {
    let variables = newsletter_variables(email, period, unsubscribe_url);
    let format = Format::of(content);
    let text = if format == Format::Html { text.of(content, email, period, unsubscribe_url) } else { None };
    let (subject, content, _) = fill(subject, content, None, format, &variables)?;
    Ok(parts(subject, content, text, format))
}

fn newsletter_variables(email: &str, period: &str, unsubscribe_url: &str) -> Variables {
    Variables::from_pairs([
        ("email", Value::from(email)),
        ("period", Value::from(period)),
        ("unsubscribe_url", Value::from(unsubscribe_url)),
    ])
}

/// Renders a code's mail from its own templates, which also know the code's purpose and the whole minutes of its lifetime,
/// at least one.
///
/// # Errors
/// [`Invalid`] for `subject` or `content`.
pub fn render_code(
    subject: &str,
    content: &str,
    otp: &str,
    purpose: &Purpose,
    lifetime: Duration,
) -> Result<Rendered, Invalid> {
    let minutes = (lifetime.as_secs() / 60).max(1);
    let variables = Variables::from_pairs([
        ("otp", Value::from(otp)),
        ("purpose", Value::from(purpose.as_str())),
        ("minutes", Value::from(minutes)),
    ]);
    render(subject, content, None, Format::of(content), &variables)
}

/// Renders a message: literally without variables, else as templates.
///
/// # Errors
/// [`Invalid`] for `subject`, `content` or `text`.
pub fn render_message(message: &Message) -> Result<Rendered, Invalid> {
    let format = message.format();
    let text = message.text.as_deref();
    match &message.variables {
        Some(variables) => {
            let variables = Variables::from_json(variables);
            render(message.subject.as_str(), &message.content, text, format, &variables)
        }
        None => Ok(parts(message.subject.clone(), message.content.clone(), text.map(str::to_owned), format)),
    }
}

fn render(
    subject: &str,
    content: &str,
    text: Option<&str>,
    format: Format,
    variables: &Variables,
) -> Result<Rendered, Invalid> {
    let (subject, content, text) = fill(subject, content, text, format, variables)?;
    Ok(parts(subject, content, text, format))
}

/// Renders subject, content and text, but does not derive text from HTML, which is slow for large HTML.
fn fill(
    subject: &str,
    content: &str,
    text: Option<&str>,
    format: Format,
    variables: &Variables,
) -> Result<(Subject, String, Option<String>), Invalid> {
    let escape = match format {
        Format::Html => Escape::Html,
        Format::Text => Escape::Off,
    };
    let one = |field: &str, source: &str, escape: Escape| {
        let text = template::render(source, escape, variables).map_err(|fault| invalid(field, &fault))?;
        // A template can write what may not be written in it.
        if text.contains('\0') { Err(Invalid::value(field, NO_NUL)) } else { Ok(text) }
    };
    let subject = Subject::parse(&one("subject", subject, Escape::Off)?)?;
    let content = one("content", content, escape)?;
    let text = text.map(|text| one("text", text, Escape::Off)).transpose()?;
    Ok((subject, content, text))
}

fn parts(subject: Subject, content: String, text: Option<String>, format: Format) -> Rendered {
    match format {
        Format::Html => Rendered { subject, text: text.unwrap_or_else(|| html_to_text(&content)), html: Some(content) },
        Format::Text => Rendered { subject, html: None, text: content },
    }
}

fn invalid(field: &str, fault: &TemplateFault) -> Invalid {
    Invalid::value(field, format!("line {}: {}", fault.line, fault.message))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_unknown_variable_is_named_with_its_field_and_line() {
        let fault = check_newsletter("Hi", "<p>Hello {{ email }}</p>\n<p>{{ nmae }}</p>").unwrap_err();
        assert_eq!(fault.field, "content");
        assert!(fault.message.contains("line 2") && fault.message.contains("nmae"), "{}", fault.message);

        assert_eq!(check_newsletter("{{ who }}", "x").unwrap_err().field, "subject");
    }

    #[test]
    fn endless_and_huge_templates_are_refused() {
        for bad in [
            "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
            "{% set a = 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' %}{% for i in range(9999999) %}{{ a }}{% endfor %}",
        ] {
            assert!(check_newsletter("Hi", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn html_escapes_and_text_does_not() {
        let html = newsletter("{{ email }}", "<p>{{ email }}</p>", "<b>&");
        assert_eq!(html.subject.as_str(), "<b>&");
        assert_eq!(html.html.as_deref(), Some("<p>&lt;b&gt;&amp;</p>"));

        let text = newsletter("s", "to {{ email }}", "<b>&");
        assert_eq!((text.html, text.text.as_str()), (None, "to <b>&"));
    }

    fn newsletter(subject: &str, content: &str, email: &str) -> Rendered {
        render_newsletter(subject, content, &SharedText::default(), email, "May", "https://example.com/u/1").unwrap()
    }

    #[test]
    fn readers_share_what_is_laid_out_and_nothing_else() {
        let content = "<h1>News of {{ period }}</h1><p>For {{ email }} &amp; friends</p>\
            <a href=\"{{ unsubscribe_url }}\">Leave</a>";
        let text = SharedText::default();
        for (email, url) in [("ann@example.com", "https://example.com/u/1"), ("o'b&c@example.com", "https://b/2")] {
            let rendered = render_newsletter("s", content, &text, email, "May", url).unwrap();

            assert!(text.is_ready());
            assert_eq!(rendered.text, html_to_text(rendered.html.as_deref().unwrap()));
            assert_eq!(rendered.text, format!("# News of May\n\nFor {email} & friends\n\n[Leave][1]\n\n[1]: {url}\n"));
        }
    }

    #[test]
    fn a_template_with_a_choice_is_laid_out_for_each_reader() {
        for content in [
            "<p>{% if email == 'ann@example.com' %}Ann{% else %}Reader{% endif %}</p>",
            "<p>{{ email|upper }}</p>",
            "<p>{{ email ~ period }}</p>",
            "<p>\u{E000} {{ email }}</p>",
        ] {
            let text = SharedText::default();
            for email in ["ann@example.com", "bob@example.com"] {
                let rendered = render_newsletter("s", content, &text, email, "May", "u").unwrap();

                assert_eq!(rendered.text, html_to_text(rendered.html.as_deref().unwrap()), "{content}");
            }
            assert!(!text.is_ready(), "{content}");
        }
    }

    #[test]
    fn only_a_template_that_uses_the_code_holds_it() {
        for (content, holds) in
            [("Your code: {{otp}}", true), ("<b>{{ otp }}</b>", true), ("otp", false), ("{{ other }}", false)]
        {
            assert_eq!(holds_code(content), Ok(holds), "{content}");
        }
        assert_eq!(holds_code("{{ otp").unwrap_err().field, "content");
    }

    proptest! {
        #[test]
        fn a_shared_text_is_the_one_laid_out_alone(parts in prop::collection::vec(prop::sample::select(vec![
            "<p>", "</p>", "<", "</", ">", "<b>", "</b>", "<br>", "<!--", "-->", "<pre>", "</pre>", "<s>", "</s>", "<style>",
            "</style>", "<title>", "</title>", "<table><tr><td>", "</td></tr></table>", "<img alt=\"", "<a href=\"", "\">",
            "</a>", "&lt;", "&amp;", " ", "\n", "word", "{{ email }}", "{{- email -}}", "{{ unsubscribe_url }}",
            "{{ period }}", "{# note #}",
        ]), 1..24)) {
            let content = format!("<i>{}", parts.concat());
            let (text, email, url) = (SharedText::default(), "bo'b@mail.example.co", "https://a.io");
            prop_assert_eq!([email.len(), url.len()], [EMAIL_STAND_IN, URL_STAND_IN].map(|stand_in| stand_in.chars().count()));

            let rendered = render_newsletter("s", &content, &text, email, "May", url).unwrap();

            prop_assert_eq!(rendered.text, html_to_text(rendered.html.as_deref().unwrap()), "{}", content);
        }
    }
}

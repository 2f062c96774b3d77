//! HTML as plain text: the part of a mail for readers without HTML.

use html2text::config;

/// Columns of the text. Mails are read at 72 to 78 (RFC 5322 §2.1.1).
const WIDTH: usize = 76;

/// Largest HTML that is laid out, in bytes; from longer HTML only the tags are removed.
const LAYOUT_MAX_BYTES: usize = 512 * 1024;

/// Deepest nesting that is laid out. Layout takes time by depth times length.
const LAYOUT_MAX_DEPTH: usize = 200;

/// The text of an HTML body: links as numbered notes below, tables read cell by cell.
///
/// Never fails: HTML too large, too deep or too odd to lay out has its tags taken out.
#[must_use]
pub fn html_to_text(html: &str) -> String {
    if html.len() > LAYOUT_MAX_BYTES || depth(html) > LAYOUT_MAX_DEPTH {
        return without_tags(html);
    }
    config::plain()
        .no_table_borders()
        .raw_mode(true)
        .allow_width_overflow()
        .no_link_wrapping()
        .string_from_read(html.as_bytes(), WIDTH)
        .unwrap_or_else(|_| without_tags(html))
}

/// An upper bound of how deep elements nest: opening tags less closing ones, at its highest.
fn depth(html: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in html.split('<').skip(1) {
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if tag.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_void(tag) {
            depth += 1;
            deepest = deepest.max(depth);
        }
    }
    deepest
}

/// Whether the tag is of an element that never has a closing tag (HTML Living Standard §13.1.2).
fn is_void(tag: &str) -> bool {
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    ["br", "img", "hr", "meta", "link", "input", "wbr", "col", "area", "base", "embed", "source", "track"]
        .iter()
        .any(|void| name.eq_ignore_ascii_case(void))
}

/// The text between tags, blanks run together.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        push_words(&mut text, &rest[..open]);
        let tag = &rest[open..];
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        rest = match tag.find('>') {
            Some(close) if is_tag => &tag[close + 1..],
            // A bracket that opens no tag is text; a tag that never ends hides the rest.
            _ if is_tag => "",
            _ => {
                push_words(&mut text, "<");
                &tag[1..]
            }
        };
    }
    push_words(&mut text, rest);
    text.push('\n');
    text
}

/// Adds words, broken into lines at [`WIDTH`].
fn push_words(text: &mut String, part: &str) {
    for word in part.split_whitespace() {
        let column = text.len() - text.rfind('\n').map_or(0, |at| at + 1);
        if column > 0 {
            text.push(if column + word.len() < WIDTH { ' ' } else { '\n' });
        }
        text.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paragraphs_links_and_tables_read_well() {
        let html = "<h1>Hi</h1><p>See <a href=\"https://example.com/a?b=1&amp;c=2\">the shop</a> &amp; more.</p>\
                    <table><tr><td>One</td><td>Two</td></tr></table><style>p{}</style><script>x()</script>";

        let text = html_to_text(html);

        assert_eq!(text, "# Hi\n\nSee [the shop][1] & more.\n\nOne\nTwo\n\n[1]: https://example.com/a?b=1&c=2\n");
    }

    #[test]
    fn hostile_html_takes_no_long_time() {
        for html in [
            "<div>".repeat(50_000),
            "<blockquote>".repeat(20_000) + "x",
            "<ul><li>".repeat(20_000) + "x",
            "<table><tr><td>".repeat(10_000) + "x",
            "<b>".repeat(199) + &"x <br>".repeat(20_000),
            "<p>".repeat(100_000),
            "<a href=x>y</a>".repeat(20_000),
            "x ".repeat(2_000_000),
            "<".repeat(400_000),
            "&".repeat(400_000),
            "x".repeat(400_000),
        ] {
            let start = Instant::now();

            let _ = html_to_text(&html);

            assert!(start.elapsed() < Duration::from_mins(1), "{:?} for {}…", start.elapsed(), &html[..20]);
        }
    }

    #[test]
    fn tags_are_taken_out_of_what_is_too_large() {
        let html = format!("<p>One 1 < 2</p>{}<b>end</b>", "<i>".repeat(1_000));

        assert_eq!(html_to_text(&html), "One 1 < 2 end\n");
    }

    proptest! {
        #[test]
        fn arbitrary_html_never_panics(html in "(<[a-z]{1,5}>|</[a-z]{1,5}>|<|>|&|;|[a-z ]|\\PC){0,60}") {
            let _ = html_to_text(&html);
            let _ = without_tags(&html);
        }
    }
}

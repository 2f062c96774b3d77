//! HTML as plain text: the part of a mail for readers without HTML.

use std::collections::HashMap;

use html2text::{Handle, RcDom, config};

/// Columns of the text. Mails are read at 72 to 78 (RFC 5322 §2.1.1).
const WIDTH: usize = 76;

/// Largest HTML that is laid out, in bytes; from longer HTML only the tags are removed.
const LAYOUT_MAX_BYTES: usize = 512 * 1024;

/// Deepest nesting that is laid out.
const LAYOUT_MAX_DEPTH: usize = 200;

/// Largest sum of all nodes' depths that is laid out. Layout takes time and memory by it: for this much a fifteenth of a
/// second and 20 MB. A newsletter of 100 KB in nested tables has a fifth.
const LAYOUT_MAX_SUM: usize = 1_000_000;

/// Most tags times formatting elements that are parsed: unclosed ones are made anew in every paragraph behind them.
const FORMATTED_MAX: usize = 1_000_000;

/// Formatting elements (HTML Living Standard §13.2.4.2) that one more of their kind does not close.
const FORMATTING: [&str; 12] = ["b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"];

/// Elements that do not nest by themselves: they never have a closing tag, or need none (HTML Living Standard §13.1.2).
const FLAT: [&str; 24] = [
    "br", "img", "hr", "meta", "link", "input", "wbr", "col", "area", "base", "embed", "source", "track", "p", "li",
    "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option",
];

/// The text of an HTML body: links as numbered notes below, tables read cell by cell.
///
/// Never fails: HTML too large, too deep or too odd to lay out has its tags taken out.
#[must_use]
pub fn html_to_text(html: &str) -> String {
    if html.len() > LAYOUT_MAX_BYTES || !seems_modest(html) {
        return without_tags(html);
    }
    laid_out(html).unwrap_or_else(|| without_tags(html))
}

/// `None` for what takes too long or is too odd.
fn laid_out(html: &str) -> Option<String> {
    let layout = config::plain().no_table_borders().raw_mode(true).allow_width_overflow().no_link_wrapping();
    let page = layout.parse_html(html.as_bytes()).ok()?;
    if !is_modest(&page) {
        return None;
    }
    layout.render_to_string(layout.dom_to_render_tree(&page).ok()?, WIDTH).ok()
}

/// Whether a page is laid out soon.
fn is_modest(page: &RcDom) -> bool {
    let mut sum = 0;
    let mut waiting: Vec<(Handle, usize)> = vec![(page.document.clone(), 0)];
    while let Some((node, depth)) = waiting.pop() {
        sum += depth;
        if depth > LAYOUT_MAX_DEPTH || sum > LAYOUT_MAX_SUM {
            return false;
        }
        waiting.extend(node.children.borrow().iter().map(|child| (child.clone(), depth + 1)));
    }
    true
}

/// Whether a page seems to be laid out soon: opening tags less those that close one are how deep elements nest. It spares the
/// parser what is plainly too much; tags in comments deceive it.
fn seems_modest(html: &str) -> bool {
    let mut open: HashMap<String, usize> = HashMap::new();
    let (mut depth, mut sum, mut tags, mut formatting) = (0, 0, 0, 0);
    for tag in html.split('<').skip(1) {
        let (is_end, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        if is_end {
            if let Some(count) = open.get_mut(&name).filter(|count| **count > 0) {
                *count -= 1;
                depth -= 1;
            }
        } else if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            tags += 1;
            sum += depth;
            formatting += usize::from(FORMATTING.contains(&name.as_str()));
            if !FLAT.contains(&name.as_str()) {
                *open.entry(name).or_default() += 1;
                depth += 1;
            }
            if depth > LAYOUT_MAX_DEPTH || sum > LAYOUT_MAX_SUM {
                return false;
            }
        }
    }
    formatting * tags <= FORMATTED_MAX
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
    fn a_long_page_without_closing_tags_is_laid_out() {
        let html = "<p>One <a href=\"https://example.com\">link</a>".repeat(300);

        assert!(html_to_text(&html).ends_with("[300]: https://example.com\n"));
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
            "<blockquote></x>".repeat(2_000) + &"x<br>".repeat(10_000),
            "<div><!--</div>-->".repeat(5_000),
            "<b><i><!--</b></i>-->".repeat(90) + &"<p>x".repeat(100_000),
            (0..190).fold(String::new(), |html, n| html + &format!("<b a={n}>")) + &"<p>x".repeat(100_000),
            "<x></y>".repeat(2_000) + &"</z>".repeat(5_000),
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

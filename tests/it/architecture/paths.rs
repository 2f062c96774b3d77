//! Reads which rooms and crates a source file names: a small Rust lexer and a walker over paths.
//!
//! Comments, strings and character literals are dropped, so only code counts. Every path is followed, not
//! only `use`: `crate::store::Task` in a signature is an import as much as one at the top of the file, and
//! so are `super::super::store` and `gomail::store`. What cannot be followed is reported, never passed over.

use std::collections::BTreeMap;

/// What a file reaches for, with the line where it first does.
pub(super) type Reached = BTreeMap<Reach, usize>;

/// One thing a file reaches for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// The first name below the crate's root: a room.
    Room(String),
    /// The whole crate (`use crate::*`, `use crate as x`): hides which rooms are meant.
    WholeCrate,
    /// The first name of any other path: a crate, or whatever is in scope under that name.
    Name(String),
    /// `include!` or `#[path]`: code that lives somewhere else.
    Elsewhere,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// The rooms named in `source`, a file whose module lies `depth` levels below the crate's root
/// (`lib.rs` and `main.rs` 0, `store/mod.rs` 1, `store/sqlite/lease.rs` 3).
pub(super) fn reached(source: &str, depth: usize) -> Reached {
    let tokens = lex(source);
    let mut walker = Walker { tokens: &tokens, found: Reached::new() };
    let mut braces: Vec<Brace> = Vec::new();

    for i in 0..tokens.len() {
        let here = depth + braces.iter().filter(|brace| **brace == Brace::Module).count();
        match tokens[i].text {
            "{" if i >= 2 && tokens[i - 2].text == "mod" => braces.push(Brace::Module),
            "{" if i >= 1 && tokens[i - 1].text == "::" => braces.push(Brace::Path),
            "{" => braces.push(Brace::Other),
            "}" => {
                braces.pop();
            }
            "crate" => walker.root_path(i),
            // A path goes on after `::`; only its first word says where it starts.
            _ if i > 0 && tokens[i - 1].text == "::" && !starts_absolute(&tokens, i) => {}
            "gomail" if walker.text(i + 1) == "::" => walker.tree(i + 2, 0),
            "self" if walker.text(i + 1) == "::" => walker.tree(i + 2, here),
            "super" if walker.text(i + 1) == "::" => walker.tree(i + 2, here.saturating_sub(1)),
            "include" if walker.text(i + 1) == "!" => walker.note(Reach::Elsewhere, i),
            "path" if i >= 2 && tokens[i - 1].text == "[" && tokens[i - 2].text == "#" => {
                walker.note(Reach::Elsewhere, i);
            }
            // In a path's braces the names go on from the path.
            word if is_word(word) && !braces.contains(&Brace::Path) => {
                let is_imported = i > 0 && tokens[i - 1].text == "use";
                if is_imported || walker.text(i + 1) == "::" {
                    walker.note(Reach::Name(word.trim_start_matches("r#").to_owned()), i);
                }
            }
            _ => {}
        }
    }
    walker.found
}

/// What an open brace opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brace {
    /// An inline module.
    Module,
    /// The branches of a path.
    Path,
    Other,
}

/// Whether the `::` before `i` opens a path (`use ::gomail::x`) instead of continuing one.
fn starts_absolute(tokens: &[Token<'_>], i: usize) -> bool {
    i < 2 || !is_word(tokens[i - 2].text) || matches!(tokens[i - 2].text, "use" | "return" | "in" | "as" | "dyn")
}

struct Walker<'a> {
    tokens: &'a [Token<'a>],
    found: Reached,
}

impl Walker<'_> {
    fn text(&self, i: usize) -> &str {
        self.tokens.get(i).map_or("", |token| token.text)
    }

    fn note(&mut self, reach: Reach, i: usize) {
        let line = self.tokens.get(i).map_or(0, |token| token.line);
        self.found.entry(reach).or_insert(line);
    }

    /// `crate` at `i`: a path, or `pub(crate)`, or the whole crate under another name.
    fn root_path(&mut self, i: usize) {
        if self.text(i + 1) == "::" {
            self.tree(i + 2, 0);
        } else if self.text(i + 1) != ")" {
            self.note(Reach::WholeCrate, i);
        }
    }

    /// Follows a path or a braced tree from `i`, which stands right behind a `::`, `at` modules below the root.
    fn tree(&mut self, i: usize, at: usize) {
        match self.text(i) {
            "{" => self.group(i, at),
            "super" if self.text(i + 1) == "::" => self.tree(i + 2, at.saturating_sub(1)),
            // `use super::super as x` names the module above.
            "super" if at <= 1 => self.note(Reach::WholeCrate, i),
            "*" | "self" if at == 0 => self.note(Reach::WholeCrate, i),
            word if at == 0 && is_word(word) => {
                let room = word.trim_start_matches("r#").to_owned();
                self.note(Reach::Room(room), i);
            }
            _ => {}
        }
    }

    /// Follows each branch of the braced tree that opens at `open`.
    fn group(&mut self, open: usize, at: usize) {
        let mut level = 0_usize;
        for i in open..self.tokens.len() {
            match self.text(i) {
                "{" => level += 1,
                "}" => level -= 1,
                _ => {}
            }
            if level == 0 {
                return;
            }
            if level == 1 && matches!(self.text(i), "{" | ",") {
                self.tree(i + 1, at);
            }
        }
    }
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c == '_' || c.is_alphabetic())
}

/// Words, `::` and single signs; no white space, comments, strings, characters or lifetimes.
fn lex(source: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = source;
    let mut line = 1;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => quoted(rest),
            '\'' => character_or_lifetime(rest),
            _ if is_word(rest) => {
                let length = word(rest);
                match literal_behind(&rest[..length], &rest[length..]) {
                    Some(literal) => length + literal,
                    None => push(&mut tokens, rest, raw_word(rest, length), line),
                }
            }
            ':' if rest.starts_with("::") => push(&mut tokens, rest, 2, line),
            _ if first.is_whitespace() => first.len_utf8(),
            _ => push(&mut tokens, rest, first.len_utf8(), line),
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

fn push<'a>(tokens: &mut Vec<Token<'a>>, rest: &'a str, length: usize, line: usize) -> usize {
    tokens.push(Token { text: &rest[..length], line });
    length
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
}

/// `r#type` is one word.
fn raw_word(rest: &str, length: usize) -> usize {
    if &rest[..length] == "r" && rest[1..].starts_with('#') && is_word(&rest[2..]) {
        2 + word(&rest[2..])
    } else {
        length
    }
}

/// The length of the string or byte literal for which `prefix` is the prefix (`r"…"`, `br#"…"#`, `c"…"`, `b'x'`).
fn literal_behind(prefix: &str, rest: &str) -> Option<usize> {
    match prefix {
        "r" | "br" | "cr" => {
            let hashes = rest.len() - rest.trim_start_matches('#').len();
            let body = rest[hashes..].strip_prefix('"')?;
            let end = format!("\"{}", "#".repeat(hashes));
            Some(body.find(&end).map_or(rest.len(), |at| hashes + 1 + at + end.len()))
        }
        "b" | "c" if rest.starts_with('"') => Some(quoted(rest)),
        "b" if rest.starts_with('\'') => Some(character_or_lifetime(rest)),
        _ => None,
    }
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `'x'`, `'\u{1F600}'` or `'static`.
fn character_or_lifetime(rest: &str) -> usize {
    let inner = &rest[1..];
    if let Some(escape) = inner.strip_prefix('\\') {
        // The sign behind the backslash may itself be a quote.
        let skipped = escape.chars().next().map_or(0, char::len_utf8);
        return escape[skipped..].find('\'').map_or(rest.len(), |at| 2 + skipped + at + 1);
    }
    let first = inner.chars().next().map_or(0, char::len_utf8);
    if inner[first..].starts_with('\'') { 1 + first + 1 } else { 1 + word(inner) }
}

fn block_comment(rest: &str) -> usize {
    let mut level = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            level += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            level -= 1;
            at += 2;
            if level == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

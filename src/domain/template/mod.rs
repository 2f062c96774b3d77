//! Templates: the one place that runs the template language (Jinja, by minijinja).
//!
//! A template is a client's program, so it runs on a budget: [`FUEL`] bounds the steps it takes and the memory it
//! makes, [`OUTPUT_MAX_BYTES`] what it may write. It reads no file, includes no other template, and a variable that
//! nobody gave is a fault, never an empty place in somebody's mail.

mod html;
mod limits;
mod values;

use std::{io, sync::LazyLock};

use minijinja::{
    AutoEscape, Environment, ErrorKind, Template, UndefinedBehavior, Value, filters,
    machinery::{Token, tokenize},
    syntax::SyntaxConfig,
    tests as checks,
};

use limits::OVER_BUDGET;

/// Steps of one rendering: an instruction costs one, 64 bytes made or written cost one. It bounds memory to 16 MiB
/// and time to a few milliseconds.
pub const FUEL: u64 = 250_000;

/// Largest result of one rendering, in bytes.
pub const OUTPUT_MAX_BYTES: usize = 4 * 1024 * 1024;

/// How deep macros may call each other.
const RECURSION_MAX: usize = 40;

/// Whether values are escaped when they are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// As HTML: for bodies that are HTML.
    Html,
    /// Not at all: for subjects and text.
    Off,
}

impl Escape {
    /// The environment picks its escaping by the template's name.
    const fn template_name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Off => "text",
        }
    }
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line})")]
pub struct TemplateFault {
    /// The line of the template, from 1.
    pub line: usize,
    /// One phrase for a person; names the variable that is missing or unknown, when that is the fault.
    pub message: String,
}

/// The values of a template, converted once for the subject, the content and the text of one mail.
#[derive(Debug, Clone)]
pub struct Variables(Value);

impl Variables {
    /// From JSON, as a client sends them.
    #[must_use]
    pub fn from_json(map: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(Value::from_pairs(map.iter().map(|(name, value)| (name.as_str(), values::from_json(value)))))
    }

    /// From pairs. A [`Value::from_safe_string`] is put in as it is, also where values are escaped.
    pub(super) fn from_pairs<const N: usize>(pairs: [(&str, Value); N]) -> Self {
        Self(Value::from_pairs(pairs))
    }
}

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    // Empty, not the default: what is here is known to keep within the fuel. Nothing here makes a list.
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(RECURSION_MAX);
    engine.set_auto_escape_callback(|name| {
        if name == Escape::Html.template_name() { AutoEscape::Html } else { AutoEscape::None }
    });
    engine.set_formatter(html::write_value);
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).build().expect("the default delimiters differ");
    engine.set_syntax(syntax);
    add_filters(&mut engine);
    add_tests(&mut engine);
    engine
});

fn add_filters(engine: &mut Environment<'_>) {
    engine.add_filter("abs", filters::abs);
    engine.add_filter("capitalize", filters::capitalize);
    for name in ["count", "length"] {
        engine.add_filter(name, filters::length);
    }
    for name in ["d", "default"] {
        engine.add_filter(name, filters::default);
    }
    for name in ["e", "escape"] {
        engine.add_filter(name, html::escape);
    }
    engine.add_filter("first", filters::first);
    engine.add_filter("float", filters::float);
    engine.add_filter("format", filters::format);
    engine.add_filter("int", filters::int);
    engine.add_filter("join", filters::join);
    engine.add_filter("last", values::last);
    engine.add_filter("lower", filters::lower);
    engine.add_filter("replace", filters::replace);
    engine.add_filter("round", filters::round);
    engine.add_filter("safe", filters::safe);
    engine.add_filter("string", filters::string);
    engine.add_filter("sum", filters::sum);
    engine.add_filter("title", filters::title);
    engine.add_filter("trim", filters::trim);
    engine.add_filter("upper", filters::upper);
}

fn add_tests(engine: &mut Environment<'_>) {
    engine.add_test("defined", checks::is_defined);
    engine.add_test("undefined", checks::is_undefined);
    engine.add_test("none", checks::is_none);
    engine.add_test("string", checks::is_string);
    engine.add_test("number", checks::is_number);
    engine.add_test("boolean", checks::is_boolean);
    engine.add_test("odd", checks::is_odd);
    engine.add_test("even", checks::is_even);
    engine.add_test("startingwith", checks::is_startingwith);
    engine.add_test("endingwith", checks::is_endingwith);
}

/// Renders `source` with `variables`.
///
/// The same input gives the same bytes, always: a retry must send what the first attempt sent.
///
/// # Errors
/// [`TemplateFault`] for wrong syntax, a missing variable, an unknown filter, a used-up [`FUEL`], or a result over
/// [`OUTPUT_MAX_BYTES`].
pub fn render(source: &str, escape: Escape, variables: &Variables) -> Result<String, TemplateFault> {
    // Most subjects and many bodies hold no template at all.
    if !source.contains('{') {
        return Ok(source.to_owned());
    }
    let template = compile(source, escape)?;
    let mut output = Capped(Vec::with_capacity(source.len() + source.len() / 4));
    match template.render_captured_to(variables.0.clone(), &mut output) {
        Ok(_) => Ok(String::from_utf8_lossy(&output.0).into_owned()),
        Err(error) => {
            let missing = (error.kind() == ErrorKind::UndefinedError)
                .then(|| missing_variable(&error, source, &template.undeclared_variables(false), variables))
                .flatten();
            Err(fault(&error, source, missing))
        }
    }
}

/// Checks a template that is rendered later with exactly the variables `known`: its syntax, and that it uses no other.
///
/// # Errors
/// [`TemplateFault`], which names the variable when it uses an unknown one.
pub fn check(source: &str, known: &[&str]) -> Result<(), TemplateFault> {
    let used = used_variables(source)?;
    let Some(unknown) = used.into_iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    Err(TemplateFault { line: line_of(source, &unknown), message: format!("unknown variable `{unknown}`") })
}

/// The variables a template uses and does not set itself, sorted.
///
/// # Errors
/// [`TemplateFault`] for wrong syntax.
pub fn used_variables(source: &str) -> Result<Vec<String>, TemplateFault> {
    if !source.contains('{') {
        return Ok(Vec::new());
    }
    let template = compile(source, Escape::Off)?;
    let mut used: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    used.sort();
    Ok(used)
}

/// Whether a template does nothing but put variables in, as they are.
pub(super) fn only_puts_in(source: &str) -> bool {
    let mut tokens = tokenize(source, false, SyntaxConfig::default()).map(|item| item.map(|(token, _)| token));
    while let Some(token) = tokens.next() {
        match token {
            Ok(Token::TemplateData(_)) => {}
            Ok(Token::VariableStart) => {
                let tag = (tokens.next(), tokens.next());
                if !matches!(tag, (Some(Ok(Token::Ident(_))), Some(Ok(Token::VariableEnd)))) {
                    return false;
                }
            }
            _ => return false,
        }
    }
    true
}

/// How many bytes a template writes at most, if no value that it puts in is longer than `value_max`. `usize::MAX` where
/// that cannot be told at a glance: anything may be repeated.
#[must_use]
pub fn written_max(source: &str, value_max: usize) -> usize {
    if !only_puts_in(source) {
        return usize::MAX;
    }
    let puts = source.matches("{{").count();
    source.len().saturating_add(puts.saturating_mul(value_max))
}

fn compile(source: &str, escape: Escape) -> Result<Template<'_, '_>, TemplateFault> {
    if let Some((line, message)) = limits::refusal(source) {
        return Err(TemplateFault { line, message: message.to_owned() });
    }
    ENGINE.template_from_named_str(escape.template_name(), source).map_err(|error| fault(&error, source, None))
}

/// The variable that an "undefined" error is about: one that was not given, in the expression that failed.
fn missing_variable(
    error: &minijinja::Error,
    source: &str,
    used: &std::collections::HashSet<String>,
    variables: &Variables,
) -> Option<String> {
    let given = |name: &str| variables.0.get_attr(name).is_ok_and(|value| !value.is_undefined());
    let mut missing: Vec<&String> = used.iter().filter(|name| !given(name)).collect();
    missing.sort();
    let failed = error.range().and_then(|range| source.get(range)).unwrap_or_default();
    let line = source.lines().nth(error.line().unwrap_or(1).saturating_sub(1)).unwrap_or_default();
    let is_missing = |word: &str| missing.binary_search_by(|name| name.as_str().cmp(word)).is_ok();
    let named = words(failed).chain(words(line)).map(|(_, word)| word).find(|word| is_missing(word));
    named.map(str::to_owned).or_else(|| missing.first().map(|name| (*name).clone()))
}

fn fault(error: &minijinja::Error, source: &str, missing: Option<String>) -> TemplateFault {
    let line = error.line().unwrap_or(1);
    let message = match (error.kind(), &missing) {
        (_, Some(name)) => format!("missing variable `{name}`"),
        (ErrorKind::OutOfFuel, _) => OVER_BUDGET.to_owned(),
        (ErrorKind::WriteFailure, _) => format!("the result is larger than {} MiB", OUTPUT_MAX_BYTES >> 20),
        (kind, _) => match error.detail() {
            Some(detail) => format!("{kind}: {}", plain(detail)),
            None => kind.to_string(),
        },
    };
    TemplateFault { line: missing.map_or(line, |name| line.max(line_of(source, &name))), message }
}

/// An engine's message, fit for an error answer: one line, cut to 200 characters.
fn plain(detail: &str) -> String {
    detail.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// The line, from 1, of the first tag that holds `name`.
fn line_of(source: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(open) = source[from..].find('{') {
        let start = from + open + 1;
        from = start;
        if !source[start..].starts_with(['{', '%']) {
            continue;
        }
        let end = source[start..].find('}').map_or(source.len(), |end| start + end);
        if let Some((at, _)) = words(&source[start..end]).find(|(_, word)| *word == name) {
            return source[..start + at].matches('\n').count() + 1;
        }
        from = end;
    }
    1
}

/// The words of a text, each with its place.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let place = |word: &str| word.as_ptr().addr() - text.as_ptr().addr();
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(move |word| (place(word), word))
}

/// A buffer that refuses to grow over [`OUTPUT_MAX_BYTES`].
struct Capped(Vec<u8>);

impl io::Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > OUTPUT_MAX_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;

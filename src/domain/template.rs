//! Templates: the one place that runs the template language (Jinja, by minijinja).
//!
//! A template is a client's program, so it runs on a budget: [`FUEL`] bounds the steps it takes and the memory it
//! makes, [`OUTPUT_MAX_BYTES`] what it may write. It reads no file, includes no other template, and a variable that
//! nobody gave is a fault, never an empty place in somebody's mail.

use std::{fmt, io, sync::LazyLock};

use minijinja::{
    AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde, value::ValueKind,
};

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
    /// One phrase for a person.
    pub message: String,
    /// The variable that is missing or unknown, when that is the fault.
    pub variable: Option<String>,
}

/// The values of a template, converted once for the subject, the content and the text of one mail.
#[derive(Debug, Clone)]
pub struct Variables(Value);

impl Variables {
    /// From JSON, as a client sends them.
    #[must_use]
    pub fn from_json(map: &serde_json::Map<String, serde_json::Value>) -> Self {
        Self(Value::from(Serde(map)))
    }

    /// From pairs. A [`Value::from_safe_string`] is put in as it is, also where values are escaped.
    pub(super) fn from_pairs<const N: usize>(pairs: [(&str, Value); N]) -> Self {
        Self(Value::from_pairs(pairs))
    }
}

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(RECURSION_MAX);
    engine.set_auto_escape_callback(|name| {
        if name == Escape::Html.template_name() { AutoEscape::Html } else { AutoEscape::None }
    });
    // A list is nothing to show a reader, and printing one of a hundred million items is no step that fuel counts.
    engine.set_formatter(|out, state, value| match value.kind() {
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map => {
            Err(minijinja::Error::new(ErrorKind::InvalidOperation, "a list cannot be printed; loop over it"))
        }
        _ => minijinja::escape_formatter(out, state, value),
    });
    // Without `debug` the engine still names the line of a fault; it would also quote values in its messages.
    engine.remove_global("debug");
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).build().expect("the default delimiters differ");
    engine.set_syntax(syntax);
    engine
});

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
    let template =
        ENGINE.template_from_named_str(escape.template_name(), source).map_err(|error| fault(&error, source, None))?;
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
/// [`TemplateFault`], with the variable when it uses an unknown one.
pub fn check(source: &str, known: &[&str]) -> Result<(), TemplateFault> {
    let used = used_variables(source)?;
    let Some(unknown) = used.into_iter().find(|name| !known.contains(&name.as_str())) else { return Ok(()) };
    Err(TemplateFault {
        line: line_of(source, &unknown),
        message: format!("unknown variable `{unknown}`"),
        variable: Some(unknown),
    })
}

/// The variables a template uses and does not set itself, sorted.
///
/// # Errors
/// [`TemplateFault`] for wrong syntax.
pub fn used_variables(source: &str) -> Result<Vec<String>, TemplateFault> {
    if !source.contains('{') {
        return Ok(Vec::new());
    }
    let template = ENGINE
        .template_from_named_str(Escape::Off.template_name(), source)
        .map_err(|error| fault(&error, source, None))?;
    let mut used: Vec<String> =
        template.undeclared_variables(false).into_iter().filter(|name| !is_global(name)).collect();
    used.sort();
    Ok(used)
}

/// Whether the engine itself knows the name (`range`, `dict`, `namespace`).
fn is_global(name: &str) -> bool {
    ENGINE.globals().any(|(global, _)| global == name)
}

/// The variable that an "undefined" error is about: one that was not given, in the expression that failed.
fn missing_variable(
    error: &minijinja::Error,
    source: &str,
    used: &std::collections::HashSet<String>,
    variables: &Variables,
) -> Option<String> {
    let given = |name: &str| variables.0.get_attr(name).is_ok_and(|value| !value.is_undefined());
    let mut missing: Vec<&String> = used.iter().filter(|name| !given(name) && !is_global(name)).collect();
    missing.sort();
    let failed = error.range().and_then(|range| source.get(range)).unwrap_or_default();
    let line = source.lines().nth(error.line().unwrap_or(1).saturating_sub(1)).unwrap_or_default();
    [failed, line]
        .into_iter()
        .find_map(|part| missing.iter().find(|name| find_word(part, name).is_some()))
        .or(missing.first())
        .map(|name| (*name).clone())
}

fn fault(error: &minijinja::Error, source: &str, missing: Option<String>) -> TemplateFault {
    let line = error.line().unwrap_or(1);
    let message = match (error.kind(), &missing) {
        (_, Some(name)) => format!("missing variable `{name}`"),
        (ErrorKind::OutOfFuel, _) => "the template takes too many steps or too much memory".to_owned(),
        (ErrorKind::WriteFailure, _) => format!("the result is larger than {} MiB", OUTPUT_MAX_BYTES >> 20),
        (kind, _) => match error.detail() {
            Some(detail) => format!("{kind}: {}", plain(detail)),
            None => kind.to_string(),
        },
    };
    TemplateFault {
        line: missing.as_deref().map_or(line, |name| line.max(line_of(source, name))),
        message,
        variable: missing,
    }
}

/// An engine's message, fit for an error answer: one line, cut to 200 characters.
fn plain(detail: &str) -> String {
    detail.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect()
}

/// The line, from 1, of the first tag that holds `name`.
fn line_of(source: &str, name: &str) -> usize {
    let mut from = 0;
    while let Some(open) = source[from..].find("{{").into_iter().chain(source[from..].find("{%")).min() {
        let start = from + open + 2;
        let end = source[start..].find(['}']).map_or(source.len(), |end| start + end);
        if let Some(at) = find_word(&source[start..end], name) {
            return source[..start + at].matches('\n').count() + 1;
        }
        from = end;
    }
    1
}

/// Where `word` stands in `text` as a whole word.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .map(|(at, _)| at)
        .find(|at| !text[..*at].ends_with(part_of_word) && !text[*at + word.len()..].starts_with(part_of_word))
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

impl fmt::Display for Escape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.template_name())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn variables(value: serde_json::Value) -> Variables {
        Variables::from_json(&serde_json::from_value(value).unwrap())
    }

    #[test]
    fn values_are_escaped_in_html_only() {
        let variables = variables(json!({"x": "<b>&"}));

        assert_eq!(render("{{ x }}", Escape::Html, &variables).unwrap(), "&lt;b&gt;&amp;");
        assert_eq!(render("{{ x }}", Escape::Off, &variables).unwrap(), "<b>&");
    }

    #[test]
    fn a_trailing_newline_stays() {
        assert_eq!(render("{{ 1 }}\n\n", Escape::Off, &variables(json!({}))).unwrap(), "1\n\n");
    }

    #[test]
    fn a_missing_variable_is_named_with_its_line() {
        let variables = variables(json!({"given": 1}));

        for source in
            ["{{ given }}\n{{ absent }}", "{{ given }}\n{{ absent.name }}", "\n{% for x in absent %}{% endfor %}"]
        {
            let fault = render(source, Escape::Off, &variables).unwrap_err();
            assert_eq!((fault.line, fault.variable.as_deref()), (2, Some("absent")), "{source}: {fault}");
        }
        assert_eq!(render("{{ absent|default('-') }}", Escape::Off, &variables).unwrap(), "-");
    }

    #[test]
    fn an_unknown_variable_is_named_with_its_line_wherever_it_hides() {
        let fault = check("other {{ email }}\n\n{% if false %}{{ other }}{% endif %}", &["email"]).unwrap_err();

        assert_eq!((fault.line, fault.variable.as_deref()), (3, Some("other")));
        assert!(check("{% for i in range(3) %}{{ i }}{{ email }}{% endfor %}", &["email"]).is_ok());
    }

    #[test]
    fn wrong_syntax_is_refused_with_its_line() {
        for source in ["a\n{{ x", "a\n{% if x %}", "a\n{% bogus %}", "a\n{{ x | }}", "a\n{% include 'x' %}"] {
            let fault = check(source, &["x"]).unwrap_err();
            assert_eq!(fault.line, 2, "{source}: {fault}");
        }
    }

    #[test]
    fn hostile_templates_are_stopped_soon() {
        let doubling = "{% set a = 'xxxxxxxxxxxxxxxx' %}".to_owned() + &"{% set a = a ~ a %}".repeat(60) + "{{ a }}";
        let nested = "(".repeat(5_000);
        for source in [
            "{% for i in range(10000000) %}{{ i }}{% endfor %}",
            "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
            "{{ 'x' * 99999999 }}",
            "{{ [1] * 99999999 }}",
            "{% set ns = namespace(s='xx') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
            "{{ 'x'|indent(999999999) }}",
            "{{ '%999999999d'|format(1) }}",
            "{{ 'aaaaaaaa'|replace('a', 'x' * 9999999) }}",
            "{{ range(99999)|join('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') * 99 }}",
            "{{ 9 ** 9999999 }}",
            &doubling,
            &format!("{{{{ {nested} }}}}"),
            &format!("{{% for i in range(9999) %}}{}{{% endfor %}}", "x".repeat(2_000)),
        ] {
            let start = Instant::now();

            let result = render(source, Escape::Off, &variables(json!({})));

            assert!(result.is_err(), "{}… was rendered", &source[..60.min(source.len())]);
            // Debug builds on a busy machine included; without a budget these never end.
            assert!(start.elapsed() < Duration::from_secs(5), "{}…", &source[..60.min(source.len())]);
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(source in "(\\{\\{|\\}\\}|\\{%|%\\}|\\{#|[a-z |.'\"éß\n]|\\PC){0,30}") {
            let _ = check(&source, &["a"]);
            let _ = render(&source, Escape::Html, &variables(json!({"a": 1})));
        }

        #[test]
        fn text_without_braces_is_its_own_rendering(source in "[^{]*") {
            prop_assert_eq!(render(&source, Escape::Html, &variables(json!({}))).unwrap(), source);
        }
    }
}

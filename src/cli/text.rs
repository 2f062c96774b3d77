//! Texts from the command line: given at once, from a file, or from standard input (`-`).

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Map, Value};

use super::failure::Failure;

/// Where a body comes from; one of three.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub(super) struct Body {
    /// The body: HTML if it holds markup, else text; `-` is standard input.
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, conflicts_with_all = ["file", "stdin"])]
    pub(super) content: Option<String>,
    /// File with the body; `-` is standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "stdin")]
    pub(super) file: Option<PathBuf>,
    /// `-` reads the body from standard input.
    #[arg(value_name = "-", value_parser = dash)]
    pub(super) stdin: Option<String>,
}

impl Body {
    /// The body's text; `None` when none was given.
    pub(super) fn read(&self) -> Result<Option<String>, Failure> {
        match self {
            _ if self.input_option().is_some() => read_file(Path::new("-")).map(Some),
            Self { content: Some(text), .. } => Ok(Some(text.clone())),
            Self { file: Some(path), .. } => read_file(path).map(Some),
            _ => Ok(None),
        }
    }

    /// How standard input was asked for, if it was.
    pub(super) fn input_option(&self) -> Option<&'static str> {
        let is_dash = |path: &PathBuf| path == Path::new("-");
        match self {
            Self { content: Some(text), .. } if text == "-" => Some("--content -"),
            Self { file: Some(path), .. } if is_dash(path) => Some("--file -"),
            Self { stdin: Some(_), .. } => Some("-"),
            _ => None,
        }
    }

    /// The body's text, which must be there.
    pub(super) fn require(&self) -> Result<String, Failure> {
        let missing = || Failure::Usage("the body is missing: give --content, --file, or - for standard input".into());
        self.read()?.ok_or_else(missing)
    }
}

fn dash(text: &str) -> Result<String, &'static str> {
    if text == "-" { Ok(text.to_owned()) } else { Err("only - may stand here; a text goes to --content") }
}

/// Reads a whole text file; `-` is standard input.
pub(super) fn read_file(path: &Path) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// Splits `name=value`, for `--var`.
pub(super) fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("must be NAME=VALUE".to_owned()),
    }
}

/// A path segment that holds a name. Empty, `.` and `..` are refused: URL parsing would resolve them to another path.
pub(super) fn segment(text: &str) -> Result<String, &'static str> {
    let fits = !matches!(text, "" | "." | "..") && !text.contains(char::is_control);
    if fits { Ok(text.to_owned()) } else { Err("must not be empty, . or .., and hold no control characters") }
}

/// Variables as the API takes them; each is a text.
pub(super) fn variables(given: &[(String, String)]) -> Map<String, Value> {
    given.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}

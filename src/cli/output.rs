//! What people and programs see: tables, sentences, JSON.
//!
//! A table is never cut when it is piped, and an id never at all; in a terminal that is too narrow, columns marked as
//! optional are left out and those marked as elastic shortened. Closed pipes are quiet: what nobody reads is not written, and the command goes on to its own exit code.

use std::{
    fmt::Display,
    io::{self, IsTerminal as _, Write as _},
    sync::OnceLock,
    time::Duration,
};

use serde::Serialize;
use tabled::{builder::Builder, settings::Style};

use super::failure::Failure;
use crate::domain::Timestamp;

/// Where a command's answer goes.
#[derive(Debug)]
pub(super) struct Out {
    /// Whether the answer is for programs.
    pub(super) json: bool,
    /// Why nothing more can be written.
    end: OnceLock<io::Error>,
}

/// A table: headings, rows, and which columns give way in a narrow terminal.
#[derive(Debug, Default)]
pub(super) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    elastic: Vec<&'static str>,
    optional: Vec<&'static str>,
}

impl Out {
    pub(super) fn new(json: bool) -> Self {
        Self { json, end: OnceLock::new() }
    }

    /// Whether standard output is a terminal.
    pub(super) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// Whether the reader of standard output has gone.
    pub(super) fn is_closed(&self) -> bool {
        self.end.get().is_some()
    }

    /// Why the answer is not whole, other than that its reader has gone.
    pub(super) fn failure(&self) -> Option<Failure> {
        let error = self.end.get().filter(|error| error.kind() != io::ErrorKind::BrokenPipe)?;
        Some(Failure::Failed(format!("standard output: {error}")))
    }

    /// Writes a text, with a line end if it has none.
    pub(super) fn text(&self, text: &str) {
        if self.is_closed() {
            return;
        }
        let mut stdout = anstream::stdout().lock();
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let written = write!(stdout, "{text}{end}").and_then(|()| stdout.flush());
        if let Err(error) = written {
            // Nothing more can be said there.
            let _ = self.end.set(error);
        }
    }

    /// Writes a value as JSON: one line for programs, indented in a terminal.
    pub(super) fn value<T: Serialize>(&self, value: &T) {
        let text = if Self::is_terminal() { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        self.text(&text.expect("answers have text keys and no failing parts"));
    }

    /// Writes a text that is an answer in itself: as it is, or as `{"text": …}` for programs.
    pub(super) fn text_answer(&self, text: &str) {
        if self.json { self.value(&serde_json::json!({ "text": text })) } else { self.text(text) }
    }

    /// Writes `value` for programs, what `show` makes of it for people.
    pub(super) fn answer<T: Serialize>(&self, value: &T, show: impl FnOnce(&T) -> String) {
        if self.json { self.value(value) } else { self.text(&show(value)) }
    }
}

impl Out {
    /// Says something on standard error: `body` for programs, `text` for people.
    pub(super) fn complain(&self, body: &serde_json::Value, text: &str) {
        if self.json { on_stderr(body) } else { on_stderr(text) }
    }

    /// Says something to people on standard error; a program finds it in the answer.
    pub(super) fn remark(&self, text: &str) {
        if !self.json {
            on_stderr(text);
        }
    }
}

fn on_stderr(line: impl Display) {
    // A closed standard error leaves nobody to tell.
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

impl Table {
    pub(super) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), ..Self::default() }
    }

    /// Lets the column with this heading be shortened in a terminal that is too narrow.
    pub(super) fn elastic(mut self, heading: &'static str) -> Self {
        self.elastic.push(heading);
        self
    }

    /// Lets the column with this heading be left out in a terminal that is too narrow even for shortened ones; the first
    /// marked goes first.
    pub(super) fn optional(mut self, heading: &'static str) -> Self {
        self.optional.push(heading);
        self
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(|cell| one_line(&cell)).collect());
    }

    /// The table as text: with a frame in a terminal, plain columns elsewhere; `empty` when there are no rows.
    pub(super) fn show(self, empty: &str) -> String {
        let width = Out::is_terminal().then(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)));
        match width {
            None => self.render(None, false, empty),
            Some(width) => self.render(width, true, empty),
        }
    }

    fn render(mut self, width: Option<usize>, is_framed: bool, empty: &str) -> String {
        if self.rows.is_empty() && !empty.is_empty() {
            return empty.to_owned();
        }
        if let Some(width) = width {
            self.fit(width);
        }
        let has_head = !self.headings.is_empty();
        let mut builder = Builder::default();
        if has_head {
            builder.push_record(self.headings);
        }
        for row in self.rows {
            builder.push_record(row);
        }
        let mut table = builder.build();
        if is_framed && has_head {
            return table.with(Style::rounded()).to_string();
        }
        if is_framed {
            return table.with(Style::rounded().remove_horizontals()).to_string();
        }
        let text = table.with(Style::empty().vertical(' ')).to_string();
        // The frame is gone, and with it the reason for its padding.
        text.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end()).collect::<Vec<_>>().join("\n")
    }

    /// Leaves out optional columns until the others fit when shortened, then shortens the widest elastic ones.
    fn fit(&mut self, width: usize) {
        const LEAST: usize = 10;
        let framed = |widths: &[usize]| widths.iter().map(|width| width + 3).sum::<usize>() + 1;
        let shortest = |table: &Self| {
            let columns = table.widths().into_iter().zip(&table.headings);
            let least = |(width, heading)| if table.elastic.contains(heading) { LEAST.min(width) } else { width };
            framed(&columns.map(least).collect::<Vec<_>>())
        };
        let mut optional = std::mem::take(&mut self.optional).into_iter();
        while shortest(self) > width
            && let Some(heading) = optional.next()
        {
            self.leave_out(heading);
        }
        let mut widths = self.widths();
        let elastic: Vec<usize> = (0..widths.len())
            .filter(|column| self.headings.get(*column).is_some_and(|of| self.elastic.contains(of)))
            .collect();
        while framed(&widths) > width
            && let Some(widest) = elastic.iter().copied().max_by_key(|column| widths[*column])
            && widths[widest] > LEAST
        {
            widths[widest] -= 1;
        }
        for row in &mut self.rows {
            for column in &elastic {
                let cell = &mut row[*column];
                if cell.chars().count() > widths[*column] {
                    *cell = cell.chars().take(widths[*column] - 1).chain(['…']).collect();
                }
            }
        }
    }

    /// The width of each column, in characters.
    fn widths(&self) -> Vec<usize> {
        let count = self.rows.iter().map(Vec::len).chain([self.headings.len()]).max().unwrap_or(0);
        let cells = |column: usize| self.rows.iter().filter_map(move |row| row.get(column)).map(String::as_str);
        let width =
            |column| cells(column).chain(self.headings.get(column).copied()).map(|cell| cell.chars().count()).max();
        (0..count).map(|column| width(column).unwrap_or(0)).collect()
    }

    fn leave_out(&mut self, heading: &str) {
        if let Some(column) = self.headings.iter().position(|each| *each == heading) {
            self.headings.remove(column);
            self.rows.iter_mut().for_each(|row| drop(row.remove(column)));
        }
    }
}

/// Two columns without headings: the names and values of one thing.
pub(super) fn card(rows: &[(&str, String)]) -> String {
    let mut table = Table::default();
    for (name, value) in rows {
        table.row([(*name).to_owned(), value.clone()]);
    }
    table.show("")
}

/// A time as people read it: `2026-11-24 10:00:00`, UTC.
pub(super) fn time(time: Timestamp) -> String {
    time.to_utc().format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A time that may be absent.
pub(super) fn time_or_dash(of: Option<Timestamp>) -> String {
    of.map_or_else(|| "-".to_owned(), time)
}

/// A duration as people read it: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`.
pub(super) fn span(of: Duration) -> String {
    let seconds = of.as_secs();
    match seconds {
        0..10 if of.subsec_nanos() > 0 => format!("{:.1} s", of.as_secs_f64()),
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// Text from elsewhere without control characters (a terminal would obey them), line ends and tabs kept.
pub(super) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["id", "subject"]).elastic("subject");
        table.row(["019a0000-0000-7000-8000-000000000001".to_owned(), "A subject that is rather long".to_owned()]);
        table.row(["019a0000-0000-7000-8000-000000000002".to_owned(), "Short\x1b[31m".to_owned()]);
        table
    }

    #[test]
    fn a_narrow_terminal_shortens_the_elastic_column_and_never_an_id() {
        let text = table().render(Some(60), true, "");

        assert!(text.contains("019a0000-0000-7000-8000-000000000001"), "{text}");
        assert!(text.contains("A subject that i…"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 60), "{text}");
    }

    #[test]
    fn a_piped_table_is_whole_and_plain() {
        let text = table().render(None, false, "");

        assert_eq!(
            text,
            "id                                     subject\n\
             019a0000-0000-7000-8000-000000000001   A subject that is rather long\n\
             019a0000-0000-7000-8000-000000000002   Short [31m"
        );
    }

    #[test]
    fn spans_are_read_at_a_glance() {
        let shown = [400, 12_000, 185_000, 7_800_000, 356_400_000].map(|ms| span(Duration::from_millis(ms)));

        assert_eq!(shown, ["0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h"]);
    }
}

//! Answers of scripts: rows of texts, empty where there is nothing; and pages cut from them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::fault::broken;
pub(super) use crate::store::page::limit;
use crate::{
    domain::{Address, Subject, TaskId, Timestamp},
    store::{Page, PageRequest, StoreError, page},
};

/// One row of an answer, read from the front.
#[derive(Debug)]
pub(super) struct Row {
    fields: std::vec::IntoIter<String>,
}

impl Row {
    /// A row to read.
    pub(super) fn new(fields: Vec<String>) -> Self {
        Self { fields: fields.into_iter() }
    }

    /// The next text.
    pub(super) fn text(&mut self) -> Result<String, StoreError> {
        self.fields.next().ok_or_else(|| broken("a short row"))
    }

    /// The next text, `None` when empty.
    pub(super) fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        Ok(Some(self.text()?).filter(|text| !text.is_empty()))
    }

    /// The next text as a number.
    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Result<T, StoreError> {
        self.text()?.parse().map_err(|_| broken("a number"))
    }

    /// The next text as a moment.
    pub(super) fn time(&mut self) -> Result<Timestamp, StoreError> {
        self.number().map(Timestamp::from_millis)
    }

    /// The next text as a moment, `None` when empty.
    pub(super) fn maybe_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let parse = |text: String| text.parse().map(Timestamp::from_millis).map_err(|_| broken("a time"));
        self.maybe_text()?.map(parse).transpose()
    }

    /// The next text as a yes (`1`) or no.
    pub(super) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.text()? == "1")
    }

    /// The next text as a value's place in a list of the domain.
    pub(super) fn one_of<T: Copy>(&mut self, list: &[T]) -> Result<T, StoreError> {
        let place: usize = self.number()?;
        list.get(place).copied().ok_or_else(|| broken("a state, type, lane or frequency"))
    }

    /// The next text as a task's id.
    pub(super) fn id(&mut self) -> Result<TaskId, StoreError> {
        TaskId::from_text(&self.text()?).ok_or_else(|| broken("a task's id"))
    }

    /// The next text as an address.
    pub(super) fn address(&mut self) -> Result<Address, StoreError> {
        Address::parse(&self.text()?).map_err(|_| broken("an address"))
    }

    /// The next text as a subject.
    pub(super) fn subject(&mut self) -> Result<Subject, StoreError> {
        Subject::parse(&self.text()?).map_err(|_| broken("a subject"))
    }
}

/// The place of `value` in a list of the domain, as scripts know it.
pub(super) fn place_of<T: PartialEq>(list: &[T], value: &T) -> usize {
    list.iter().position(|each| each == value).expect("the domain's list holds every value")
}

/// The text the cursor stands for; empty, the top, when there is none.
///
/// # Errors
/// [`StoreError::Cursor`].
pub(super) fn after(page: &PageRequest) -> Result<String, StoreError> {
    let Some(cursor) = page.cursor.as_deref() else { return Ok(String::new()) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let place = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    place.filter(|place| !place.is_empty()).ok_or(StoreError::Cursor)
}

/// The number the cursor stands for, as text; empty when there is none.
///
/// # Errors
/// [`StoreError::Cursor`].
pub(super) fn number_after(page: &PageRequest) -> Result<String, StoreError> {
    checked(after(page)?, |place| place.parse::<u64>().is_ok())
}

/// The task the cursor stands for, as its order and its id; empty when there is none.
///
/// # Errors
/// [`StoreError::Cursor`].
pub(super) fn task_after(page: &PageRequest) -> Result<String, StoreError> {
    checked(after(page)?, |place| place.split_once(' ').is_some_and(|(score, _)| score.parse::<f64>().is_ok()))
}

fn checked(place: String, is_ours: impl Fn(&str) -> bool) -> Result<String, StoreError> {
    if place.is_empty() || is_ours(&place) { Ok(place) } else { Err(StoreError::Cursor) }
}

/// Makes a page of at most one item more than asked for, each with the place its successors go on after.
pub(super) fn cut<T>(page: &PageRequest, found: Vec<(String, T)>) -> Page<T> {
    let Page { items, next_cursor: place } = page::cut(page, found);
    Page { items, next_cursor: place.as_deref().map(cursor) }
}

/// A cursor for a place.
pub(super) fn cursor(place: &str) -> String {
    URL_SAFE_NO_PAD.encode(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_that_is_not_ours_is_refused() {
        for text in ["", "*", "n17", "\u{fc}"] {
            let page = PageRequest { limit: 5, cursor: Some(text.to_owned()) };
            assert!(matches!(number_after(&page), Err(StoreError::Cursor)), "{text}");
            assert!(matches!(task_after(&page), Err(StoreError::Cursor)), "{text}");
        }
    }

    #[test]
    fn a_cursor_leads_after_the_last_item() {
        let page = PageRequest { limit: 2, cursor: None };
        let three = ["a", "b", "c"].map(|name| (name.to_owned(), name)).to_vec();

        let cut = cut(&page, three);

        assert_eq!(cut.items, ["a", "b"]);
        assert_eq!(after(&PageRequest { limit: 2, cursor: cut.next_cursor }).unwrap(), "b");
    }
}

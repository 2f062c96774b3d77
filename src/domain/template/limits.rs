//! What the engine's fuel does not see, refused by a look at the tokens before anything is compiled.

use minijinja::{
    machinery::{Token, tokenize},
    syntax::SyntaxConfig,
};

use super::FUEL;

/// Bytes that [`FUEL`] pays for.
const MEMORY_MAX_BYTES: u64 = FUEL * 64;

/// What is said of a template over its budget.
pub(super) const OVER_BUDGET: &str = "the template takes too many steps or too much memory";
/// Tokens of a tag, and `elif`s of a template. The engine keeps each operator, filter and `elif` of a chain inside the one
/// before, and walks down them by recursion, which it bounds for brackets and blocks only.
const CHAIN_MAX: usize = 500;
/// What is said of a longer chain.
const TOO_LONG: &str = "a tag has too many parts, or the template too many elif";
/// What is said of a list, tuple, dictionary or slice in a template.
const MAKES_LISTS: &str = "a template makes no lists; they come with the variables";

/// A fault in the use of the language: its line, and one phrase.
pub(super) type Refusal = (usize, &'static str);

/// An open bracket.
#[derive(PartialEq)]
enum Open {
    /// Of a call's arguments, where commas are.
    Call,
    /// Of a group.
    Group,
    /// Of an index.
    Index,
}

/// Finds what may not be used.
///
/// Lists made by templates: joined and nested they grow exponentially, uncounted. And constants that the compiler
/// computes, where no fuel is counted either: `'x' * 99999999` takes 100 MB, a page of them everything there is. And
/// chains that would use up the stack.
pub(super) fn refusal(source: &str) -> Option<Refusal> {
    let mut guard = Guard::default();
    for item in tokenize(source, false, SyntaxConfig::default()) {
        // The compiler meets the same error and names it better.
        let Ok((token, span)) = item else { return None };
        if let Some(why) = guard.take(&token) {
            return Some((usize::from(span.start_line), why));
        }
    }
    None
}

#[derive(Default)]
struct Guard {
    open: Vec<Open>,
    /// Whether the token before ends an operand, so that a bracket after it is a call's or an index's.
    after_operand: bool,
    /// Whether the tag is a loop's and its `in` is still to come: its commas separate names.
    names_targets: bool,
    is_first: bool,
    constants: Constants,
    /// Tokens of this tag so far.
    tokens: usize,
    /// `elif`s of the template so far.
    elifs: usize,
}

impl Guard {
    fn take(&mut self, token: &Token<'_>) -> Option<&'static str> {
        self.tokens += 1;
        if self.tokens > CHAIN_MAX || self.elifs > CHAIN_MAX {
            return Some(TOO_LONG);
        }
        let was_first = std::mem::take(&mut self.is_first);
        let after_operand = std::mem::replace(
            &mut self.after_operand,
            match token {
                Token::Ident(word) => !is_keyword(word),
                Token::Str(_) | Token::String(_) | Token::BracketClose | Token::ParenClose => true,
                _ => false,
            },
        );
        match token {
            Token::VariableStart | Token::BlockStart => {
                self.open.clear();
                self.is_first = true;
                self.names_targets = false;
                self.tokens = 0;
            }
            Token::Ident("elif") if was_first => self.elifs += 1,
            Token::Ident("for") if was_first => self.names_targets = true,
            Token::Ident("in") => self.names_targets = false,
            Token::ParenOpen if after_operand => self.open.push(Open::Call),
            Token::ParenOpen => self.open.push(Open::Group),
            Token::BracketOpen if after_operand => self.open.push(Open::Index),
            Token::BracketOpen | Token::BraceOpen => return Some(MAKES_LISTS),
            Token::Colon if self.open.last() == Some(&Open::Index) => return Some(MAKES_LISTS),
            Token::Comma if !self.names_targets && self.open.last() != Some(&Open::Call) => return Some(MAKES_LISTS),
            Token::ParenClose | Token::BracketClose => {
                self.open.pop();
            }
            _ => {}
        }
        self.constants.take(token).then_some(OVER_BUDGET)
    }
}

/// Words after which an operand begins.
fn is_keyword(word: &str) -> bool {
    matches!(word, "in" | "not" | "and" | "or" | "if" | "elif" | "else" | "is" | "for" | "set" | "recursive")
}

/// How long constants can become: at most the product of a tag's numbers times the text it spells out.
#[derive(Default)]
struct Constants {
    total: u64,
    multiplies: bool,
    product: u64,
    text: u64,
}

impl Constants {
    /// Takes a token; whether the template is now over the budget.
    fn take(&mut self, token: &Token<'_>) -> bool {
        match token {
            Token::VariableStart | Token::BlockStart => (self.multiplies, self.product, self.text) = (false, 1, 0),
            Token::Mul => self.multiplies = true,
            Token::Pow | Token::Int128(_) => self.product = u64::MAX,
            Token::Int(number) => self.product = self.product.saturating_mul((*number).max(2)),
            Token::Str(text) => self.text += text.len() as u64,
            Token::String(text) => self.text += text.len() as u64,
            Token::VariableEnd | Token::BlockEnd if self.multiplies => {
                self.total = self.total.saturating_add(self.product.saturating_mul(self.text));
            }
            _ => {}
        }
        self.total > MEMORY_MAX_BYTES
    }
}

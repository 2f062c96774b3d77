//! Unsubscribe links: unforgeable, each for one subscription, good without a login.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{AccountId, Address, ContentTypeName, Keys, equal_in_constant_time};

/// Longest token that is looked at.
const TOKEN_MAX: usize = 4096;
/// Bytes of the tag that a token carries: 128 bits are out of reach of guessing and keep header lines short.
const TAG: usize = 16;

/// The subscription a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsubscribeLink {
    /// The owner of the newsletter.
    pub account: AccountId,
    /// The subscriber, [`Address::key`].
    pub recipient: String,
    /// The newsletter.
    pub content_type: ContentTypeName,
}

impl Keys {
    /// The token of a subscription's link: base64url of the three names, a dot, base64url of their tag.
    #[must_use]
    pub fn unsubscribe_token(
        &self,
        account: &AccountId,
        recipient: &Address,
        content_type: &ContentTypeName,
    ) -> String {
        // No name holds a control character, so the separator cannot be forged.
        let payload = format!("{account}\0{}\0{content_type}", recipient.key());
        let tag = self.link_tag(payload.as_bytes());
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&payload), URL_SAFE_NO_PAD.encode(&tag[..TAG]))
    }

    /// What a token stands for; `None` unless it was made with these keys.
    #[must_use]
    pub fn open_unsubscribe_token(&self, token: &str) -> Option<UnsubscribeLink> {
        if token.len() > TOKEN_MAX {
            return None;
        }
        let (payload, tag) = token.split_once('.')?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !equal_in_constant_time(&self.link_tag(&payload)[..TAG], &tag) {
            return None;
        }
        let payload = String::from_utf8(payload).ok()?;
        let mut names = payload.split('\0');
        let (account, recipient, content_type) = (names.next()?, names.next()?, names.next()?);
        Some(UnsubscribeLink {
            account: AccountId::trusted(account.to_owned()),
            recipient: recipient.to_owned(),
            content_type: ContentTypeName::trusted(content_type.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Secret;

    fn keys(text: &str) -> Keys {
        Secret::parse(&text.repeat(32)).unwrap().keys()
    }

    #[test]
    fn a_token_opens_with_its_own_keys_only_and_in_no_changed_form() {
        let account = AccountId::parse("me@example.com").unwrap();
        let recipient = Address::parse("You@example.com").unwrap();
        let content_type = ContentTypeName::parse("weekly news").unwrap();
        let token = keys("a").unsubscribe_token(&account, &recipient, &content_type);

        let link = keys("a").open_unsubscribe_token(&token).unwrap();
        assert_eq!(link, UnsubscribeLink { account, recipient: "you@example.com".to_owned(), content_type });
        assert_eq!(keys("b").open_unsubscribe_token(&token), None);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(keys("a").open_unsubscribe_token(std::str::from_utf8(&changed).unwrap()), None, "byte {at}");
        }
    }
}

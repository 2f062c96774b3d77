//! API keys: minted, checked, remembered for a moment.
//!
//! A key is a JWT, HS256 and nothing else, signed with a key derived from the installation's secret. A checked signature
//! is only half of it: the store says whether the key's `jti` is still the account's ([`Sessions`] remembers that
//! for half a second).

mod sessions;

use std::{fmt, time::Duration};

use aws_lc_rs::rand;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

pub use sessions::{Epoch, Known, Sessions};

use crate::domain::{AccountId, Keys, Secret, Timestamp, equal_in_constant_time, sha256_hex};

/// What a key says once its signature is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whose key it is.
    pub account: AccountId,
    /// The key's own id; the store knows the one that is valid.
    pub jti: String,
    /// When the key ends, if it does.
    pub ends_at: Option<Timestamp>,
}

impl Claims {
    /// Whether the key has ended.
    #[must_use]
    pub fn are_over(&self, now: Timestamp) -> bool {
        self.ends_at.is_some_and(|end| end <= now)
    }
}

/// A fresh key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minted {
    /// The JWT: secret, shown once.
    pub token: String,
    /// Its id, for the store.
    pub jti: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    sub: String,
    jti: String,
    /// Seconds since 1970.
    iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

/// The keys of the current secret, and of the one before while it is still accepted.
pub struct Keyring {
    current: Ring,
    previous: Option<Ring>,
    validation: Validation,
}

/// One secret's keys, ready to sign and to check.
struct Ring {
    keys: Keys,
    signer: EncodingKey,
    checker: DecodingKey,
}

impl Ring {
    fn new(secret: &Secret) -> Self {
        let keys = secret.keys();
        let signer = EncodingKey::from_secret(&keys.api_keys);
        let checker = DecodingKey::from_secret(&keys.api_keys);
        Self { keys, signer, checker }
    }
}

impl Keyring {
    /// A keyring that signs with `current` and also accepts what `previous` signed.
    #[must_use]
    pub fn new(current: &Secret, previous: Option<&Secret>) -> Self {
        // Pinned: whatever algorithm a token names, only HS256 is tried. `exp` is checked by the store's clock.
        let mut validation = Validation::new(Algorithm::HS256);
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.validate_aud = false;
        Self { current: Ring::new(current), previous: previous.map(Ring::new), validation }
    }

    /// The keys derived from the current secret.
    #[must_use]
    pub const fn current(&self) -> &Keys {
        &self.current.keys
    }

    /// The keys of every accepted secret, the current one first.
    pub fn accepted(&self) -> impl Iterator<Item = &Keys> {
        self.rings().map(|ring| &ring.keys)
    }

    fn rings(&self) -> impl Iterator<Item = &Ring> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// Makes a new key for `account`; it ends after `ttl`, if there is one.
    ///
    /// # Panics
    /// When the system has no randomness, which leaves nothing safe to do.
    #[must_use]
    pub fn mint(&self, account: &AccountId, now: Timestamp, ttl: Option<Duration>) -> Minted {
        let jti = random_id();
        let body = Body {
            sub: account.as_str().to_owned(),
            jti: jti.clone(),
            iat: now.millis() / 1000,
            // Rounded up: a key lasts as long as was promised.
            exp: ttl.map(|ttl| (now.plus(ttl).millis() + 999) / 1000),
        };
        let header = Header { kid: Some(self.current.keys.kid.clone()), ..Header::new(Algorithm::HS256) };
        let token = jsonwebtoken::encode(&header, &body, &self.current.signer).expect("texts and numbers sign");
        Minted { token, jti }
    }

    /// Checks a key's signature; `None` for anything we did not sign.
    ///
    /// The store still has to say whether the `jti` is valid, and what time it is: [`Claims::are_over`].
    #[must_use]
    pub fn check(&self, token: &str) -> Option<Claims> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let ring = self.rings().find(|ring| ring.keys.kid == kid)?;
        let body = jsonwebtoken::decode::<Body>(token, &ring.checker, &self.validation).ok()?.claims;
        let ends_at = body.exp.map(|exp| Timestamp::from_millis(exp.saturating_mul(1000)));
        Some(Claims { account: AccountId::trusted(body.sub), jti: body.jti, ends_at })
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let previous = self.previous.as_ref().map(|ring| ring.keys.kid.as_str());
        f.debug_struct("Keyring")
            .field("current", &self.current.keys.kid)
            .field("previous", &previous)
            .finish_non_exhaustive()
    }
}

/// The key in an `Authorization` header: as it is, or after `Bearer` in any case. `None` when nothing is left.
#[must_use]
pub fn key_of(header: &str) -> Option<&str> {
    let header = header.trim();
    let key = match header.split_once(char::is_whitespace) {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key.trim(),
        _ => header,
    };
    (!key.is_empty() && !key.eq_ignore_ascii_case("bearer")).then_some(key)
}

/// Compares two secrets; the time it takes reveals neither their content nor their length.
#[must_use]
pub fn is_same_secret(presented: &str, right: &str) -> bool {
    let digest = |text: &str| sha256_hex(&[text.as_bytes()]);
    equal_in_constant_time(digest(presented).as_bytes(), digest(right).as_bytes())
}

/// A random UUID, version 4.
///
/// # Panics
/// When the system has no randomness, which leaves nothing safe to do.
#[must_use]
pub fn random_id() -> String {
    let mut bytes = [0_u8; 16];
    rand::fill(&mut bytes).expect("the system gives random bytes");
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn secret(letter: &str) -> Secret {
        Secret::parse(&letter.repeat(32)).unwrap()
    }

    fn account() -> AccountId {
        AccountId::parse("me@example.com").unwrap()
    }

    const NOW: Timestamp = Timestamp::from_millis(1_764_000_000_000);

    #[test]
    fn a_minted_key_says_whose_it_is_and_names_its_secret() {
        let ring = Keyring::new(&secret("a"), None);

        let minted = ring.mint(&account(), NOW, None);

        let claims = ring.check(&minted.token).unwrap();
        assert!(!claims.are_over(NOW.plus(Duration::from_hours(24 * 3650))));
        assert_eq!(claims, Claims { account: account(), jti: minted.jti, ends_at: None });
        let header = jsonwebtoken::decode_header(&minted.token).unwrap();
        assert_eq!(header.kid, Some(secret("a").keys().kid));
    }

    #[test]
    fn a_key_ends_with_its_ttl() {
        let ring = Keyring::new(&secret("a"), None);
        let minted = ring.mint(&account(), NOW, Some(Duration::from_mins(1)));

        let claims = ring.check(&minted.token).unwrap();
        assert!(!claims.are_over(NOW.plus(Duration::from_secs(59))));
        assert!(claims.are_over(NOW.plus(Duration::from_mins(1))));
        let late_in_a_second = Timestamp::from_millis(NOW.millis() + 700);
        let minted = ring.mint(&account(), late_in_a_second, Some(Duration::from_secs(3)));
        let claims = ring.check(&minted.token).unwrap();
        assert!(!claims.are_over(late_in_a_second.plus(Duration::from_millis(2999))));
    }

    #[test]
    fn a_changed_secret_ends_all_keys_unless_it_is_given_as_the_previous_one() {
        let old = Keyring::new(&secret("a"), None).mint(&account(), NOW, None).token;

        assert!(Keyring::new(&secret("b"), None).check(&old).is_none());
        assert!(Keyring::new(&secret("b"), Some(&secret("a"))).check(&old).is_some());
    }

    #[test]
    fn nothing_but_hs256_with_our_kid_is_taken() {
        let ring = Keyring::new(&secret("a"), None);
        let keys = secret("a").keys();
        let body = Body { sub: "me@example.com".to_owned(), jti: "j".to_owned(), iat: 0, exp: None };
        let signer = EncodingKey::from_secret(&keys.api_keys);
        let sign = |algorithm, kid: Option<&str>| {
            let header = Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) };
            jsonwebtoken::encode(&header, &body, &signer).unwrap()
        };
        assert!(ring.check(&sign(Algorithm::HS256, Some(&keys.kid))).is_some());

        let none = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"none","kid":"{}"}}"#, keys.kid));
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&body).unwrap());
        for bad in [
            sign(Algorithm::HS384, Some(&keys.kid)),
            sign(Algorithm::HS512, Some(&keys.kid)),
            sign(Algorithm::HS256, None),
            sign(Algorithm::HS256, Some("other")),
            format!("{none}.{claims}."),
            format!("{none}.{claims}"),
        ] {
            assert!(ring.check(&bad).is_none(), "{bad} was taken");
        }
    }

    #[test]
    fn a_key_is_read_with_or_without_bearer() {
        for header in ["abc", "Bearer abc", "bearer  abc", " BEARER abc "] {
            assert_eq!(key_of(header), Some("abc"), "{header:?}");
        }
        for header in ["", " ", "Bearer", "bearer "] {
            assert_eq!(key_of(header), None, "{header:?}");
        }
    }

    #[test]
    fn only_the_same_secret_is_the_same() {
        assert!(is_same_secret("abc", "abc"));
        assert!(!is_same_secret("abc", "abd"));
        assert!(!is_same_secret("", "abc"));
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_no_key(text in any::<String>()) {
            prop_assert!(Keyring::new(&secret("a"), None).check(&text).is_none());
            let _ = key_of(&text);
        }

        #[test]
        fn a_changed_character_breaks_a_key(place in 0_usize..200, letter in "[A-Za-z0-9]") {
            let ring = Keyring::new(&secret("a"), None);
            let mut token = ring.mint(&account(), NOW, None).token;
            let place = place % token.len();
            let same = token[place..=place] == letter;
            // The last character of a base64 text can have spare bits.
            prop_assume!(!same && place + 1 < token.len() && &token[place..=place] != ".");
            token.replace_range(place..=place, &letter);
            prop_assert!(ring.check(&token).is_none());
        }
    }
}

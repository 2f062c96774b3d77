//! PEM files that settings name: keys that sign mails, and certificates.
//!
//! The check of the settings and those who use the files read them here, so that what passes the one works for the
//! other. Text around the blocks, such as the `Bag Attributes` of an export from PKCS#12, is passed over (RFC 7468 §2).

use std::{fmt, path::Path};

use aws_lc_rs::signature::{Ed25519KeyPair, RsaKeyPair};
use rustls::{
    RootCertStore,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{Error, PemObject as _},
    },
};

/// A private key that signs mails.
pub enum SigningKey {
    /// RSA of 2048 to 8192 bits.
    Rsa(Box<RsaKeyPair>),
    /// Ed25519.
    Ed25519(Box<Ed25519KeyPair>),
}

impl SigningKey {
    /// Reads the first private key of a PEM file: RSA (PKCS#8 or PKCS#1) or Ed25519 (PKCS#8).
    ///
    /// # Errors
    /// What is wrong with the file, in words that follow its name.
    pub fn read(path: &Path) -> Result<Self, String> {
        const NEEDED: &str = "DKIM needs RSA of at least 2048 bits, or Ed25519";
        let pem = std::fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
        let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
            if String::from_utf8_lossy(&pem).contains("ENCRYPTED") {
                "is encrypted: `openssl pkey -in FILE` writes the key without passphrase".to_owned()
            } else {
                "is no PEM file with a private key".to_owned()
            }
        })?;
        let rsa = match &key {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
            PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
            _ => return Err(format!("holds an EC key; {NEEDED}")),
        };
        let rejected = match rsa {
            Ok(rsa) => return Ok(Self::Rsa(Box::new(rsa))),
            Err(rejected) => rejected,
        };
        if let Ok(ed25519) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(key.secret_der()) {
            return Ok(Self::Ed25519(Box::new(ed25519)));
        }
        let found = match rejected.description_() {
            "TooSmall" => "an RSA key of less than 2048 bits",
            "TooLarge" => "an RSA key of more than 8192 bits",
            _ if is_elliptic(key.secret_der()) => "an EC key",
            _ => "a key that cannot be used",
        };
        Err(format!("holds {found}; {NEEDED}"))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rsa(_) => "SigningKey::Rsa",
            Self::Ed25519(_) => "SigningKey::Ed25519",
        })
    }
}

/// Whether a PKCS#8 key says that it is one of ECDSA: `id-ecPublicKey`, RFC 5480 §2.1.1.
fn is_elliptic(der: &[u8]) -> bool {
    const EC_PUBLIC_KEY: [u8; 7] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    der.windows(EC_PUBLIC_KEY.len()).any(|part| part == EC_PUBLIC_KEY)
}

/// Reads the certificates of a PEM file: at least one, and each fit to be trusted.
///
/// # Errors
/// What is wrong with the file, in words that follow its name.
pub fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let wrong = |error: &Error| match error {
        Error::Io(error) => format!("cannot be read: {error}"),
        _ => "is no PEM file with certificates".to_owned(),
    };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?;
    let found: Vec<_> = found.collect::<Result<_, _>>().map_err(|error| wrong(&error))?;
    for (place, certificate) in (1..).zip(&found) {
        if RootCertStore::empty().add(certificate.clone()).is_err() {
            return Err(format!("holds something else as certificate {place} of {}", found.len()));
        }
    }
    if found.is_empty() { Err("holds no certificate in PEM form".to_owned()) } else { Ok(found) }
}

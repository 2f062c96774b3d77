//! Who we trust: the web's roots, and one more file where asked for.

use std::{path::Path, sync::Arc};

use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};

use super::connect::ConnectorError;
use crate::config::certificates;

/// A TLS client that verifies certificates against the web's roots and those in the PEM file `ca`.
///
/// The provider is named here and not taken from the process, where another crate may have set a different one or none.
///
/// # Errors
/// [`ConnectorError::Ca`] when `ca` cannot be read or holds no certificate.
pub(super) fn client(ca: Option<&Path>) -> Result<Arc<ClientConfig>, ConnectorError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let named = match ca {
        Some(path) => add(&mut roots, path).map_err(|problem| ConnectorError::Ca { path: path.to_owned(), problem })?,
        None => Vec::new(),
    };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .build()
        .expect("the bundled root store is not empty");
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("aws-lc-rs supports TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { webpki, named }))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found = certificates(path)?;
    for certificate in &found {
        roots.add(certificate.clone()).map_err(|error| error.to_string())?;
    }
    Ok(found)
}

/// Verifies as the web does, and also takes a relay that shows one of the `named` certificates itself.
///
/// `openssl req -x509` makes a self-signed certificate that calls itself an authority. As a relay's own certificate it
/// is refused by webpki, though the operator has named this very one. Its name and dates are checked all the same.
#[derive(Debug)]
struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.webpki.verify_server_cert(shown, between, name, ocsp, now) {
            // webpki looks at the dates before it comes to this.
            Err(error) if is_authority(&error) => {
                if !self.named.contains(shown) {
                    return Err(Error::InvalidCertificate(CertificateError::UnknownIssuer));
                }
                verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls12_signature(message, shown, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki.verify_tls13_signature(message, shown, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// Whether the only fault is that an authority's certificate was shown as a relay's own.
fn is_authority(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(other)) = error else { return false };
    matches!(other.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};

    use super::*;

    /// What `openssl req -x509` makes: self-signed, and an authority.
    fn self_signed() -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec!["mx.example.com".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn verdict(named: &CertificateDer<'static>, shown: &CertificateDer<'_>, name: &str, at: u64) -> Result<(), String> {
        let mut roots = RootCertStore::empty();
        roots.add(named.clone()).unwrap();
        let webpki =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::new(aws_lc_rs::default_provider()))
                .build()
                .unwrap();
        let verifier = Verifier { webpki, named: vec![named.clone()] };
        let (name, at) = (ServerName::try_from(name).unwrap(), UnixTime::since_unix_epoch(Duration::from_secs(at)));
        verifier.verify_server_cert(shown, &[], &name, &[], at).map(|_| ()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_self_signed_certificate_is_taken_when_it_is_the_one_named() {
        let (named, another) = (self_signed(), self_signed());
        let in_2026 = 1_790_000_000;

        assert_eq!(verdict(&named, &named, "mx.example.com", in_2026), Ok(()));
        let why = |shown, name, at| verdict(&named, shown, name, at).unwrap_err();
        assert!(why(&another, "mx.example.com", in_2026).contains("UnknownIssuer"));
        assert!(why(&named, "evil.example.com", in_2026).contains("not valid for name"));
        assert!(why(&named, "mx.example.com", 100).contains("not valid yet"));
    }
}

//! Who we trust: the web's roots, and one more file where asked for.

use std::{path::Path, sync::Arc};

use tokio_rustls::rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject},
};

use super::connect::ConnectorError;

/// A TLS client that verifies certificates against the web's roots and those in the PEM file `ca`.
///
/// The provider is named here and not taken from the process, where another crate may have set a different one or none.
///
/// # Errors
/// [`ConnectorError::Ca`] when `ca` cannot be read or holds no certificate.
pub(super) fn client(ca: Option<&Path>) -> Result<Arc<ClientConfig>, ConnectorError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca {
        add(&mut roots, path).map_err(|problem| ConnectorError::Ca { path: path.to_owned(), problem })?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("aws-lc-rs supports TLS 1.2 and 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let mut found = 0;
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
        roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
        found += 1;
    }
    if found == 0 { Err("holds no certificate in PEM form".to_owned()) } else { Ok(()) }
}

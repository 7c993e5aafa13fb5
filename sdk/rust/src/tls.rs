//! Whom to trust.

use std::fs;
use std::sync::{Arc, Once};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::builder::variable;
use crate::error::{HttpErrorKind, NetStacksError, Result};

const CA_VARIABLE: &str = "NETSTACKS_CA_CERT";
const VERIFY_VARIABLE: &str = "NETSTACKS_TLS_VERIFY";

/// What to do about a certificate that is not trusted.
pub(crate) const ADVICE: &str = "set NETSTACKS_CA_CERT to the PEM file of the authority \
    that signed its certificate, or NETSTACKS_TLS_VERIFY=false to connect without a check";

/// TLS as the environment says.
pub(crate) fn config() -> Result<ClientConfig> {
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let verify = variable(VERIFY_VARIABLE).to_lowercase();
    let trust = if ["false", "0", "no", "off"].contains(&verify.as_str()) {
        warn_unchecked();
        Trust::Anyone
    } else {
        trusted(&provider)?
    };
    let config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&format!("there is no TLS to be had: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Check { trust, provider }))
        .with_no_client_auth();
    Ok(config)
}

/// Says once for each process that certificates are not checked.
fn warn_unchecked() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        eprintln!(
            "netstacks: {VERIFY_VARIABLE} is off: the Controller's certificate is not checked"
        );
    });
}

fn unusable(text: &str) -> NetStacksError {
    NetStacksError::http(HttpErrorKind::Tls, text)
}

/// The system's roots, and the certificates that the environment names.
fn trusted(provider: &Arc<CryptoProvider>) -> Result<Trust> {
    let given = authorities(&variable(CA_VARIABLE))?;
    match Verifier::new_with_extra_roots(given.clone(), provider.clone()) {
        Ok(roots) => Ok(Trust::Roots { roots, given }),
        // Small images have no roots, and the Controller may need none.
        Err(_) if given.is_empty() => Ok(Trust::Nobody),
        Err(error) => Err(unusable(&format!(
            "{CA_VARIABLE} holds a certificate that cannot be used: {error}"
        ))),
    }
}

/// The certificates of a PEM file, or of its text.
fn authorities(named: &str) -> Result<Vec<CertificateDer<'static>>> {
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let pem = if named.starts_with("-----BEGIN") {
        named.as_bytes().to_vec()
    } else {
        fs::read(named).map_err(|error| {
            unusable(&format!(
                "the file of {CA_VARIABLE} cannot be read: {error}"
            ))
        })?
    };
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| unusable(&format!("{CA_VARIABLE} names no PEM file: {error}")))?;
    if certificates.is_empty() {
        let text = format!("{CA_VARIABLE} names no PEM file: there is no certificate in it");
        return Err(unusable(&text));
    }
    Ok(certificates)
}

#[derive(Debug)]
enum Trust {
    Anyone,
    Nobody,
    Roots {
        roots: Verifier,
        given: Vec<CertificateDer<'static>>,
    },
}

/// Checks certificates.
#[derive(Debug)]
struct Check {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, Error> {
        let (roots, given) = match &self.trust {
            Trust::Anyone => return Ok(ServerCertVerified::assertion()),
            Trust::Nobody => return Err(CertificateError::UnknownIssuer.into()),
            Trust::Roots { roots, given } => (roots, given),
        };
        let checked =
            roots.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match checked {
            Err(error) if is_authority(&error) && given.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// Whether a certificate was refused for the sole reason that it is an authority's.
/// `openssl req -x509` makes such ones; where one is itself among those to trust, it is
/// as good as what it could sign. (Its dates have been checked by then.)
fn is_authority(error: &Error) -> bool {
    matches!(error, Error::InvalidCertificate(CertificateError::Other(_)))
        && error.to_string().contains("CaUsedAsEndEntity")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_trusted_without_roots() {
        let provider = Arc::new(ring::default_provider());
        let trust = Trust::Nobody;
        let check = Check { trust, provider };
        let name = ServerName::try_from("localhost").unwrap();
        let certificate = CertificateDer::from(vec![0]);
        let checked = check.verify_server_cert(&certificate, &[], &name, &[], UnixTime::now());
        assert_eq!(checked.unwrap_err(), CertificateError::UnknownIssuer.into());
    }
}

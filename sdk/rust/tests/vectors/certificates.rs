//! The certificates of stub servers.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{Datelike, Days, Utc};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::ring;

use crate::vector::Tls;

/// A server's side of TLS, and the variables that say whom its client trusts.
pub struct Arranged {
    pub server: Arc<ServerConfig>,
    pub variables: Vec<(&'static str, String)>,
    file: Option<PathBuf>,
}

impl Drop for Arranged {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            let _ = fs::remove_file(file);
        }
    }
}

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// TLS as a vector wants it.
pub fn arrange(tls: &Tls) -> Arranged {
    let signer = authority("Vectors");
    let (variables, file) = match tls.trust.as_str() {
        "none" => (vec![], None),
        "ca-file" => ca_file(&signer.pem()),
        "other-ca-file" => ca_file(&authority("Others").pem()),
        "missing-file" => (
            vec![("NETSTACKS_CA_CERT", "/nowhere/ca.pem".to_owned())],
            None,
        ),
        "not-a-certificate" => ca_file("This is no certificate.\n"),
        "verify-off" => (verify("false"), None),
        "verify-true" => (verify("true"), None),
        "verify-unknown" => (verify("maybe"), None),
        other => panic!("trust: {other}"),
    };
    let server = server(&tls.server, &signer);
    Arranged {
        server,
        variables,
        file,
    }
}

fn verify(value: &str) -> Vec<(&'static str, String)> {
    vec![("NETSTACKS_TLS_VERIFY", value.to_owned())]
}

fn ca_file(text: &str) -> (Vec<(&'static str, String)>, Option<PathBuf>) {
    static FILES: AtomicUsize = AtomicUsize::new(0);
    let n = FILES.fetch_add(1, Ordering::Relaxed);
    let name = format!("ca-{}-{n}.pem", std::process::id());
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).unwrap();
    let named = file.to_str().unwrap().to_owned();
    (vec![("NETSTACKS_CA_CERT", named)], Some(file))
}

/// A server whose certificate is an authority's own, and a client that is told to trust
/// it: what `openssl req -x509` makes.
pub fn authority_itself(kind: &str) -> Arranged {
    let mut params = params(kind);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let (variables, file) = ca_file(&certificate.pem());
    Arranged {
        server: config(&certificate, key),
        variables,
        file,
    }
}

fn server(kind: &str, signer: &Authority) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = params(kind).signed_by(&key, signer).unwrap();
    config(&certificate, key)
}

fn params(kind: &str) -> CertificateParams {
    let names = if kind == "wrong-host" {
        vec!["other.example".to_owned()]
    } else {
        vec!["localhost".to_owned(), "127.0.0.1".to_owned()]
    };
    let mut params = CertificateParams::new(names).unwrap();
    if kind == "expired" {
        let yesterday = Utc::now().checked_sub_days(Days::new(1)).unwrap();
        let month = u8::try_from(yesterday.month()).unwrap();
        let day = u8::try_from(yesterday.day()).unwrap();
        params.not_after = date_time_ymd(yesterday.year(), month, day);
    }
    params
}

fn config(certificate: &Certificate, key: KeyPair) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    Arc::new(config)
}

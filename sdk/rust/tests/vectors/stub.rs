//! A server that answers as an exchange says. It writes to the sockets itself, because
//! no server breaks off on demand.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, SystemTime};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;

use crate::compare::difference;
use crate::vector::{Request, Response, Step, expanded};

/// The server. Its threads end with the connections of its client.
pub struct Stub {
    pub url: String,
    steps: Vec<Step>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    requests: usize,
    complaints: Vec<String>,
}

/// A request as it came.
struct Got {
    method: String,
    target: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

trait Connection: Read + Write {}
impl<C: Read + Write> Connection for C {}

impl Stub {
    pub fn serving(steps: &[Step], tls: Option<Arc<ServerConfig>>) -> Arc<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let stub = Arc::new(Self {
            url: format!("{scheme}://{}", listener.local_addr().unwrap()),
            steps: steps.to_vec(),
            seen: Mutex::default(),
        });
        let server = stub.clone();
        thread::spawn(move || {
            for tcp in listener.incoming() {
                let (server, tls, tcp) = (server.clone(), tls.clone(), tcp.unwrap());
                thread::spawn(move || server.connected(tcp, tls));
            }
        });
        stub
    }

    /// What was wrong with the requests.
    pub fn complaints(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let mut complaints = seen.complaints.clone();
        let (got, want) = (seen.requests, self.steps.len());
        if got != want {
            complaints.push(format!("{got} requests were made, want {want}"));
        }
        complaints
    }

    /// A text with its placeholders filled in.
    pub fn filled(&self, text: &str) -> String {
        let text = text.replace("${STUB}", &self.url);
        let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
        text.replace("${HTTP_DATE+2}", &soon)
    }

    fn connected(&self, tcp: TcpStream, tls: Option<Arc<ServerConfig>>) {
        tcp.set_nodelay(true).unwrap();
        // What fails here is that the client has gone, or does not trust the certificate.
        let _ = match tls {
            Some(config) => {
                let connection = ServerConnection::new(config).unwrap();
                self.serve(&mut BufReader::new(StreamOwned::new(connection, tcp)))
            }
            None => self.serve(&mut BufReader::new(tcp)),
        };
    }

    fn serve<C: Connection>(&self, connection: &mut BufReader<C>) -> io::Result<()> {
        while let Some(got) = receive(connection)? {
            let Some(step) = self.step(&got) else {
                return Ok(());
            };
            if step.response.fault.as_deref() == Some("hang") {
                return connection.read_exact(&mut [0]); // until the client closes
            }
            if !self.answer(connection.get_mut(), &step.response)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What a request is answered with; it is compared with what should have come.
    fn step(&self, got: &Got) -> Option<&Step> {
        let mut seen = self.seen.lock().unwrap();
        let step = self.steps.get(seen.requests);
        seen.requests += 1;
        if let Some(step) = step {
            seen.complaints.extend(complaints(got, &step.request));
        }
        step
    }

    /// Whether the connection can take another request.
    fn answer(&self, to: &mut impl Write, response: &Response) -> io::Result<bool> {
        let fault = response.fault.as_deref();
        let Some(status) = response.status else {
            return Ok(false); // closed without a word
        };
        let delay = Duration::from_millis(response.delay_ms);
        let json = response.json.as_ref();
        let body = json.map_or(response.text.clone(), |json| expanded(json).to_string());
        let mut head = format!("HTTP/1.1 {status} Status\r\n");
        if json.is_some() {
            head += "content-type: application/json\r\n";
        }
        for (name, value) in &response.headers {
            write!(head, "{name}: {}\r\n", self.filled(value)).unwrap();
        }
        if status != 204 {
            let more = if fault == Some("close") { 100 } else { 0 };
            write!(head, "content-length: {}\r\n", body.len() + more).unwrap();
        }
        head += "\r\n";
        if fault == Some("slow") {
            to.write_all(head.as_bytes())?;
            to.flush()?;
            for piece in body.as_bytes().chunks(body.len().div_ceil(10)) {
                sleep(delay);
                to.write_all(piece)?;
                to.flush()?;
            }
        } else {
            sleep(delay);
            to.write_all(head.as_bytes())?;
            to.write_all(body.as_bytes())?;
            to.flush()?;
        }
        Ok(fault != Some("close"))
    }
}

/// The next request of a connection.
fn receive(from: &mut impl BufRead) -> io::Result<Option<Got>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length");
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    from.read_exact(&mut body)?;
    Ok(Some(Got {
        method,
        target,
        headers,
        body,
    }))
}

fn complaints(got: &Got, want: &Request) -> Vec<String> {
    let mut complaints = Vec::new();
    let (path, query) = got.target.split_once('?').unwrap_or((&got.target, ""));
    let line = format!("{} {path}", got.method);
    let wanted = format!("{} {}", want.method, want.path);
    if line != wanted {
        complaints.push(format!("the request is {line}, want {wanted}"));
    }
    let url = reqwest::Url::parse(&format!("http://stub/?{query}")).unwrap();
    let parameters: Vec<_> = url.query_pairs().into_owned().collect();
    let mut sorted = parameters.clone();
    sorted.sort();
    if !sorted
        .iter()
        .map(|(name, value)| (name, value))
        .eq(&want.query)
    {
        complaints.push(format!(
            "the query is {parameters:?}, want {:?}",
            want.query
        ));
    }
    for (name, wanted) in &want.headers {
        let value = got.headers.get(name);
        if value != Some(wanted) {
            complaints.push(format!("the header {name} is {value:?}, want {wanted:?}"));
        }
    }
    match &want.body {
        None if got.body.is_empty() => {}
        None => complaints.push("the request has a body".to_owned()),
        Some(wanted) => match serde_json::from_slice::<Value>(&got.body) {
            Ok(body) => complaints.extend(difference("body", &body, &expanded(wanted))),
            Err(error) => complaints.push(format!("the body is not JSON: {error}")),
        },
    }
    complaints
}

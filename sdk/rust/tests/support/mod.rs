//! A server that counts its connections and answers as a test says.

#![allow(dead_code, reason = "a test program uses what it needs")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What a request is answered with.
pub enum Reply {
    Json(u16, String),
    /// Nothing, until the client closes the connection.
    Silence,
    /// The connection is closed.
    Close,
}

pub struct Server {
    pub url: String,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    requests: AtomicUsize,
    opened: AtomicUsize,
    open: AtomicUsize,
    most: AtomicUsize,
    busy: AtomicUsize,
    busiest: AtomicUsize,
}

impl Server {
    /// A server whose reply depends on the number of the request, from 0, and its head.
    pub fn replying<R>(reply: R) -> Self
    where
        R: Fn(usize, &str) -> Reply + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let counts = Arc::new(Counts::default());
        let (reply, counted) = (Arc::new(reply), counts.clone());
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (reply, counts) = (reply.clone(), counted.clone());
                counts.opened.fetch_add(1, Ordering::SeqCst);
                let open = counts.open.fetch_add(1, Ordering::SeqCst) + 1;
                counts.most.fetch_max(open, Ordering::SeqCst);
                thread::spawn(move || {
                    // What fails here is that the client has gone.
                    let _ = serve(&connection.unwrap(), &counts, &*reply);
                    counts.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { url, counts }
    }

    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// All connections that there ever were.
    pub fn opened(&self) -> usize {
        self.counts.opened.load(Ordering::SeqCst)
    }

    pub fn open(&self) -> usize {
        self.counts.open.load(Ordering::SeqCst)
    }

    /// The most connections that were open at the same time.
    pub fn most(&self) -> usize {
        self.counts.most.load(Ordering::SeqCst)
    }

    /// The most requests that were under way at the same time.
    pub fn busiest(&self) -> usize {
        self.counts.busiest.load(Ordering::SeqCst)
    }
}

fn serve(
    connection: &TcpStream,
    counts: &Counts,
    reply: &dyn Fn(usize, &str) -> Reply,
) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let (mut from, mut to) = (BufReader::new(connection), connection);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if from.read_line(&mut head)? == 0 {
                return Ok(());
            }
        }
        let n = counts.requests.fetch_add(1, Ordering::SeqCst);
        let busy = counts.busy.fetch_add(1, Ordering::SeqCst) + 1;
        counts.busiest.fetch_max(busy, Ordering::SeqCst);
        let reply = reply(n, &head);
        if matches!(reply, Reply::Json(..)) {
            thread::yield_now(); // so that others may come meanwhile
        }
        counts.busy.fetch_sub(1, Ordering::SeqCst);
        match reply {
            Reply::Silence => return from.read_exact(&mut [0]),
            Reply::Close => return Ok(()),
            Reply::Json(status, body) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status} Status\r\nretry-after: 0\r\ncontent-length: {length}\r\n\r\n"
                );
                to.write_all(format!("{head}{body}").as_bytes())?;
            }
        }
    }
}

/// Waits until something can be observed.
pub async fn eventually(what: &str, is: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is() {
        assert!(Instant::now() < deadline, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

//! `loopback [MILLISECONDS]`: a server on loopback that responds as all vendors do, after this time. It prints its address,
//! and ends when its standard input does.

use std::io::Read;
use std::time::Duration;

use review_invites_benches::vendor::Vendor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let delay = std::env::args().nth(1).map_or(0, |delay| delay.parse().expect("a number of milliseconds"));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    std::thread::spawn(|| {
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(serve(stream, Duration::from_millis(delay)));
    }
}

/// Reads requests with a `Content-Length` one after the other, and responds to each.
async fn serve(mut stream: TcpStream, delay: Duration) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let Some((path, end)) = head(&buffer) else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        while buffer.len() < end {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        buffer.drain(..end);
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let response = Vendor::response(&path);
        let (status, body) = (response.status, response.body);
        let response = format!(
            "HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(response.as_bytes()).await?;
    }
}

/// Returns the path of the request, and where it ends, if its head is complete.
fn head(buffer: &[u8]) -> Option<(String, usize)> {
    let length = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&buffer[..length]).to_ascii_lowercase();
    let path = text.split(' ').nth(1)?.to_owned();
    let body = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().expect("a number of bytes"));
    Some((path, length + 4 + body))
}

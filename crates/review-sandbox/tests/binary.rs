//! The program.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Command, Stdio};

#[test]
fn prints_the_environment_and_serves() {
    let mut program =
        Command::new(env!("CARGO_BIN_EXE_review-sandbox")).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(program.stdout.take().unwrap());
    let mut lines = Vec::new();
    for _ in 0..16 {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        lines.push(line);
    }
    assert!(lines.iter().all(|line| line.starts_with("export ") && line.ends_with("'\n")), "{lines:?}");
    let url = lines.iter().find_map(|line| line.strip_prefix("export ETRUSTED_API_URL='http://")).unwrap();
    let (address, path) = url.split_once('/').unwrap();
    assert_eq!(path, "etrusted/api'\n");
    assert!(TcpStream::connect(address).is_ok());

    program.kill().unwrap();
    program.wait().unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

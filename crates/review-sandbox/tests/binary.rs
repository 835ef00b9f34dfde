//! The program.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Command, Stdio};

#[test]
fn program_prints_the_environment_and_serves() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_review-sandbox"))
        .args(["--idle-timeout", "50"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(program.stdout.take().unwrap());
    let mut lines = Vec::new();
    for _ in 0..25 {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        lines.push(line);
    }
    assert!(lines.iter().all(|line| line.starts_with("export ") && line.ends_with("'\n")), "{lines:?}");
    let url = lines.iter().find_map(|line| line.strip_prefix("export ETRUSTED_API_URL='http://")).unwrap();
    let (address, path) = url.split_once('/').unwrap();
    assert_eq!(path, "etrusted/api'\n");
    let mut note = String::new();
    BufReader::new(program.stderr.take().unwrap()).read_line(&mut note).unwrap();
    assert_eq!(note, format!("see what customers would get: http://{address}/\n"));
    // Until it is idle for too long.
    assert_eq!(TcpStream::connect(address).unwrap().read(&mut [0; 1]).unwrap(), 0);

    program.kill().unwrap();
    program.wait().unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

//! Runs the targets in `fuzz/targets`. Needs cargo-fuzz and a C++ compiler. A stable toolchain is enough: the crates
//! forbid unsafe code, so failures are assertions, and no sanitizer is needed.

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::context::Context;

/// A change does not fail by chance: the inputs are the same in every run. New ones are found by `cargo xtask fuzz`.
pub(crate) fn check(context: &Context) -> Result<()> {
    run(&context.sh, 10, 1)
}

/// Runs each target for so many seconds. The seed 0 is a random one.
pub(crate) fn run(sh: &Shell, seconds: u32, seed: u32) -> Result<()> {
    cmd!(sh, "cargo fuzz build --sanitizer none").env_remove("CARGO_TARGET_DIR").run()?;
    for file in sh.read_dir("fuzz/targets")? {
        let target = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        // The fuzzer stores inputs in the first folder and starts from them next time; the seeds are written by hand.
        let (found, seeds) = (format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}"));
        sh.create_dir(&found)?;
        let output = cmd!(sh, "cargo fuzz run --sanitizer none {target} {found} {seeds} -- -timeout=10")
            .args([
                &format!("-max_total_time={seconds}"),
                &format!("-seed={seed}"),
                "-rss_limit_mb=1024",
                "-dict=fuzz/words.dict",
                "-print_final_stats=1",
            ])
            .env_remove("CARGO_TARGET_DIR")
            .ignore_status()
            .output()?;
        let printed = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let lines: Vec<_> = printed.lines().collect();
            let last = lines.len().saturating_sub(50);
            bail!("{target} failed:\n{}", lines.get(last..).unwrap_or_default().join("\n"));
        }
        let count = printed.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
        println!("{target}: {} inputs", count.unwrap_or_default().trim());
    }
    Ok(())
}

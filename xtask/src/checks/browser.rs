//! The sandbox's page in Chromium: `tests/browser`.

use anyhow::Result;
use xshell::cmd;

use crate::context::Context;
use crate::crates::target;
use crate::tools::is_installed;

/// Runs the tests with Debian's browser. The packages of npm that they need are installed below the target directory.
pub(crate) fn check(context: &Context) -> Result<()> {
    let sh = &context.sh;
    let browser = ["chromium", "chromium-browser", "google-chrome"];
    let Some(browser) = browser.into_iter().find(|name| is_installed(sh, name) && is_installed(sh, "npm"))
    else {
        context.skip("the sandbox's page in a browser: Chromium or npm is missing");
        return Ok(());
    };
    let browser = cmd!(sh, "which {browser}").quiet().read()?;
    cmd!(sh, "cargo build --quiet -p review-sandbox -p review-cli").run()?;
    let target = target(sh)?;
    let folder = sh.create_dir(target.join("browser"))?;
    for file in sh.read_dir("tests/browser")? {
        sh.copy_file(file, &folder)?;
    }
    let _folder = sh.push_dir(folder);
    if cmd!(sh, "npm install --silent --no-audit --no-fund").run().is_err() {
        context.skip("the sandbox's page in a browser: its packages of npm cannot be installed");
        return Ok(());
    }
    let tests = cmd!(sh, "node --test --test-reporter=spec inbox.test.mjs");
    let programs = target.join("debug");
    Ok(tests
        .env("CHROMIUM", browser)
        .env("SANDBOX_PROGRAM", programs.join("review-sandbox"))
        .env("COMMAND_PROGRAM", programs.join("review-invites"))
        .run()?)
}

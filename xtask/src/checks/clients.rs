//! Third-party clients against the sandbox: Trustpilot's official ones for Node and Python, unmodified, and curl through
//! the whole cycle of eTrusted. What they need is installed outside of the project.

use anyhow::Result;
use xshell::{Shell, cmd};

use crate::tools;

/// Runs them. The shell's environment is that of a running sandbox.
pub(crate) fn check(sh: &Shell) -> Result<()> {
    let installed =
        cmd!(sh, "python3 -c").arg("import venv, ensurepip").quiet().ignore_stderr().run().is_ok();
    if !installed || !tools::is_installed(sh, "npm") || !tools::is_installed(sh, "curl") {
        tools::apt_get(sh, &["curl", "nodejs", "npm", "python3", "python3-venv"])?;
    }
    let directory = sh.create_temp_dir()?;
    let clients = directory.path();
    cmd!(sh, "cp -r crates/review-sandbox/clients/. {clients}").run()?;
    {
        let _directory = sh.push_dir(clients.join("node"));
        cmd!(sh, "npm install --silent --no-audit --no-fund").run()?;
        cmd!(sh, "node walk.mjs").run()?;
    }
    let (python, packages) = (clients.join("venv/bin/python"), clients.join("python/requirements.txt"));
    cmd!(sh, "python3 -m venv").arg(clients.join("venv")).run()?;
    cmd!(sh, "{python} -m pip install --quiet --disable-pip-version-check -r {packages}").run()?;
    cmd!(sh, "{python}").arg(clients.join("python/walk.py")).run()?;
    Ok(cmd!(sh, "bash").arg(clients.join("curl/walk.sh")).run()?)
}

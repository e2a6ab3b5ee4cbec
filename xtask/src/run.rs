//! Running other programs and saying clearly what failed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the workspace").to_path_buf()
}

/// True in a continuous-integration run, where nothing may be skipped.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|v| v == "true" || v == "1")
}

/// A command in a folder of the checkout. On Windows `npm` and friends are scripts and need `cmd`.
pub fn command(program: &str, folder: impl AsRef<Path>) -> Command {
    let script = cfg!(windows) && matches!(program, "npm" | "npx");
    let mut command = if script {
        let mut c = Command::new("cmd");
        c.args(["/C", program]);
        c
    } else {
        Command::new(program)
    };
    command.current_dir(root().join(folder));
    // What cargo tells this program about its own package: build scripts that look at such variables (ring's) would run again,
    // and all that depends on them be compiled again, whenever a build by hand and one from here take turns.
    for (name, _) in std::env::vars_os() {
        let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_"];
        if name.to_str().is_some_and(|n| of_package.iter().any(|p| n.starts_with(p))) {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs with its output shown.
pub fn shown(command: &mut Command) -> Result<()> {
    let line = line(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs with its output shown and also returned (standard output and error together).
pub fn teed(command: &mut Command) -> Result<(bool, String)> {
    use std::io::{BufRead, BufReader, Write};
    let line = line(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start `{line}`"))?;
    let (out, err) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let copy = |reader: Box<dyn std::io::Read + Send>| {
        std::thread::spawn(move || {
            let mut all = String::new();
            for bytes in BufReader::new(reader).split(b'\n').map_while(Result::ok) {
                let text = String::from_utf8_lossy(&bytes);
                let _ = writeln!(std::io::stdout(), "{text}");
                all.push_str(&text);
                all.push('\n');
            }
            all
        })
    };
    let (out, err) = (copy(Box::new(out)), copy(Box::new(err)));
    let status = child.wait().with_context(|| format!("wait for `{line}`"))?;
    let text = out.join().unwrap_or_default() + &err.join().unwrap_or_default();
    Ok((status.success(), text))
}

/// Standard output of a quiet command.
pub fn captured(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// True when the program answers.
pub fn answers(program: &str, argument: &str) -> bool {
    command(program, ".").arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

fn line(command: &Command) -> String {
    let words = command.get_args().map(|a| a.to_string_lossy().into_owned());
    std::iter::once(command.get_program().to_string_lossy().into_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

//! A relay with a door.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::super::environment;
use super::super::portal::Portal;

pub(super) struct Relay {
    pub(super) port: u16,
    child: Child,
    _files: Vec<tempfile::TempPath>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn file(text: &str) -> tempfile::TempPath {
    let file = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    std::fs::write(&file, text).unwrap();
    file
}

impl Relay {
    /// Starts a relay with a door for a proxy's questions.
    pub(super) fn start(portal: &Portal, config: &Value, profile: &str) -> Self {
        Self::with(portal, &["--authorize-profile", profile], "--authorize", &config.to_string())
    }

    /// Starts a relay that answers AuthZEN's questions, asked with this token.
    pub(super) fn with_authzen(portal: &Portal, token: &str) -> Self {
        Self::with(portal, &[], "--authzen-token-file", token)
    }

    /// Starts a relay that serves the portal as of now, and waits for its first bundle.
    fn with(portal: &Portal, options: &[&str], file_option: &str, text: &str) -> Self {
        let files = vec![file(&portal.snapshot_as_of(xtask::now_millis())), file(text)];
        let mut child = Command::new(environment::program())
            .args(["relay", "--listen", "127.0.0.1:0"])
            .args(options)
            .arg("--snapshot")
            .arg(&*files[0])
            .arg(file_option)
            .arg(&*files[1])
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (mut port, mut published, mut said) = (None, false, Vec::new());
        while port.is_none() || !published {
            let line = lines.next().unwrap_or_else(|| panic!("the relay ended: {said:?}\n{text}")).unwrap();
            published |= line.starts_with("published ");
            port = port
                .or(line.strip_prefix("listening on http://127.0.0.1:").map(|port| port.parse().unwrap()));
            said.push(line);
        }
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { port: port.unwrap(), child, _files: files }
    }
}

//! Real plugin servers: that of `kong-pdk` as it is, and the plugin's own.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::environment;

/// Which program runs the plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `kong-js-pluginserver` of `kong-pdk`.
    Stock,
    /// `gatepass-kong-pluginserver`.
    Own,
}

/// A plugin server; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) socket: PathBuf,
    child: Child,
    said: Arc<Mutex<String>>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts a server with the plugin, and waits until it listens.
    pub(super) fn start(kind: Kind) -> Self {
        Self::start_with(kind, &environment::kong_plugin().join("plugins"))
    }

    /// Starts a server with another folder of plugins; the plugin's own server takes none.
    pub(super) fn start_with(kind: Kind, plugins: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("js.sock");
        let package = environment::kong_plugin();
        let mut command = Command::new("node");
        match kind {
            Kind::Stock => command
                .arg(package.join("node_modules/kong-pdk/bin/kong-js-pluginserver"))
                .arg("-d")
                .arg(plugins)
                .arg("-p")
                .arg(folder.path())
                .args(["--sock-name", "js.sock"]),
            Kind::Own => command
                .arg(package.join("bin/gatepass-kong-pluginserver.js"))
                .arg("--socket")
                .arg(&socket)
                .args(["--metrics", "127.0.0.1:0"]),
        };
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("node: {error}; install Node.js 20 or newer"));
        let said = Arc::new(Mutex::new(String::new()));
        listen_to(child.stdout.take().unwrap(), &said);
        listen_to(child.stderr.take().unwrap(), &said);
        let server = Self { socket, child, said, _folder: folder };
        for _ in 0..1000 {
            if std::os::unix::net::UnixStream::connect(&server.socket).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the plugin server does not listen:\n{}", server.said());
    }

    /// All that it has printed.
    pub(super) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Ends it as the kernel does when memory is short.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it where it is, without ending it.
    pub(super) fn freeze(&self) {
        let stopped = Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status().unwrap();
        assert!(stopped.success());
    }

    pub(super) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// A page of the metrics, as the sum over all configurations by name.
    pub(super) fn metrics(&self) -> std::collections::BTreeMap<String, i64> {
        let request = b"GET /metrics HTTP/1.1\r\nhost: metrics\r\nconnection: close\r\n\r\n";
        let said = self.said();
        let port = said.lines().find_map(|line| line.strip_prefix("metrics are served on port ")).unwrap();
        let answer = xtask::client::send(port.parse().unwrap(), request).unwrap();
        let mut sums = std::collections::BTreeMap::new();
        for line in String::from_utf8(answer.body).unwrap().lines().filter(|line| !line.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let name = name.split('{').next().unwrap().to_owned();
            *sums.entry(name).or_insert(0) += value.parse::<i64>().unwrap();
        }
        sums
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen_to(pipe: impl std::io::Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

//! Debian's nginx, as `examples/gateway-nginx` has it.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use xtask::tools::free_port;

use super::super::environment;
use super::Proxy;

struct Process {
    child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One server for each door. nginx cannot say which ports it took, so it is told which, and told others if one of them
/// is taken by then.
pub(super) fn start(relays: &[u16], upstream: u16) -> Proxy {
    (0..5).find_map(|_| try_start(relays, upstream)).expect("nginx listens")
}

fn try_start(relays: &[u16], upstream: u16) -> Option<Proxy> {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display();
    let server = include_str!("../../../../examples/gateway-nginx/gatepass.conf");
    let ports: Vec<u16> = relays.iter().map(|_| free_port().unwrap()).collect();
    let servers: String = relays
        .iter()
        .zip(&ports)
        .map(|(relay, port)| {
            server
                .replace("listen 8000", &format!("listen 127.0.0.1:{port}"))
                .replace("127.0.0.1:8085", &format!("127.0.0.1:{relay}"))
                .replace("127.0.0.1:9000", &format!("127.0.0.1:{upstream}"))
        })
        .collect();
    let config = format!(
        "daemon off; master_process off; pid {here}/pid; error_log {here}/error.log;\nevents {{}}\nhttp {{\n\
         access_log off; client_body_temp_path {here}/a; proxy_temp_path {here}/b; fastcgi_temp_path {here}/c;\n\
         uwsgi_temp_path {here}/d; scgi_temp_path {here}/e; keepalive_timeout 0;\n{servers}\n}}\n"
    );
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, config).unwrap();
    let child = Command::new(environment::nginx())
        .arg("-c")
        .arg(&file)
        .arg("-p")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut process = Process { child, folder };
    let listens = |port: &u16| {
        (0..100).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            std::net::TcpStream::connect(("127.0.0.1", *port)).is_ok()
        })
    };
    let up = ports.iter().all(listens) && process.child.try_wait().unwrap().is_none();
    if !up {
        println!("{:?}", std::fs::read_to_string(process.folder.path().join("error.log")));
    }
    up.then(|| Proxy { ports, _process: Box::new(process) })
}

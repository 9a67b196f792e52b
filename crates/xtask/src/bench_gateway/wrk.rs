//! `wrk`, which asks as fast as it is answered.

use std::process::Command;

use crate::debian::DebianProgram;
use crate::tools::{TaskError, output};

/// How many connections it holds.
pub(super) const CONNECTIONS: u32 = 16;

const REMEDY: &str = "install wrk (on Debian: apt-get install wrk), or name one in WRK";

pub(super) const WRK: DebianProgram =
    DebianProgram { variable: "WRK", usual: "/usr/bin/wrk", package: "wrk", remedy: REMEDY };

/// What it measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    pub(super) requests_a_second: f64,
    /// Half of the requests took less, in milliseconds.
    pub(super) median_ms: f64,
    /// 99 of 100 requests took less, in milliseconds.
    pub(super) most_ms: f64,
}

/// Asks a port on loopback with a good key. Anything but 200 is an error: a denial is cheaper, and not what is measured.
pub(super) fn measure(program: &std::path::Path, port: u16, seconds: u32) -> Result<Measured, TaskError> {
    let mut wrk = Command::new(program);
    wrk.args(["--threads", "1", "--latency", "--header", "apikey: key-0"]);
    wrk.args(["--connections", &CONNECTIONS.to_string(), "--duration", &format!("{seconds}s")]);
    let told = output(wrk.arg(format!("http://127.0.0.1:{port}/orders")), REMEDY)?;
    if told.contains("Non-2xx") || told.contains("Socket errors") {
        return Err(TaskError::other(format!("not every answer was 200:\n{told}")));
    }
    let measured = read(&told);
    measured.ok_or_else(|| TaskError::other(format!("wrk told something else than ever:\n{told}")))
}

fn read(told: &str) -> Option<Measured> {
    let after = |word: &str| told.lines().find_map(|line| line.trim().strip_prefix(word)).map(str::trim);
    Some(Measured {
        requests_a_second: after("Requests/sec:")?.parse().ok()?,
        median_ms: milliseconds(after("50%")?)?,
        most_ms: milliseconds(after("99%")?)?,
    })
}

/// `1.25ms`, `830.00us`, `1.02s`.
fn milliseconds(text: &str) -> Option<f64> {
    let (number, factor) = if let Some(number) = text.strip_suffix("us") {
        (number, 0.001)
    } else if let Some(number) = text.strip_suffix("ms") {
        (number, 1.0)
    } else {
        (text.strip_suffix('s')?, 1000.0)
    };
    Some(number.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_tells_is_read() {
        let told = "Running 2s test\n  Latency Distribution\n     50%  420.00us\n     99%    1.50ms\nRequests/sec:  38123.45\n";
        let measured = read(told).unwrap();
        assert!((measured.requests_a_second - 38_123.45).abs() < 0.01);
        assert!((measured.median_ms - 0.42).abs() < 1e-9 && (measured.most_ms - 1.5).abs() < 1e-9);
        assert!(read("nothing").is_none());
    }
}

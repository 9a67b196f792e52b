//! `cargo xtask bench revoke`: how long a revoke takes from Konnect to the gateway's first refusal.

use comfy_table::{CellAlignment, Table, presets};

use crate::demo;
use crate::envoy::ENVOY_VERSION;
use crate::gateway::{Gateway, INTERVAL_MS};
use crate::revoke::{self, Revoke};
use crate::tools::TaskError;

/// The sample's `timeout_ms`.
const TIMEOUT_MS: i64 = 300;

/// Revokes so many times, and prints medians and maxima.
///
/// # Errors
///
/// [`TaskError`] if the chain cannot be built or started, or a revoke never bites.
pub fn run(revokes: u32) -> Result<(), TaskError> {
    let parts = demo::parts()?;
    let gateway = Gateway::start(&parts)?;
    let mut all: Vec<Revoke> = Vec::new();
    for number in 0..revokes {
        // At another moment of the two intervals each time.
        let phase = u64::from(number).wrapping_mul(97) % (2 * INTERVAL_MS);
        std::thread::sleep(std::time::Duration::from_millis(phase));
        all.push(revoke::watch(&gateway, 50, || ())?);
        gateway.set_registration("approved")?;
        gateway.ask_until(200)?;
    }
    println!(
        "\n{revokes} revokes; development builds; the relay polls every {INTERVAL_MS} ms, `interval_ms` {INTERVAL_MS}, \
         `timeout_ms` {TIMEOUT_MS}; Envoy {ENVOY_VERSION}, one worker\n"
    );
    println!("{}", table(&all));
    let bound = i64::try_from(INTERVAL_MS).unwrap_or_default().saturating_add(TIMEOUT_MS);
    let requests: usize = all.iter().map(|revoke| revoke.requests.len()).sum();
    let is_late = |revoke: &&Revoke| {
        revoke.last_allowed().is_some_and(|sent| sent.saturating_sub(revoke.published) > bound)
    };
    println!(
        "\n{requests} requests were sent meanwhile; revokes with an allow sent later than {bound} ms after publication: {}",
        all.iter().filter(is_late).count()
    );
    Ok(())
}

fn table(all: &[Revoke]) -> Table {
    let refused = |revoke: &Revoke| revoke.refused().unwrap_or(revoke.published);
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(["ms", "least", "median", "90 %", "maximum"]);
    let mut row = |name: &str, of: &dyn Fn(&Revoke) -> i64| {
        let mut values: Vec<i64> = all.iter().map(of).collect();
        values.sort_unstable();
        let at = |share: usize| {
            let position = values.len().saturating_sub(1).saturating_mul(share).div_ceil(100);
            values.get(position).copied().unwrap_or_default().to_string()
        };
        table.add_row([name.to_owned(), at(0), at(50), at(90), at(100)]);
    };
    row("PATCH sent → relay published", &|revoke| revoke.published.saturating_sub(revoke.patched));
    row("relay published → first refusal", &|revoke| refused(revoke).saturating_sub(revoke.published));
    row("PATCH sent → first refusal", &|revoke| refused(revoke).saturating_sub(revoke.patched));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

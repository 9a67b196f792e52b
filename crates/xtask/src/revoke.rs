//! One revoke on the live chain, watched request by request.

use crate::gateway::Gateway;
use crate::now_millis;
use crate::tools::TaskError;

/// A request while a revoke made its way, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// When it was sent.
    pub sent: i64,
    /// When its answer was there.
    pub answered: i64,
    /// The answer's status.
    pub status: u16,
}

/// A revoke as it went, in milliseconds since 1970.
#[derive(Clone, Debug)]
pub struct Revoke {
    /// When the `PATCH` was sent.
    pub patched: i64,
    /// When the relay published what followed from it.
    pub published: i64,
    /// Every request from then on, one after the other, up to the last one.
    pub requests: Vec<Asked>,
}

impl Revoke {
    /// When the first refusal was there.
    pub fn refused(&self) -> Option<i64> {
        self.requests.iter().find(|asked| asked.status == 403).map(|asked| asked.answered)
    }

    /// When the last request was sent that was still allowed.
    pub fn last_allowed(&self) -> Option<i64> {
        self.requests.iter().filter(|asked| asked.status == 200).map(|asked| asked.sent).max()
    }
}

/// Revokes, and asks without a pause until it bites and for `after_ms` more. `before_each` is called before each request.
///
/// # Errors
///
/// [`TaskError::Other`] if it does not bite within 20 seconds, or an answer is neither 200 nor 403.
pub fn watch(gateway: &Gateway, after_ms: i64, mut before_each: impl FnMut()) -> Result<Revoke, TaskError> {
    let patched = now_millis();
    gateway.set_registration("revoked")?;
    let mut requests = Vec::new();
    let mut ends = patched.saturating_add(20_000);
    let mut is_refused = false;
    loop {
        before_each();
        let sent = now_millis();
        if sent >= ends {
            break;
        }
        let status = gateway.ask()?.status;
        let answered = now_millis();
        if !matches!(status, 200 | 403) {
            return Err(TaskError::other(format!("during a revoke the gateway answered {status}")));
        }
        requests.push(Asked { sent, answered, status });
        if status == 403 && !is_refused {
            is_refused = true;
            ends = answered.saturating_add(after_ms);
        }
    }
    if !is_refused {
        return Err(TaskError::other("the gateway went on allowing for 20 seconds after the revoke"));
    }
    // The publication that was refused by: nothing was changed since.
    let (published, _) = gateway.relay.published()?;
    Ok(Revoke { patched, published, requests })
}

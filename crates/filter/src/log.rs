//! Which decisions are written down. All are counted: written, sampled out and dropped are together all
//! requests, so that whoever reads the log knows what is not in it.

use gatepass::{DecisionCounts, LoggedDecision, Timestamp};

use crate::config::LogSettings;
use crate::random::Random;

/// Tokens are counted in thousandths, so that a millisecond is worth some.
const TOKEN: u64 = 1000;

/// The log of decisions of one instance.
#[derive(Debug)]
pub(crate) struct DecisionLog {
    settings: LogSettings,
    /// Thousandths of denials that may be written at once; at most a second's.
    tokens: u64,
    refilled: Option<Timestamp>,
    random: Random,
    instance: String,
    counts: DecisionCounts,
}

/// What is done with a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    Write,
    SampledOut,
    Dropped,
}

impl DecisionLog {
    /// `seed` makes instances differ.
    pub(crate) fn new(settings: LogSettings, seed: u64) -> Self {
        Self {
            settings,
            tokens: u64::from(settings.denials_per_second).saturating_mul(TOKEN),
            refilled: None,
            random: Random::new(seed),
            instance: format!("{seed:016x}"),
            counts: DecisionCounts::default(),
        }
    }

    /// Counts a decision, and says what to do with it.
    pub(crate) fn admit(&mut self, decision: LoggedDecision, now: Option<Timestamp>) -> Admission {
        let admission = match decision {
            LoggedDecision::Allow | LoggedDecision::Open => match self.settings.allow_one_in {
                0 => Admission::SampledOut,
                n if self.random.next().is_multiple_of(n) => Admission::Write,
                _ => Admission::SampledOut,
            },
            LoggedDecision::Deny | LoggedDecision::WouldDeny => {
                self.refill(now);
                match self.tokens.checked_sub(TOKEN) {
                    Some(left) => {
                        self.tokens = left;
                        Admission::Write
                    }
                    None => Admission::Dropped,
                }
            }
        };
        let count = match admission {
            Admission::Write => &mut self.counts.logged,
            Admission::SampledOut => &mut self.counts.sampled_out,
            Admission::Dropped => &mut self.counts.dropped,
        };
        *count = count.saturating_add(1);
        admission
    }

    /// The host did not write what was admitted.
    pub(crate) fn failed(&mut self) {
        self.counts.logged = self.counts.logged.saturating_sub(1);
        self.counts.dropped = self.counts.dropped.saturating_add(1);
    }

    pub(crate) const fn counts(&self) -> DecisionCounts {
        self.counts
    }

    pub(crate) fn instance(&self) -> String {
        self.instance.clone()
    }

    /// A clock that was set back gives nothing, and the next tick of it gives again.
    fn refill(&mut self, now: Option<Timestamp>) {
        let Some(now) = now else { return };
        let rate = u64::from(self.settings.denials_per_second);
        if let Some(before) = self.refilled {
            let waited = u64::try_from(now.millis_since(before)).unwrap_or(0).min(1000);
            let most = rate.saturating_mul(TOKEN);
            self.tokens = self.tokens.saturating_add(waited.saturating_mul(rate)).min(most);
        }
        self.refilled = Some(now);
    }
}

/// Bytes from outside as one word of visible ASCII: others, `"` and `\` become `%XX`. Cut, never within an
/// escape, to at most `most` bytes.
pub(crate) fn escaped(bytes: &[u8], most: usize) -> String {
    let mut text = String::new();
    for byte in bytes {
        let is_plain = byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        let length = if is_plain { 1 } else { 3 };
        if text.len().saturating_add(length) > most {
            break;
        }
        if is_plain {
            text.push(char::from(*byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
            text.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn log(denials_per_second: u32, allow_one_in: u32) -> DecisionLog {
        DecisionLog::new(LogSettings { denials_per_second, allow_one_in }, 7)
    }

    fn written(log: &mut DecisionLog, decision: LoggedDecision, now: i64, times: u32) -> u32 {
        let now = Some(Timestamp::from_millis(now));
        (0..times).map(|_| u32::from(log.admit(decision, now) == Admission::Write)).sum()
    }

    #[test]
    fn denials_are_written_up_to_a_rate_whatever_the_clock_does() {
        let mut log = log(10, 0);
        assert_eq!(written(&mut log, LoggedDecision::Deny, NOW, 100), 10);
        assert_eq!(written(&mut log, LoggedDecision::WouldDeny, NOW + 500, 100), 5);
        assert_eq!(written(&mut log, LoggedDecision::Deny, NOW - 100_000, 100), 0, "set back");
        assert_eq!(written(&mut log, LoggedDecision::Deny, NOW - 99_900, 100), 1, "and running on");
        assert_eq!(written(&mut log, LoggedDecision::Deny, NOW + 100_000_000, 100), 10, "at most a second's");
        assert_eq!(log.admit(LoggedDecision::Deny, None), Admission::Dropped);
        assert_eq!(log.counts(), DecisionCounts { logged: 26, sampled_out: 0, dropped: 475 });
        log.failed();
        assert_eq!(log.counts(), DecisionCounts { logged: 25, sampled_out: 0, dropped: 476 });
        assert_eq!(log.counts().requests(), 501);
    }

    #[test]
    fn what_passes_is_sampled() {
        assert_eq!(written(&mut log(10, 0), LoggedDecision::Allow, NOW, 100), 0);
        assert_eq!(written(&mut log(0, 1), LoggedDecision::Open, NOW, 100), 100);
        assert_eq!(written(&mut log(0, 1), LoggedDecision::Deny, NOW, 100), 0);
        let some = written(&mut log(10, 10), LoggedDecision::Allow, NOW, 10_000);
        assert!((800..1200).contains(&some), "{some}");
    }

    #[test]
    fn texts_from_outside_are_escaped_and_cut() {
        assert_eq!(escaped(b"/a b\"\\\xff\n", 512), "/a%20b%22%5C%FF%0A");
        assert_eq!(escaped(b"/ab\n", 5), "/ab");
        assert_eq!(escaped(b"/ab\n", 6), "/ab%0A");
        assert_eq!(escaped(&[b'a'; 600], 512).len(), 512);
    }
}

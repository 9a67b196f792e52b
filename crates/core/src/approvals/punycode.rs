//! The A-label of a label, without mapping anything: Bootstring with the parameters of RFC 3492, encoding only.
//!
//! The libraries that know IDNA bring the tables of Unicode with them (160 KB in a module), to map spellings
//! onto each other. Approvals must not do that; all they need is the one to one correspondence of RFC 3492.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// Encodes a label that is not ASCII; `None` if a number grows too large, which no label of 63 octets makes.
pub(super) fn encode(label: &str) -> Option<String> {
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).ok()?;
    if basic > 0 {
        output.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0u32, INITIAL_BIAS, basic);
    let total = u32::try_from(label.chars().count()).ok()?;
    while handled < total {
        let next = label.chars().map(u32::from).filter(|c| *c >= n).min()?;
        delta = delta.checked_add(next.checked_sub(n)?.checked_mul(handled.checked_add(1)?)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c == n {
                number(delta, bias, &mut output)?;
                bias = adapt(delta, handled.checked_add(1)?, handled == basic);
                delta = 0;
                handled = handled.checked_add(1)?;
            }
        }
        delta = delta.checked_add(1)?;
        n = n.checked_add(1)?;
    }
    Some(output)
}

/// Writes a number with digits whose thresholds follow from the bias.
fn number(mut q: u32, bias: u32, output: &mut String) -> Option<()> {
    let mut k = BASE;
    loop {
        let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if q < t {
            output.push(digit(q)?);
            return Some(());
        }
        let (above, range) = (q.checked_sub(t)?, BASE.checked_sub(t)?);
        output.push(digit(t.checked_add(above % range)?)?);
        q = above / range;
        k = k.checked_add(BASE)?;
    }
}

fn digit(value: u32) -> Option<char> {
    // 0 to 25 are a to z, 26 to 35 are 0 to 9.
    let value = u8::try_from(value).ok()?;
    let byte = if value < 26 { value.checked_add(b'a') } else { value.checked_add(b'0' - 26) };
    byte.map(char::from)
}

const fn adapt(delta: u32, handled: u32, first: bool) -> u32 {
    let mut delta = if first { delta / DAMP } else { delta / 2 };
    delta = delta.saturating_add(delta / handled);
    let mut k = 0u32;
    while delta > ((BASE - T_MIN) * T_MAX) / 2 {
        delta /= BASE - T_MIN;
        k = k.saturating_add(BASE);
    }
    k.saturating_add((BASE - T_MIN + 1) * delta / delta.saturating_add(SKEW))
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn the_samples_of_rfc_3492_come_out() {
        for (label, expected) in [
            ("münchen", "mnchen-3ya"),
            ("bücher", "bcher-kva"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
            ("安室奈美恵-with-super-monkeys", "-with-super-monkeys-pc58ag80a8qai00g7n9n"),
            ("そのスピードで", "d9juau41awczczp"),
        ] {
            assert_eq!(encode(label).as_deref(), Some(expected), "{label}");
        }
    }
}

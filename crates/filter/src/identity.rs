//! Header names that carry identity, and names that others would read as one of them.

/// All names with this beginning are Gatepass's own: no client may send one.
const RESERVED: &[u8] = b"x-gatepass-";

/// Knows the names of asserted headers, so as to find what only looks like them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard {
    /// In lower case, as configured.
    asserted: Vec<Vec<u8>>,
}

impl Guard {
    pub(crate) fn new(asserted: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { asserted: asserted.into_iter().collect() }
    }

    /// Whether a client's header of this name claims an identity: one of ours, or a look-alike of an asserted one.
    /// WSGI, CGI and PHP read `X_Gatepass_Owner` and `x-gatepass-owner` as the same variable.
    pub(crate) fn is_forged(&self, name: &[u8]) -> bool {
        starts_like(name, RESERVED)
            || self.asserted.iter().any(|asserted| {
                name.len() == asserted.len()
                    && starts_like(name, asserted)
                    && !name.eq_ignore_ascii_case(asserted)
            })
    }

    /// Whether the name is exactly an asserted header's.
    pub(crate) fn is_asserted(&self, name: &[u8]) -> bool {
        self.asserted.iter().any(|asserted| name.eq_ignore_ascii_case(asserted))
    }
}

/// Whether `name` begins with `beginning`, compared in lower case with `_` as `-`.
fn starts_like(name: &[u8], beginning: &[u8]) -> bool {
    name.get(..beginning.len())
        .is_some_and(|start| start.iter().zip(beginning).all(|(left, right)| folded(*left) == folded(*right)))
}

fn folded(byte: u8) -> u8 {
    if byte == b'_' { b'-' } else { byte.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_are_found() {
        let guard = Guard::new([b"x-consumer-custom-id".to_vec(), b"x_odd_name".to_vec()]);
        for forged in [
            "x-gatepass-application-id",
            "X-Gatepass-Owner",
            "x_gatepass_owner",
            "X-GATEPASS_anything",
            "x-gatepass-",
            "x_consumer_custom_id",
            "X-Consumer_Custom-Id",
            "x-odd-name",
        ] {
            assert!(guard.is_forged(forged.as_bytes()), "{forged}");
        }
        for ordinary in [
            "x-gatepass",
            "x-consumer-custom-id",
            "X-Consumer-Custom-ID",
            "x_odd_name",
            "x-consumer-custom-ids",
            "",
            "apikey",
        ] {
            assert!(!guard.is_forged(ordinary.as_bytes()), "{ordinary}");
        }
        assert!(guard.is_asserted(b"X-Consumer-Custom-ID") && !guard.is_asserted(b"x_consumer_custom_id"));
    }
}

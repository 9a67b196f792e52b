use std::fmt;

/// The host whose behaviour is reproduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Envoy 1.40 with `failure_policy` left at `FAIL_CLOSED`.
    Envoy,
    /// Kong Gateway 3.4 to 3.9, that is nginx with `ngx_wasm_module`.
    Kong,
}

impl Profile {
    /// Every profile, for tests that must hold on all hosts.
    pub const ALL: [Self; 2] = [Self::Envoy, Self::Kong];

    /// The status a client gets when the filter traps during its request.
    pub(crate) fn trap_status(self) -> u16 {
        match self {
            Self::Envoy => 503,
            Self::Kong => 500,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Envoy => "envoy",
            Self::Kong => "kong",
        })
    }
}

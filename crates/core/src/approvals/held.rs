//! Why somebody is left to people.

use super::rules::ReadyTeam;
use crate::plain::Shown;
use crate::plan::Held;
use crate::report::words;

words! {
    /// Why a developer is held. Whatever is odd about an address is held before any rule is asked.
    HeldCode {
        /// The rules do not say who proved the addresses.
        EmailsUnverified = "emails_unverified",
        /// The address has control characters.
        ControlCharacter = "control_character",
        /// The address has white space.
        WhiteSpace = "white_space",
        /// The address has more than 254 octets.
        AddressTooLong = "address_too_long",
        /// The address has no `@`.
        EmailWithoutAt = "email_without_at",
        /// The address has several `@`.
        EmailWithSeveralAts = "email_with_several_ats",
        /// Nothing stands before the `@`.
        LocalPartEmpty = "local_part_empty",
        /// What stands before the `@` is quoted.
        LocalPartQuoted = "local_part_quoted",
        /// What stands before the `@` has more than 64 octets.
        LocalPartTooLong = "local_part_too_long",
        /// What stands before the `@` has characters that are not ASCII, or that need quotes.
        LocalPartOdd = "local_part_odd",
        /// The domain ends in a dot.
        TrailingDot = "trailing_dot",
        /// The domain has an empty label.
        LabelEmpty = "label_empty",
        /// The domain is no host name.
        DomainOdd = "domain_odd",
        /// The domain has letters outside ASCII, and no rule names it.
        DomainNotAscii = "domain_not_ascii",
        /// The domain is blocked.
        DomainBlocked = "domain_blocked",
        /// No rule is about the domain.
        DomainUnknown = "domain_unknown",
        /// The team's roles do not give what `require_ready_team` asks for.
        TeamNotReady = "team_not_ready",
    }
}

impl HeldCode {
    /// What is the matter, where that needs no names.
    pub(super) const fn message(self) -> &'static str {
        match self {
            Self::EmailsUnverified => {
                "the rules do not say who proved the e-mail address; set `emails_verified_by` to `portal` or `idp`"
            }
            Self::ControlCharacter => "the address has control characters",
            Self::WhiteSpace => "the address has white space",
            Self::AddressTooLong => "the address has more than 254 octets",
            Self::EmailWithoutAt => "the address has no `@`",
            Self::EmailWithSeveralAts => "the address has several `@`",
            Self::LocalPartEmpty => "nothing stands before the `@` of the address",
            Self::LocalPartQuoted => "the part before the `@` of the address is quoted",
            Self::LocalPartTooLong => "the part before the `@` of the address has more than 64 octets",
            Self::LocalPartOdd => "the part before the `@` of the address has characters that are odd there",
            Self::TrailingDot => "the domain of the address ends in a dot",
            Self::LabelEmpty => "the domain of the address has an empty label",
            Self::DomainOdd => "the domain of the address is no host name",
            Self::DomainNotAscii => {
                "the domain of the address has letters that can look like others, and no rule names it"
            }
            Self::DomainBlocked => "the domain of the address is blocked",
            Self::DomainUnknown => "no rule is about the domain of the address",
            Self::TeamNotReady => "the team is not ready",
        }
    }

    pub(super) fn held(self) -> Held {
        Held { code: self.as_str().to_owned(), message: self.message().to_owned() }
    }
}

/// A team that would leave its new member with nothing to do.
pub(super) fn team_not_ready(team: &str, wanted: ReadyTeam) -> Held {
    let (role, doing) = match wanted {
        ReadyTeam::Consume => ("API Consumer", "call"),
        ReadyTeam::View | ReadyTeam::Any => ("API Viewer", "see"),
    };
    Held {
        code: HeldCode::TeamNotReady.as_str().to_owned(),
        message: format!(
            "team `{}` has `{role}` on no published resource, so its members could {doing} nothing",
            Shown(team)
        ),
    }
}

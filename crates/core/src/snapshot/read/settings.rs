//! The settings of a Gateway 2.8 portal.

use super::Reader;
use crate::json::{Entry, Field, Kind};
use crate::lifecycle::GatewaySettings;
use crate::problem::Place;
use crate::snapshot::raw::RawSettings;

impl Reader {
    /// Absent and null are the documented defaults, as in a workspace's `config`.
    pub(super) fn settings(&mut self, entry: &Entry<RawSettings<'_>>, place: Place<'_>) -> GatewaySettings {
        let default = GatewaySettings::DEFAULT;
        if matches!(entry, Entry::Absent | Entry::Other(Kind::Null)) {
            return default;
        }
        let Some(raw) = self.object(entry, place) else { return default };
        let mut flag = |field: &Field<'_>, name: &'static str, default: bool| {
            self.setting(field, place.member(name), default)
        };
        GatewaySettings {
            auto_approve: flag(&raw.portal_auto_approve, "portal_auto_approve", default.auto_approve),
            invite_email: flag(&raw.portal_invite_email, "portal_invite_email", default.invite_email),
            access_request_email: flag(
                &raw.portal_access_request_email,
                "portal_access_request_email",
                default.access_request_email,
            ),
            approved_email: flag(&raw.portal_approved_email, "portal_approved_email", default.approved_email),
            reset_email: flag(&raw.portal_reset_email, "portal_reset_email", default.reset_email),
            reset_success_email: flag(
                &raw.portal_reset_success_email,
                "portal_reset_success_email",
                default.reset_success_email,
            ),
            token_exp: self.seconds(
                &raw.portal_token_exp,
                place.member("portal_token_exp"),
                default.token_exp,
            ),
        }
    }

    /// A switch, as the Admin API writes it (true, false) or as `kong.conf` does (on, off). One that cannot be read
    /// approves nobody, and promises no mail.
    fn setting(&mut self, field: &Field<'_>, place: Place<'_>, default: bool) -> bool {
        match field {
            Field::Absent | Field::Null => default,
            Field::Boolean(value) => *value,
            Field::Text(word) if matches!(&**word, "on" | "true") => true,
            Field::Text(word) if matches!(&**word, "off" | "false") => false,
            odd => {
                let message = format!("the setting is {odd}, and should be true or false");
                let remedy = "write true or false, or `on` or `off`; until then it counts as off";
                self.record("setting_unrecognized", place, message, remedy);
                false
            }
        }
    }

    fn seconds(&mut self, field: &Field<'_>, place: Place<'_>, default: u64) -> u64 {
        match field {
            Field::Absent | Field::Null => default,
            Field::Number(seconds) if seconds.fract() == 0.0 && (0.0..9e15).contains(seconds) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked in the guard"
                )]
                let seconds = *seconds as u64;
                seconds
            }
            odd => {
                let message = format!("the setting is {odd}, and should be a number of seconds");
                let remedy = "write a whole number from 0; until then it counts as 0";
                self.record("setting_unrecognized", place, message, remedy);
                0
            }
        }
    }
}

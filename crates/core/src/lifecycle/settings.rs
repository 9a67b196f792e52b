//! Gateway 2.8's settings that decide access or mail.

/// The portal settings of Kong Gateway 2.8 that decide who is let in and who is written to.
///
/// In a snapshot with `api: "gateway-2.8"` they are `portal.settings`, named as in `kong.conf` and in a workspace's
/// `config`; absent and null are the documented defaults.
///
/// Source: Kong Gateway 2.8, "Configuration Property Reference", default developer portal and SMTP settings.
///
/// ```
/// let settings = gatepass::lifecycle::GatewaySettings::DEFAULT;
/// assert!(!settings.auto_approve && settings.approved_email);
/// assert_eq!(settings.token_exp, 6 * 60 * 60);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in Kong's configuration")]
pub struct GatewaySettings {
    /// `portal_auto_approve` (off): whoever signs up is approved at once.
    pub auto_approve: bool,
    /// `portal_invite_email` (on): admins can invite developers by mail.
    pub invite_email: bool,
    /// `portal_access_request_email` (on): admins get a mail when somebody asks for access.
    pub access_request_email: bool,
    /// `portal_approved_email` (on): developers get a mail when they are approved.
    pub approved_email: bool,
    /// `portal_reset_email` (on): developers can ask for a new password by mail.
    pub reset_email: bool,
    /// `portal_token_exp` (21600): for how many seconds a link to set a new password works.
    pub token_exp: u64,
    /// `portal_reset_success_email` (on): developers get a mail when their password was set anew.
    pub reset_success_email: bool,
}

impl GatewaySettings {
    /// What holds if nothing is said.
    pub const DEFAULT: Self = Self {
        auto_approve: false,
        invite_email: true,
        access_request_email: true,
        approved_email: true,
        reset_email: true,
        token_exp: 21_600,
        reset_success_email: true,
    };
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self::DEFAULT
    }
}

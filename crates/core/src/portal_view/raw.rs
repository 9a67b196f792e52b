//! A portal view as it was written. The objects are Konnect's own, of the portal client API 2.1 or 3.4; only the
//! members that decisions read are kept.

use crate::json::{Entry, Field, List, lenient_object};

lenient_object! {
    /// The whole view.
    RawView<'a> {
        portal: Entry<RawContext<'a>>,
        actions: Entry<RawActions<'a>>,
        application: Entry<RawApplication<'a>>,
        registration: Entry<RawRegistration<'a>>,
        resource: Entry<RawResource<'a>>,
        signed_in: Field<'a>,
    }
    unknown unknown
}

lenient_object! {
    /// `PortalContext`.
    RawContext<'a> { rbac_enabled: Field<'a>, is_public: Field<'a>, authentication_enabled: Field<'a> }
}

lenient_object! {
    /// The whole response, or its `actions`.
    RawActions<'a> { view: Field<'a>, register: Field<'a>, actions: Entry<RawInnerActions<'a>> }
}

lenient_object! {
    RawInnerActions<'a> { view: Field<'a>, register: Field<'a> }
}

lenient_object! {
    /// `GetApplicationResponse`, or the application in a list of those of a version or an API.
    RawApplication<'a> {
        id: Field<'a>,
        name: Field<'a>,
        status: Field<'a>,
        team_id: Field<'a>,
        auth_strategy: Entry<RawStrategy<'a>>,
        registration_status: Field<'a>,
    }
}

lenient_object! {
    /// `GetRegistrationResponse`, or `ProductVersionApplication` with its nullable `registration_status`.
    RawRegistration<'a> { status: Field<'a>, registration_status: Field<'a> }
}

lenient_object! {
    /// `ProductVersion` (v2) or `Api` (v3).
    RawResource<'a> {
        id: Field<'a>,
        name: Field<'a>,
        version: Field<'a>,
        visibility: Field<'a>,
        deprecated: Field<'a>,
        publish_status: Field<'a>,
        registration_configs: List<Entry<RawRegistrationConfig<'a>>>,
        auth_strategies: List<Entry<RawStrategy<'a>>>,
    }
}

lenient_object! {
    RawRegistrationConfig<'a> {
        id: Field<'a>,
        registration_enabled: Field<'a>,
        registration_auto_approve: Field<'a>,
    }
}

lenient_object! {
    RawStrategy<'a> { id: Field<'a> }
}

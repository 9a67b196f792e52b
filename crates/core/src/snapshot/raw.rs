//! The snapshot file as it was written, before anything is believed. Konnect's objects keep their own
//! field names (Portal Management 2.0 to 3.x); only the members that decisions and reports read are kept.

use crate::json::{Entries, Entry, Field, List, lenient_object};

lenient_object! {
    /// The whole file.
    RawSnapshot<'a> {
        format: Field<'a>,
        exported_at: Field<'a>,
        api: Field<'a>,
        region: Field<'a>,
        portal: Entry<RawPortal<'a>>,
        auth_settings: Entry<RawAuthSettings<'a>>,
        developers: List<Entry<RawDeveloper<'a>>>,
        teams: List<Entry<RawTeam<'a>>>,
        team_developers: Entries<'a, List<Entry<RawReference<'a>>>>,
        team_roles: Entries<'a, List<Entry<RawAssignedRole<'a>>>>,
        team_group_mappings: Entries<'a, List<Field<'a>>>,
        applications: List<Entry<RawApplication<'a>>>,
        registrations: List<Entry<RawRegistration<'a>>>,
        products: List<Entry<RawNamed<'a>>>,
        product_versions: List<Entry<RawProductVersion<'a>>>,
        apis: List<Entry<RawApi<'a>>>,
        api_packages: List<Entry<RawApi<'a>>>,
        publications: List<Entry<RawPublication<'a>>>,
        implementations: List<Entry<RawImplementation<'a>>>,
        credentials: List<Entry<RawCredential<'a>>>,
        collected: Entry<RawCollected<'a>>,
    }
    unknown unknown
}

lenient_object! {
    RawPortal<'a> {
        id: Field<'a>,
        name: Field<'a>,
        rbac_enabled: Field<'a>,
        is_public: Field<'a>,
        authentication_enabled: Field<'a>,
        auto_approve_developers: Field<'a>,
        auto_approve_applications: Field<'a>,
        settings: Entry<RawSettings<'a>>,
    }
}

lenient_object! {
    /// The settings of a Gateway 2.8 portal.
    RawSettings<'a> {
        portal_auto_approve: Field<'a>,
        portal_invite_email: Field<'a>,
        portal_access_request_email: Field<'a>,
        portal_approved_email: Field<'a>,
        portal_reset_email: Field<'a>,
        portal_token_exp: Field<'a>,
        portal_reset_success_email: Field<'a>,
    }
}

lenient_object! {
    RawAuthSettings<'a> {
        idp_mapping_enabled: Field<'a>,
        oidc_team_mapping_enabled: Field<'a>,
        konnect_mapping_enabled: Field<'a>,
    }
}

lenient_object! {
    RawDeveloper<'a> {
        id: Field<'a>,
        email: Field<'a>,
        full_name: Field<'a>,
        status: Field<'a>,
        created_at: Field<'a>,
        updated_at: Field<'a>,
    }
}

lenient_object! {
    RawTeam<'a> { id: Field<'a>, name: Field<'a>, created_at: Field<'a>, updated_at: Field<'a> }
}

lenient_object! {
    /// An object of which only the id matters; the id alone is accepted too.
    RawReference<'a> { id: Field<'a> } text id
}

lenient_object! {
    RawNamed<'a> { id: Field<'a>, name: Field<'a> }
}

lenient_object! {
    RawAssignedRole<'a> {
        role_name: Field<'a>,
        entity_id: Field<'a>,
        entity_type_name: Field<'a>,
        entity_region: Field<'a>,
    }
}

lenient_object! {
    RawOwner<'a> { kind: Field<'a> = "type", id: Field<'a> }
}

lenient_object! {
    RawApplication<'a> {
        id: Field<'a>,
        name: Field<'a>,
        status: Field<'a>,
        developer: Entry<RawReference<'a>>,
        owner: Entry<RawOwner<'a>>,
        auth_strategy: Entry<RawReference<'a>>,
        created_at: Field<'a>,
        updated_at: Field<'a>,
    }
}

lenient_object! {
    RawConsumer<'a> { custom_id: Field<'a> }
}

lenient_object! {
    RawRegistration<'a> {
        id: Field<'a>,
        status: Field<'a>,
        application: Entry<RawReference<'a>>,
        product_version: Entry<RawReference<'a>>,
        api: Entry<RawReference<'a>>,
        consumer: Entry<RawConsumer<'a>>,
        created_at: Field<'a>,
        updated_at: Field<'a>,
    }
}

lenient_object! {
    RawService<'a> { id: Field<'a> }
}

lenient_object! {
    RawProductVersion<'a> {
        id: Field<'a>,
        product_id: Field<'a>,
        name: Field<'a>,
        publish_status: Field<'a>,
        application_registration_enabled: Field<'a>,
        auto_approve_registration: Field<'a>,
        deprecated: Field<'a>,
        auth_strategy_ids: List<Field<'a>>,
        gateway_service: Entry<RawService<'a>>,
        // Members of Konnect's own two objects, neither of which is the joined one.
        product_version_id: Field<'a>,
        portals: Field<'a>,
    }
}

lenient_object! {
    RawApi<'a> { id: Field<'a>, name: Field<'a>, version: Field<'a>, deprecated: Field<'a> }
}

lenient_object! {
    RawPublication<'a> {
        api_id: Field<'a>,
        portal_id: Field<'a>,
        visibility: Field<'a>,
        auth_strategy_ids: List<Field<'a>>,
        auto_approve_registrations: Field<'a>,
    }
}

lenient_object! {
    RawImplementation<'a> { api_id: Field<'a>, service: Entry<RawService<'a>> }
}

lenient_object! {
    RawCredential<'a> {
        application_id: Field<'a>,
        kind: Field<'a>,
        sha256: Field<'a>,
        client_id: Field<'a>,
        issuer: Field<'a>,
        custom_id: Field<'a>,
        status: Field<'a>,
        expires_at: Field<'a>,
        created_at: Field<'a>,
    }
}

lenient_object! {
    RawCount<'a> { total: Field<'a>, items: Field<'a> }
}

lenient_object! {
    RawCollected<'a> {
        developers: Entry<RawCount<'a>>,
        teams: Entry<RawCount<'a>>,
        team_developers: Entries<'a, Entry<RawCount<'a>>>,
        team_roles: Entries<'a, Entry<RawCount<'a>>>,
        team_group_mappings: Entry<RawCount<'a>>,
        applications: Entry<RawCount<'a>>,
        registrations: Entry<RawCount<'a>>,
        products: Entry<RawCount<'a>>,
        product_versions: Entry<RawCount<'a>>,
        apis: Entry<RawCount<'a>>,
        api_packages: Entry<RawCount<'a>>,
        publications: Entry<RawCount<'a>>,
        implementations: Entry<RawCount<'a>>,
        credentials: Entry<RawCount<'a>>,
    }
    unknown unknown
}

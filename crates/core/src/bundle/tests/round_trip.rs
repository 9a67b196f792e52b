//! Every look-up in a bundle gives what the naive model gives.

use std::collections::BTreeSet;

use super::generator::{NOW, RESOURCES, Random, SERVICES, active, application, portals, resource, service};
use super::model::Model;
use crate::bundle::build::build_within;
use crate::bundle::{
    ApplicationContents, Bundle, BundlePart, Caller, CredentialContents, CredentialHolder, CredentialState,
    Owner, PortalContents, build,
};
use crate::{
    ApplicationFact, CredentialFact, CredentialKey, CredentialKind, DeveloperStatus, Freshness, OwnerFact,
    Policy, RegistrationFact, ResourceFact, ResourceId, Timestamp,
};

/// The same key under the other kinds.
fn other_kinds(key: &CredentialKey) -> Vec<CredentialKey> {
    // Only API keys can be made from a digest: the others are found by their own.
    match key.kind() {
        CredentialKind::ApiKey => vec![],
        CredentialKind::ClientId | CredentialKind::CustomId => {
            vec![CredentialKey::api_key_digest(*key.digest())]
        }
    }
}

fn assert_same(bundle: &Bundle, portals: &[PortalContents]) {
    let model = Model::new(portals);
    let resources: Vec<Option<ResourceId>> =
        std::iter::once(None).chain((0..=RESOURCES).map(|number| Some(resource(number)))).collect();
    let handles: Vec<_> = resources.iter().map(|id| id.and_then(|id| bundle.resource(&id))).collect();
    let mut random = Random::new(7);
    for key in model.keys() {
        let now = Timestamp::from_millis(NOW.millis() + random.one(&[-1, 0, 1]));
        let caller = bundle.caller(key, now);
        for (id, handle) in resources.iter().zip(&handles) {
            let facts = bundle.facts(&caller, *handle, Freshness::Fresh);
            assert_eq!(facts, model.facts(key, now, *id), "{key:?} {id:?}");
        }
        for other in other_kinds(key) {
            assert_eq!(bundle.caller(&other, now).credential(), CredentialFact::Unknown);
        }
    }
    for known in model.applications() {
        let caller = bundle.caller_by_application_id(known);
        assert_eq!(caller.application_id(), Some(*known));
        for (id, handle) in resources.iter().zip(&handles) {
            let facts = bundle.facts(&caller, *handle, Freshness::Fresh);
            assert_eq!(facts, model.facts_by_id(known, *id));
        }
    }
    for absent in 0..200_u32 {
        let key = CredentialKey::api_key(format!("absent {absent}").as_bytes());
        assert_eq!(bundle.caller(&key, NOW).credential(), CredentialFact::Unknown);
        let id = application(usize::try_from(absent).unwrap() + 5_000_000);
        // A host that is trusted named it, so it is the application that nobody knows.
        let caller = bundle.caller_by_application_id(&id);
        assert_eq!((caller.credential(), caller.application_id()), (CredentialFact::Valid, None));
        let facts = bundle.facts(&caller, None, Freshness::Fresh);
        assert_eq!(facts.application, ApplicationFact::Unknown);
    }
    for number in 0..SERVICES {
        let served: BTreeSet<ResourceId> = portals
            .iter()
            .flat_map(|portal| &portal.routes)
            .filter(|(id, _)| *id == service(number))
            .map(|(_, id)| *id)
            .collect();
        let found: Vec<ResourceId> = bundle.resources_of_service(&service(number)).collect();
        assert_eq!(found.len(), served.len(), "each once");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), served);
    }
}

fn assert_counts(bundle: &Bundle, portals: &[PortalContents], bytes: usize) {
    let counts = bundle.counts();
    let sum = |size: &dyn Fn(&PortalContents) -> usize| portals.iter().map(size).sum::<usize>() as u64;
    let keys: BTreeSet<_> =
        portals.iter().flat_map(|portal| &portal.credentials).map(|known| known.key).collect();
    assert_eq!(counts.applications, sum(&|portal| portal.applications.len()));
    let registrations = |portal: &PortalContents| {
        portal.applications.iter().map(|application| application.registrations.len()).sum()
    };
    assert_eq!(counts.registrations, sum(&registrations));
    assert_eq!(counts.role_sets, sum(&|portal| portal.role_sets.len()));
    assert_eq!(counts.credentials.iter().sum::<u64>(), keys.len() as u64);
    assert_eq!(counts.chunks, u64::from(bundle.manifest().chunk_count()));
    assert_eq!(counts.bytes, bytes as u64);
    let summaries: Vec<_> = bundle.portals().map(|portal| (portal.id, portal.region, portal.rbac)).collect();
    assert_eq!(
        summaries,
        portals.iter().map(|portal| (portal.id, portal.region, portal.rbac)).collect::<Vec<_>>()
    );
}

#[test]
fn look_ups_equal_the_model() {
    for (applications, limit, bits) in [
        (0, 262_144, 0),
        (1, 262_144, 0),
        (10, 600, 1),
        (300, 4_096, 3),
        (5_000, 262_144, 1),
        (5_000, 8_192, 7),
    ] {
        for seed in 1..4 {
            let contents = portals(seed, applications);
            let built = build_within(Policy::Konnect, &contents, limit).unwrap();
            assert!(built.manifest.chunk_bits() >= bits, "{applications}: {}", built.manifest.chunk_bits());
            let bytes = built.to_bytes();
            let bundle = Bundle::open(&bytes).unwrap();
            assert_eq!(bundle.policy(), Policy::Konnect);
            assert_eq!(bundle.content_digest(), built.content_digest());
            assert_same(&bundle, &contents);
            assert_counts(&bundle, &contents, bytes.len());
        }
    }
}

#[test]
fn a_credential_is_expired_from_its_expiry_on() {
    let mut contents = portals(1, 1);
    let key = CredentialKey::api_key(b"short-lived");
    let home = contents.iter().position(|portal| !portal.applications.is_empty()).unwrap();
    let (application, state) = (contents[home].applications[0].id, CredentialState::Active);
    let holder = CredentialHolder::One { application, state, expires_at: Some(NOW) };
    contents[home].credentials.push(CredentialContents { key, holder });
    let bundle = Bundle::open(&build(Policy::Strict, &contents).unwrap().to_bytes()).unwrap();
    let at = |offset: i64| bundle.caller(&key, Timestamp::from_millis(NOW.millis() + offset)).credential();
    assert_eq!(at(-1), CredentialFact::Valid);
    assert_eq!(at(0), CredentialFact::Expired);
    assert_eq!(at(1), CredentialFact::Expired);
}

#[test]
fn keys_that_were_chosen_to_meet_in_one_bucket_are_all_found() {
    let digest = |number: u64| {
        let mut digest = [0; 32];
        digest[8..16].copy_from_slice(&number.to_be_bytes());
        CredentialKey::api_key_digest(digest)
    };
    // Around the length from which a bucket is searched; every other key is nobody's.
    for count in [1_u64, 2, 63, 64, 65, 66, 500] {
        let mut contents = portals(5, 4);
        let home = contents.iter().position(|portal| portal.applications.len() > 1).unwrap();
        let ids = [contents[home].applications[0].id, contents[home].applications[1].id];
        let holder = |number: u64| active(ids[usize::from(number.is_multiple_of(3))]);
        let chosen = (0..count)
            .map(|number| CredentialContents { key: digest(2 * number + 1), holder: holder(number) });
        contents[home].credentials.extend(chosen);
        let bundle = Bundle::open(&build(Policy::Strict, &contents).unwrap().to_bytes()).unwrap();
        for number in 0..count {
            let caller = bundle.caller(&digest(2 * number + 1), NOW);
            assert_eq!(
                caller.application_id(),
                Some(ids[usize::from(number.is_multiple_of(3))]),
                "{number} of {count}"
            );
            assert_eq!(bundle.caller(&digest(2 * number), NOW).credential(), CredentialFact::Unknown);
        }
        assert_eq!(bundle.caller(&digest(2 * count), NOW).credential(), CredentialFact::Unknown);
    }
}

#[test]
fn a_chunk_has_its_bytes_and_shows_no_entry() {
    let contents = portals(1, 300);
    let built = build_within(Policy::Strict, &contents, 4_096).unwrap();
    let file = built.to_bytes();
    let bundle = Bundle::open(&file).unwrap();
    let chunks = bundle.chunks();
    assert!(chunks.len() > 1);
    let parts = std::iter::once(bundle.global().bytes()).chain(chunks.iter().map(|chunk| chunk.bytes()));
    let joined: Vec<u8> = parts.flatten().copied().collect();
    assert!(file.ends_with(&joined), "they are the end of the file, in their order");
    for (index, chunk) in (0..).zip(chunks) {
        assert_eq!(chunk.index(), index);
        let shown = format!(
            "Chunk {{ index: {index}, bytes: {}, counts: {:?}, .. }}",
            chunk.bytes().len(),
            chunk.counts()
        );
        assert_eq!(format!("{chunk:?}"), shown);
    }
    let bytes = bundle.global().bytes().len();
    assert_eq!(format!("{:?}", bundle.global()), format!("GlobalChunk {{ bytes: {bytes}, .. }}"));
    let id = contents.iter().find_map(|portal| portal.applications.first()).unwrap().id;
    let shown = format!("{:?}", bundle.caller_by_application_id(&id));
    assert!(shown.contains(&format!("{id:?}")), "{shown}");
}

#[test]
fn callers_are_compared_by_application() {
    let mut contents = portals(3, 4);
    let home = contents.iter().position(|portal| portal.applications.len() > 1).unwrap();
    let (first, second) = (contents[home].applications[0].id, contents[home].applications[1].id);
    let developer = crate::DeveloperId::from_bytes([9; 16]);
    contents[home].applications[0].owner = Owner::Developer(developer, DeveloperStatus::Revoked);
    let key = CredentialKey::api_key(b"a key");
    contents[home].credentials.push(CredentialContents { key, holder: active(first) });
    let bundle = Bundle::open(&build(Policy::Strict, &contents).unwrap().to_bytes()).unwrap();
    let by_key = bundle.caller(&key, NOW);
    assert!(by_key.same_application(&bundle.caller_by_application_id(&first)));
    assert!(!by_key.same_application(&bundle.caller_by_application_id(&second)));
    assert_eq!(by_key.owner(), Some(Owner::Developer(developer, DeveloperStatus::Revoked)));
    assert!(!Caller::unknown().same_application(&Caller::unknown()));
    for (caller, fact) in [
        (Caller::missing(), CredentialFact::Missing),
        (Caller::ambiguous(), CredentialFact::Ambiguous),
        (Caller::unknown(), CredentialFact::Unknown),
    ] {
        assert_eq!((caller.credential(), caller.application_id(), caller.owner()), (fact, None, None));
    }
    let facts = bundle.facts(&by_key, None, Freshness::Stale);
    assert_eq!((facts.freshness, facts.resource), (Freshness::Stale, ResourceFact::Unknown));
    assert_eq!(facts.owner, OwnerFact::Developer(DeveloperStatus::Revoked));
}

#[test]
fn any_number_of_registrations_is_counted() {
    let mut contents = portals(1, 0);
    let all: Vec<ResourceId> = (0..40_000).map(|number| resource(number + 1_000)).collect();
    let state = ResourceFact::Published;
    contents[0].resources.extend(all.iter().map(|id| crate::bundle::ResourceContents {
        id: *id,
        state,
        deprecated: false,
    }));
    for (number, count) in [0, 1, 16, 17, 254, 255, 256, 40_000].into_iter().enumerate() {
        contents[0].applications.push(ApplicationContents {
            id: application(number),
            status: ApplicationFact::Approved,
            owner: Owner::Unknown,
            role_set: 0,
            registrations: all.iter().take(count).map(|id| (*id, RegistrationFact::Revoked)).collect(),
        });
    }
    let bundle = Bundle::open(&build(Policy::Strict, &contents).unwrap().to_bytes()).unwrap();
    for (number, count) in [0, 1, 16, 17, 254, 255, 256, 40_000].into_iter().enumerate() {
        let caller = bundle.caller_by_application_id(&application(number));
        for (place, id) in all.iter().enumerate().step_by(if count < 1000 { 1 } else { 997 }).take(400) {
            let expected = if place < count { RegistrationFact::Revoked } else { RegistrationFact::Missing };
            let facts = bundle.facts(&caller, bundle.resource(id), Freshness::Fresh);
            assert_eq!(facts.registration, expected);
        }
    }
}

#[test]
fn a_handle_of_another_bundle_is_no_resource() {
    let contents = portals(1, 1);
    let ours = Bundle::open(&build(Policy::Strict, &contents).unwrap().to_bytes()).unwrap();
    let theirs = Bundle::open(&build(Policy::Konnect, &contents).unwrap().to_bytes()).unwrap();
    let id = contents[0].resources[0].id;
    let handle = theirs.resource(&id);
    assert!(handle.is_some());
    let facts = ours.facts(&Caller::missing(), handle, Freshness::Fresh);
    assert_eq!(facts.resource, ResourceFact::Unknown);
    assert_eq!(BundlePart::Chunk(3).to_string(), "chunk 3");
}

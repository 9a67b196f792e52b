//! The same contents give the same bytes; a change touches its own chunks only.

use std::sync::Arc;

use super::generator::{Random, portals};
use crate::bundle::build::build_within;
use crate::bundle::key::{application_ref, chunk_index, credential_hash, truncated};
use crate::bundle::{
    Built, Bundle, BundleError, BundlePart, Chunk, CredentialHolder, CredentialState, GlobalChunk, Manifest,
    PortalContents,
};
use crate::{ApplicationFact, Policy, RegistrationFact, RoleFact};

const LIMIT: usize = 4_096;

fn built(contents: &[PortalContents]) -> Built {
    build_within(Policy::Strict, contents, LIMIT).unwrap()
}

/// The chunks in which two bundles differ.
fn changed(before: &Built, after: &Built) -> Vec<u32> {
    assert_eq!(before.manifest.chunk_bits(), after.manifest.chunk_bits());
    let pairs = before.manifest.chunks().iter().zip(after.manifest.chunks());
    (0_u32..).zip(pairs).filter(|(_, (a, b))| a != b).map(|(index, _)| index).collect()
}

#[test]
fn the_order_of_contents_does_not_matter() {
    let mut contents = portals(5, 500);
    let expected = built(&contents);
    let mut random = Random::new(11);
    for _ in 0..3 {
        for portal in &mut contents {
            // Positions of role sets are named by applications: reverse both.
            let last = portal.role_sets.len() - 1;
            portal.role_sets.reverse();
            for application in &mut portal.applications {
                application.role_set = last - application.role_set;
                random.shuffle(&mut application.registrations);
            }
            for set in &mut portal.role_sets {
                random.shuffle(&mut set.teams);
                random.shuffle(&mut set.roles);
            }
            random.shuffle(&mut portal.resources);
            random.shuffle(&mut portal.applications);
            random.shuffle(&mut portal.credentials);
            random.shuffle(&mut portal.routes);
        }
        random.shuffle(&mut contents);
        assert_eq!(built(&contents), expected);
    }
}

#[test]
fn a_changed_application_changes_its_own_chunk() {
    let before = portals(5, 500);
    let first = built(&before);
    let bits = first.manifest.chunk_bits();
    assert!(bits > 3);
    let mut after = before.clone();
    let application = after[1].applications.iter_mut().find(|known| !known.registrations.is_empty()).unwrap();
    let own = chunk_index(application_ref(0, &application.id), bits);
    application.registrations[0].1 = match application.registrations[0].1 {
        RegistrationFact::Revoked => RegistrationFact::Approved,
        _ => RegistrationFact::Revoked,
    };
    let second = built(&after);
    assert_eq!((changed(&first, &second), &first.global), (vec![own], &second.global));

    let application =
        after[1].applications.iter_mut().find(|known| known.status == ApplicationFact::Approved);
    let application = application.unwrap();
    let own = chunk_index(application_ref(0, &application.id), bits);
    application.status = ApplicationFact::Revoked;
    let third = built(&after);
    assert_eq!((changed(&second, &third), &second.global), (vec![own], &third.global));
    assert_ne!(first.content_digest(), third.content_digest());
}

#[test]
fn a_changed_credential_changes_its_own_chunk() {
    let mut contents = portals(5, 500);
    let before = built(&contents);
    let active = |holder: &CredentialHolder| {
        matches!(holder, CredentialHolder::One { state: CredentialState::Active, .. })
    };
    let credential = contents[2].credentials.iter_mut().rfind(|known| active(&known.holder)).unwrap();
    if let CredentialHolder::One { state, .. } = &mut credential.holder {
        *state = CredentialState::Revoked;
    }
    let own = chunk_index(credential_hash(truncated(&credential.key)), before.manifest.chunk_bits());
    let after = built(&contents);
    assert_eq!((changed(&before, &after), &before.global), (vec![own], &after.global));
}

#[test]
fn a_changed_role_changes_the_global_chunk_only() {
    let mut contents = portals(5, 500);
    let before = built(&contents);
    let role = contents[0].role_sets.iter_mut().find_map(|set| set.roles.first_mut()).unwrap();
    role.1 = if role.1 == RoleFact::Viewer { RoleFact::Consumer } else { RoleFact::Viewer };
    let after = built(&contents);
    assert_eq!(changed(&before, &after), Vec::<u32>::new());
    assert_ne!(before.global, after.global);
    assert_ne!(before.content_digest(), after.content_digest());
}

#[test]
fn chunks_are_verified_alone_and_shared_between_generations() {
    let mut contents = portals(5, 500);
    let before = built(&contents);
    let first = Bundle::open(&before.to_bytes()).unwrap();
    contents[1].applications[0].status = ApplicationFact::Pending;
    contents[1].applications[1].status = ApplicationFact::Rejected;
    let after = built(&contents);
    let manifest = Manifest::parse(&after.manifest.to_bytes()).unwrap();
    let fetch =
        |index: u32| Arc::new(Chunk::verify(index, after.chunks[index as usize].clone(), &manifest).unwrap());
    let touched = changed(&before, &after);
    let mut chunks = first.chunks().to_vec();
    let stale = Bundle::assemble(manifest.clone(), Arc::clone(first.global()), chunks.clone());
    let part = BundlePart::Chunk(touched[0]);
    assert_eq!(stale.unwrap_err(), BundleError::Foreign { part });
    for index in touched {
        chunks[index as usize] = fetch(index);
    }
    let second = Bundle::assemble(manifest.clone(), Arc::clone(first.global()), chunks.clone()).unwrap();
    assert_eq!(second.content_digest(), after.content_digest());

    chunks.swap(0, 1);
    let swapped = Bundle::assemble(manifest.clone(), Arc::clone(first.global()), chunks.clone());
    assert_eq!(swapped.unwrap_err(), BundleError::Foreign { part: BundlePart::Chunk(0) });
    chunks.pop();
    let missing = Bundle::assemble(manifest.clone(), Arc::clone(first.global()), chunks.clone());
    assert!(matches!(missing.unwrap_err(), BundleError::ChunkCount { .. }));
    let other = build_within(Policy::Konnect, &contents, LIMIT).unwrap();
    let global = GlobalChunk::verify(other.global, &other.manifest).unwrap();
    let foreign = Bundle::assemble(manifest.clone(), Arc::new(global), chunks);
    assert_eq!(foreign.unwrap_err(), BundleError::Foreign { part: BundlePart::Global });
    let beyond = Chunk::verify(manifest.chunk_count(), vec![], &manifest).unwrap_err();
    assert!(matches!(beyond, BundleError::NoSuchChunk { .. }));
}

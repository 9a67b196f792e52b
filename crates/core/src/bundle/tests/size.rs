//! The size budget: 1M applications, 4M registrations and 1.2M API keys in 90 MB, at a tenth.

use super::generator::{Random, active, application, id, portals};
use crate::bundle::{ApplicationContents, Bundle, CredentialContents, Owner, build};
use crate::{ApplicationFact, CredentialKey, DeveloperId, DeveloperStatus, Policy, RegistrationFact};

#[test]
fn a_tenth_of_a_million_applications_take_nine_megabytes() {
    let mut contents = portals(1, 0);
    let mut random = Random::new(1);
    let portal = &mut contents[0];
    portal.credentials.clear();
    let resources: Vec<_> = portal.resources.iter().map(|known| known.id).collect();
    for number in 0..100_000 {
        let first = random.below(resources.len() - 4);
        portal.applications.push(ApplicationContents {
            id: application(number),
            status: ApplicationFact::Approved,
            owner: Owner::Developer(DeveloperId::from_bytes(id(6, number)), DeveloperStatus::Approved),
            role_set: number % portal.role_sets.len(),
            registrations: resources[first..first + 4]
                .iter()
                .map(|resource| (*resource, RegistrationFact::Approved))
                .collect(),
        });
        for key in 0..=u32::from(number % 5 == 0) {
            let key = CredentialKey::api_key(format!("{number} {key}").as_bytes());
            portal.credentials.push(CredentialContents { key, holder: active(application(number)) });
        }
    }
    let bytes = build(Policy::Strict, &contents).unwrap().to_bytes();
    let counts = Bundle::open(&bytes).unwrap().counts();
    assert_eq!((counts.applications, counts.registrations), (100_000, 400_000));
    assert_eq!(counts.credentials, [120_000, 0, 0]);
    assert!(bytes.len() <= 9_000_000, "{}", bytes.len());
}

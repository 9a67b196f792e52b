//! A decision on a bundle allocates nothing.

#![expect(unsafe_code, reason = "an allocator that counts can only be written so; nothing else is unsafe")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use gatepass::bundle::{
    ApplicationContents, Bundle, CredentialContents, CredentialHolder, CredentialState, Owner,
    PortalContents, ResourceContents, RoleSetContents, build,
};
use gatepass::{
    Action, ApplicationFact, ApplicationId, CredentialKey, DeveloperId, DeveloperStatus, Freshness, Policy,
    PortalId, Rbac, Region, RegistrationFact, ResourceFact, ResourceId, RoleFact, ServiceId, TeamId,
    Timestamp, decide,
};

thread_local! {
    /// Allocations by this thread: the test harness has threads of its own.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call is passed on unchanged; counting touches a thread-local cell without a destructor,
// which allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

fn sixteen(group: u8, number: u8) -> [u8; 16] {
    std::array::from_fn(|place| if place == 15 { number } else { group })
}

fn portal() -> PortalContents {
    let resources: Vec<_> = (0..40)
        .map(|number| ResourceContents {
            id: ResourceId::from_bytes(sixteen(1, number)),
            state: ResourceFact::Published,
            deprecated: false,
        })
        .collect();
    let roles = resources.iter().map(|known| (known.id, RoleFact::Consumer)).collect();
    let registrations: Vec<_> =
        resources.iter().map(|known| (known.id, RegistrationFact::Approved)).collect();
    let states = [CredentialState::Active, CredentialState::Revoked, CredentialState::Unrecognized];
    let application = |number: u8| ApplicationContents {
        id: ApplicationId::from_bytes(sixteen(2, number)),
        status: ApplicationFact::Approved,
        owner: Owner::Developer(DeveloperId::from_bytes(sixteen(3, number)), DeveloperStatus::Approved),
        role_set: 0,
        registrations: registrations.iter().take(number.into()).copied().collect(),
    };
    let credential = |number: u8| CredentialContents {
        key: CredentialKey::api_key(&[number]),
        holder: CredentialHolder::One {
            application: ApplicationId::from_bytes(sixteen(2, number)),
            state: states.get(usize::from(number % 4)).copied().unwrap_or(CredentialState::Active),
            expires_at: number.is_multiple_of(2).then_some(NOW),
        },
    };
    PortalContents {
        id: PortalId::from_bytes(sixteen(4, 0)),
        region: Region::Eu,
        rbac: Rbac::On,
        role_sets: vec![RoleSetContents { teams: vec![TeamId::from_bytes(sixteen(5, 0))], roles }],
        applications: (0..200).map(application).collect(),
        credentials: (0..250).map(credential).collect(),
        routes: vec![(ServiceId::from_bytes(sixteen(6, 0)), ResourceId::from_bytes(sixteen(1, 0)))],
        resources,
    }
}

#[test]
fn a_decision_allocates_nothing() {
    let bundle = Bundle::open(&build(Policy::Strict, &[portal()]).unwrap().to_bytes()).unwrap();
    let before = ALLOCATIONS.get();
    let mut allowed = 0_u32;
    for number in 0..=u8::MAX {
        let handle = bundle.resource(&ResourceId::from_bytes(sixteen(1, number % 40)));
        let by_key = bundle.caller(&CredentialKey::api_key(&[number]), NOW);
        let by_id = bundle.caller_by_application_id(&ApplicationId::from_bytes(sixteen(2, number)));
        black_box((by_key.same_application(&by_id), by_key.owner(), by_key.application_id()));
        for caller in [by_key, by_id] {
            let facts = bundle.facts(&caller, handle, Freshness::Fresh);
            let outcome = decide(&facts, Action::Consume, Policy::Strict);
            allowed += u32::from(black_box(outcome).is_allow());
        }
        black_box(bundle.resources_of_service(&ServiceId::from_bytes(sixteen(6, number))).count());
    }
    assert_eq!(ALLOCATIONS.get(), before);
    assert!(allowed > 100, "{allowed}");
}

use crate::{
    abi::{Call, Status, Stop},
    profile::Profile,
};

pub(super) fn get(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    refuse_without_zone(call)?;
    let key = call.bytes(0)?;
    let (value, version) =
        call.state().shared_data.get(&key).cloned().ok_or(Stop::Status(Status::NotFound))?;
    call.give_bytes(2, &value)?;
    call.give(4, &version.to_le_bytes())
}

pub(super) fn set(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    refuse_without_zone(call)?;
    let (key, value, expected) = (call.bytes(0)?, call.bytes(2)?, call.number(4));
    let shared = &mut call.state().shared_data;
    let version = shared.get(&key).map_or(0, |(_, version)| *version);
    if expected != 0 && version != 0 && expected != version {
        return Err(Status::CasMismatch.into());
    }
    shared.insert(key, (value, version.wrapping_add(1)));
    Ok(())
}

/// Kong's default configuration has no shared memory zone.
fn refuse_without_zone(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    match call.profile() {
        Profile::Envoy => Ok(()),
        Profile::Kong => Err(Stop::Trap("could not resolve namespace".to_owned())),
    }
}

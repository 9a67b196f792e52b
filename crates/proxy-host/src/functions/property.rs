use crate::{
    abi::{Call, Stop},
    properties,
};

pub(super) fn get(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let path = call.bytes(0)?;
    let value = properties::get(call.state(), &path)?;
    call.give_bytes(2, &value)
}

pub(super) fn set(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let (path, value) = (call.bytes(0)?, call.bytes(2)?);
    properties::set(call.state(), &path, value)
}

use crate::{
    abi::{Call, Status, Stop},
    metrics::{Metric, MetricKind},
    profile::Profile,
};

pub(super) fn define(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let kind = MetricKind::from_abi(call.number(0)).ok_or(Stop::Status(Status::BadArgument))?;
    let name = call.text(1)?;
    let id = call.state().metrics.define(kind, &name);
    call.give(3, &id.to_le_bytes())
}

pub(super) fn get(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let metric = metric(call)?;
    if metric.kind == MetricKind::Histogram {
        return Err(Status::BadArgument.into());
    }
    let value = metric.value;
    call.give(1, &value.to_le_bytes())
}

pub(super) fn record(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let value = call.long(1);
    let metric = metric(call)?;
    metric.value = match metric.kind {
        MetricKind::Counter => metric.value.saturating_add(value),
        MetricKind::Gauge => value,
        MetricKind::Histogram => metric.value.saturating_add(1),
    };
    Ok(())
}

/// A counter takes only what makes it grow: Envoy refuses even an increment by nothing.
pub(super) fn increment(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let offset = call.long(1);
    let is_too_small = match call.profile() {
        Profile::Envoy => offset <= 0,
        Profile::Kong => offset < 0,
    };
    let metric = metric(call)?;
    if metric.kind == MetricKind::Histogram || (metric.kind == MetricKind::Counter && is_too_small) {
        return Err(Status::BadArgument.into());
    }
    metric.value = metric.value.saturating_add(offset);
    Ok(())
}

fn metric<'a>(call: &'a mut Call<'_, '_>) -> Result<&'a mut Metric, Stop> {
    let id = call.number(0);
    call.state().metrics.by_id(id).ok_or(Stop::Status(Status::NotFound))
}

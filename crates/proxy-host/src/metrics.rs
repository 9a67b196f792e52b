use std::collections::BTreeMap;

/// What kind of metric the filter defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// Only ever grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Collects samples.
    Histogram,
}

impl MetricKind {
    pub(crate) fn from_abi(kind: u32) -> Option<Self> {
        match kind {
            0 => Some(Self::Counter),
            1 => Some(Self::Gauge),
            2 => Some(Self::Histogram),
            _ => None,
        }
    }
}

/// A metric and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its kind.
    pub kind: MetricKind,
    /// Its value; for a histogram the number of samples.
    pub value: i64,
}

/// Every metric of a host; ids are positions counted from 1 and outlive an instance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    defined: Vec<(String, Metric)>,
}

impl Metrics {
    pub(crate) fn define(&mut self, kind: MetricKind, name: &str) -> u32 {
        let known = self.defined.iter().position(|(other, metric)| other == name && metric.kind == kind);
        let position = known.unwrap_or_else(|| {
            self.defined.push((name.to_owned(), Metric { kind, value: 0 }));
            self.defined.len().saturating_sub(1)
        });
        u32::try_from(position).unwrap_or(u32::MAX).saturating_add(1)
    }

    pub(crate) fn by_id(&mut self, id: u32) -> Option<&mut Metric> {
        let position = usize::try_from(id).ok()?.checked_sub(1)?;
        self.defined.get_mut(position).map(|(_, metric)| metric)
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&Metric> {
        self.defined.iter().find(|(other, _)| other == name).map(|(_, metric)| metric)
    }

    pub(crate) fn values(&self) -> BTreeMap<String, i64> {
        self.defined.iter().map(|(name, metric)| (name.clone(), metric.value)).collect()
    }
}

use crate::profile::Profile;

/// A header map as the filter sees and changes it.
#[derive(Clone, Debug)]
pub(crate) struct HeaderMap {
    fields: Vec<Field>,
    lower_cases: bool,
    removal: Removal,
}

#[derive(Clone, Debug)]
struct Field {
    name: Vec<u8>,
    value: Vec<u8>,
    hidden: bool,
}

/// What becomes of a removed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Removal {
    /// It is gone.
    Gone,
    /// Only the filter no longer sees it: nginx proxies request headers whether marked removed or not.
    Hidden,
}

impl HeaderMap {
    /// The headers of a client's request.
    pub(crate) fn request(profile: Profile, pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        let removal = match profile {
            Profile::Envoy => Removal::Gone,
            Profile::Kong => Removal::Hidden,
        };
        Self::new(profile, removal, pairs)
    }

    /// The headers of a response, which both hosts change as asked.
    pub(crate) fn response(profile: Profile, pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        Self::new(profile, Removal::Gone, pairs)
    }

    fn new(profile: Profile, removal: Removal, pairs: Vec<(Vec<u8>, Vec<u8>)>) -> Self {
        let mut map = Self { fields: Vec::new(), lower_cases: profile == Profile::Envoy, removal };
        for (name, value) in pairs {
            map.add(&name, &value);
        }
        map
    }

    /// What the filter sees, in order.
    pub(crate) fn visible(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.fields
            .iter()
            .filter(|field| !field.hidden)
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect()
    }

    /// What goes out on the wire: everything but pseudo-headers, hidden fields included.
    pub(crate) fn on_the_wire(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        self.fields
            .iter()
            .filter(|field| !field.name.starts_with(b":"))
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect()
    }

    /// The first visible value of a header; both hosts compare names without regard to case.
    pub(crate) fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.fields.iter().find(|field| field.is_seen_as(name)).map(|field| field.value.as_slice())
    }

    pub(crate) fn add(&mut self, name: &[u8], value: &[u8]) {
        let name = if self.lower_cases { name.to_ascii_lowercase() } else { name.to_vec() };
        self.fields.push(Field { name, value: value.to_vec(), hidden: false });
    }

    /// Sets the first copy and removes the others, as far as removal goes on this host.
    pub(crate) fn replace(&mut self, name: &[u8], value: &[u8]) {
        let Some(position) = self.fields.iter().position(|field| field.is_seen_as(name)) else {
            return self.add(name, value);
        };
        let (kept, later) = self.fields.split_at_mut(position.saturating_add(1));
        if let Some(first) = kept.last_mut() {
            first.value = value.to_vec();
        }
        let mut gone: Vec<bool> = vec![false; kept.len()];
        for field in later {
            let is_copy = field.is_seen_as(name);
            field.hidden |= is_copy;
            gone.push(is_copy && self.removal == Removal::Gone);
        }
        let mut gone = gone.into_iter();
        self.fields.retain(|_| !gone.next().unwrap_or(false));
    }

    pub(crate) fn remove(&mut self, name: &[u8]) {
        match self.removal {
            Removal::Gone => self.fields.retain(|field| !field.is_seen_as(name)),
            Removal::Hidden => {
                for field in &mut self.fields {
                    field.hidden |= field.is_seen_as(name);
                }
            }
        }
    }

    /// Drops every field, for a host that replaces whole maps.
    pub(crate) fn clear(&mut self) {
        self.fields.clear();
    }
}

impl Field {
    fn is_seen_as(&self, name: &[u8]) -> bool {
        !self.hidden && self.name.eq_ignore_ascii_case(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(name: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
        (name.as_bytes().to_vec(), value.as_bytes().to_vec())
    }

    fn two_copies() -> Vec<(Vec<u8>, Vec<u8>)> {
        vec![pair("X-Owner", "evil"), pair("Accept", "*/*"), pair("x-owner", "evil2")]
    }

    #[test]
    fn envoy_lower_cases_and_really_replaces() {
        let mut map = HeaderMap::request(Profile::Envoy, two_copies());
        map.replace(b"X-OWNER", b"verified");
        assert_eq!(map.on_the_wire(), [pair("x-owner", "verified"), pair("accept", "*/*")]);
        map.remove(b"x-owner");
        assert_eq!(map.on_the_wire(), [pair("accept", "*/*")]);
    }

    #[test]
    fn kong_keeps_case_and_only_hides() {
        let mut map = HeaderMap::request(Profile::Kong, two_copies());
        map.replace(b"x-owner", b"verified");
        assert_eq!(map.visible(), [pair("X-Owner", "verified"), pair("Accept", "*/*")]);
        let upstream = [pair("X-Owner", "verified"), pair("Accept", "*/*"), pair("x-owner", "evil2")];
        assert_eq!(map.on_the_wire(), upstream);
        map.remove(b"X-Owner");
        assert_eq!(map.get(b"x-owner"), None);
        assert_eq!(map.on_the_wire(), upstream);
    }

    #[test]
    fn response_headers_are_removed_on_both() {
        for profile in Profile::ALL {
            let mut map = HeaderMap::response(profile, two_copies());
            map.remove(b"x-owner");
            assert_eq!(map.on_the_wire().len(), 1, "{profile}");
        }
    }

    #[test]
    fn an_empty_value_overwrites() {
        for profile in Profile::ALL {
            let mut map = HeaderMap::request(profile, vec![pair("apikey", "secret")]);
            map.replace(b"apikey", b"");
            assert_eq!(map.on_the_wire(), [pair("apikey", "")], "{profile}");
        }
    }
}

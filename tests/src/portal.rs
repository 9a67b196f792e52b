//! Portals as snapshot JSON, from a seed and a shape: everything the design says is read with severity record or
//! warning, and nothing that refuses the file.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::access::{credentials, registrations, team_roles};
use crate::random::Random;
use crate::things::{self, Ids};

/// What a portal is made from. All counts are inclusive maxima, so that failures shrink to few objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// All choices.
    pub seed: u64,
    /// `v2`, `v3` or `gateway-2.8`.
    pub api: &'static str,
    /// How many developers.
    pub developers: usize,
    /// How many teams.
    pub teams: usize,
    /// How many applications.
    pub applications: usize,
    /// How many resources.
    pub resources: usize,
    /// How often, in percent, a value is one that nobody knows.
    pub odd: u8,
}

/// When credentials expire, if they do. Two spellings of time with a fraction and an offset are among them.
pub const EXPIRIES: [&str; 3] =
    ["2026-12-01T00:00:00Z", "2026-12-01T02:00:00.50+02:00", "2027-06-30T23:59:59.999Z"];

/// Shapes of portals, all of them small.
pub fn shapes() -> impl Strategy<Value = Shape> {
    (
        any::<u64>(),
        prop::sample::select(vec!["v2", "v3", "v2", "v3", "gateway-2.8"]),
        0usize..=4,
        0usize..=3,
        0usize..=4,
        0usize..=4,
        prop::sample::select(vec![0u8, 4, 10, 25]),
    )
        .prop_map(|(seed, api, developers, teams, applications, resources, odd)| Shape {
            seed,
            api,
            developers,
            teams,
            applications,
            resources,
            odd,
        })
}

impl Shape {
    /// A shape from a seed alone, for loops without proptest.
    pub fn of_seed(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5eed);
        Self {
            seed,
            api: random.pick(&["v2", "v3", "v2", "v3", "gateway-2.8"]),
            developers: random.below(6),
            teams: random.below(4),
            applications: random.below(7),
            resources: random.below(6),
            odd: random.pick(&[0, 4, 10, 25]),
        }
    }
}

/// The words of a generator at work.
#[derive(Debug)]
pub(crate) struct Maker {
    pub(crate) random: Random,
    pub(crate) api: &'static str,
    pub(crate) odd: u8,
}

impl Maker {
    pub(crate) fn odd(&mut self) -> bool {
        let odd = self.odd;
        self.random.percent(odd)
    }

    /// Something that is no known word, or nothing at all.
    pub(crate) fn nonsense(&mut self) -> Value {
        self.random.pick(&[
            Value::Null,
            json!("Approved"),
            json!("APPROVED"),
            json!(" approved"),
            json!("approved\u{0}"),
            json!("requested"),
            json!("published "),
            json!("true"),
            json!(""),
            json!("0"),
            json!(0),
            json!(1),
            json!(2),
            json!(3),
            json!(0.5),
            json!(-0.0),
            json!(true),
            json!(false),
            json!([]),
            json!({}),
            json!(["approved"]),
            json!({"status": "approved"}),
        ])
    }

    /// Puts a member: one of `words`, or something odd, or nothing.
    pub(crate) fn put(&mut self, object: &mut Value, name: &str, words: &[Value]) {
        let members = object.as_object_mut().expect("an object");
        if self.odd() {
            if self.random.percent(70) {
                members.insert(name.into(), self.nonsense());
            }
        } else {
            members.insert(name.into(), self.random.pick(words));
        }
    }

    pub(crate) fn status(&mut self, object: &mut Value) {
        let words = if self.api == "gateway-2.8" {
            vec![
                json!("approved"),
                json!("approved"),
                json!("requested"),
                json!(0),
                json!(1),
                json!(2),
                json!(3),
            ]
        } else {
            ["approved", "approved", "approved", "approved", "pending", "rejected", "revoked"]
                .map(Value::from)
                .into()
        };
        self.put(object, "status", &words);
    }

    pub(crate) fn flag(&mut self, object: &mut Value, name: &str, mostly: bool) {
        self.put(object, name, &[json!(mostly), json!(mostly), json!(mostly), json!(!mostly)]);
    }

    /// A list that is there, or null or absent instead of empty.
    pub(crate) fn list(&mut self, file: &mut Map<String, Value>, name: &str, items: Vec<Value>) {
        if items.is_empty() {
            match self.random.below(3) {
                0 => {}
                1 => drop(file.insert(name.into(), Value::Null)),
                _ => drop(file.insert(name.into(), json!([]))),
            }
        } else {
            file.insert(name.into(), Value::Array(items));
        }
    }
}

/// The portal of a shape. Portals of different numbers have no id in common.
pub fn portal(shape: &Shape, number: u16) -> Value {
    let mut maker = Maker { random: Random::new(shape.seed), api: shape.api, odd: shape.odd };
    let ids = Ids::of(&mut maker, shape, number);
    let mut file = Map::new();
    file.insert("format".into(), json!("gatepass.snapshot/1"));
    file.insert("exported_at".into(), json!("2026-11-22T10:00:00Z"));
    file.insert("api".into(), json!(shape.api));
    let region = maker.random.pick(&["eu", "eu", "eu", "eu", "us", "sg"]);
    if maker.odd() {
        let odd = maker.random.pick(&[
            None,
            Some(Value::Null),
            Some(json!("*")),
            Some(json!("EU")),
            Some(json!("")),
        ]);
        odd.map(|odd| file.insert("region".into(), odd));
    } else {
        file.insert("region".into(), json!(region));
    }
    file.insert("portal".into(), things::portal_object(&mut maker, &ids));
    if maker.random.percent(30) {
        file.insert("auth_settings".into(), things::auth_settings(&mut maker));
    }
    let developers = things::developers(&mut maker, &ids);
    if maker.random.percent(30) {
        let count = developers.len();
        file.insert("collected".into(), json!({"developers": {"total": count, "items": count}}));
        file.insert("developers".into(), json!(developers));
    } else {
        maker.list(&mut file, "developers", developers);
    }
    let teams =
        ids.teams.iter().map(|id| json!({"id": id, "name": "T", "can_own_applications": true})).collect();
    maker.list(&mut file, "teams", teams);
    things::members(&mut maker, &ids, &mut file);
    team_roles(&mut maker, &ids, region, &mut file);
    things::resources(&mut maker, &ids, &mut file);
    let applications = things::applications(&mut maker, &ids);
    maker.list(&mut file, "applications", applications);
    let registrations = registrations(&mut maker, &ids);
    maker.list(&mut file, "registrations", registrations);
    let credentials = credentials(&mut maker, &ids, number);
    maker.list(&mut file, "credentials", credentials);
    Value::Object(file)
}

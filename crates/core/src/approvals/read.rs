//! From the file to the rules: every mistake is listed, each with its place.

use std::collections::{BTreeMap, BTreeSet};

use super::domain::{Domain, domain_of};
use super::held::HeldCode;
use super::rules::{Otherwise, ReadyTeam, Rules, RulesError, RulesReading, Trusted, VerifiedBy, team};
use crate::Snapshot;
use crate::json::{Entries, Entry, Field, List, lenient_object};
use crate::plain::Shown;
use crate::problem::{Place, Problems, Severity};
use crate::report::{Access, Roles, Span};

lenient_object! {
    RawRules<'a> {
        emails_verified_by: Field<'a>,
        trusted: List<Entry<RawTrusted<'a>>>,
        blocked_domains: List<Field<'a>>,
        fallback_team: Field<'a>,
        otherwise: Field<'a>,
        require_ready_team: Field<'a>,
        include_approved: Field<'a>,
        owners: Entries<'a, Field<'a>>,
        cadence: Entries<'a, Field<'a>>,
    }
    unknown unknown
}

lenient_object! {
    RawTrusted<'a> { domain: Field<'a>, include_subdomains: Field<'a>, team: Field<'a> }
    unknown unknown
}

pub(super) fn read(json: &[u8], snapshot: Option<&Snapshot>) -> Result<RulesReading, RulesError> {
    let mut reader = Reader { problems: Problems::default(), snapshot };
    let rules = match crate::json::from_slice::<Entry<RawRules<'_>>>(json) {
        Ok(Entry::Object(raw)) => reader.rules(&raw),
        Ok(_) => {
            let remedy = "write members such as `trusted` and `emails_verified_by`";
            reader.error("wrong_type", Place::Root, "the rules are no object", remedy);
            Rules::default()
        }
        Err(error) => {
            let message = format!("the JSON cannot be read: {error}");
            reader.error("json_syntax", Place::Root, message, "write the rules as one JSON object, in UTF-8");
            Rules::default()
        }
    };
    let problems = reader.problems;
    if problems.has_errors() { Err(RulesError { problems }) } else { Ok(RulesReading { rules, problems }) }
}

struct Reader<'s> {
    problems: Problems,
    snapshot: Option<&'s Snapshot>,
}

/// How a domain is written.
const DOMAIN: &str = "write a domain such as `arsenal.com`, without `@` and without a dot at its end";
/// What is done about a member that is there twice.
const KEEP_ONE: &str = "keep one of the two; which one counts cannot be guessed";

impl Reader<'_> {
    fn error(
        &mut self,
        code: &'static str,
        place: Place<'_>,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.problems.note(Severity::Error, code, place, message, remedy);
    }

    fn wrong(&mut self, field: &Field<'_>, place: Place<'_>, expected: &str, remedy: &'static str) {
        match field {
            Field::Repeated => self.error("key_repeated", place, "the member is there twice", KEEP_ONE),
            Field::Absent => {
                self.error("value_missing", place, format!("there should be {expected}"), remedy);
            }
            field => {
                let message = format!("there is {field}, and should be {expected}");
                self.error("wrong_type", place, message, remedy);
            }
        }
    }

    fn rules(&mut self, raw: &RawRules<'_>) -> Rules {
        let root = Place::Root;
        let default = Rules::default();
        for key in &raw.unknown {
            let message = format!("`{}` is not a member of the rules", Shown(key));
            let remedy = "look for a spelling mistake; there are `emails_verified_by`, `trusted`, `blocked_domains`, \
                          `fallback_team`, `otherwise`, `require_ready_team`, `include_approved`, `owners` and `cadence`";
            self.error("key_unknown", root.member(key), message, remedy);
        }
        let emails_verified_by = self.word::<VerifiedBy>(
            &raw.emails_verified_by,
            root.member("emails_verified_by"),
            "`portal` or `idp`",
            "say who proved that addresses belong to whoever signed up with them",
        );
        let trusted = self.trusted(&raw.trusted, root.member("trusted"));
        let blocked_domains = self.blocked(&raw.blocked_domains, root.member("blocked_domains"));
        self.contradictions(raw, &trusted, &blocked_domains);
        let fallback_team = self.fallback_team(&raw.fallback_team);
        let otherwise = self.word::<Otherwise>(
            &raw.otherwise,
            root.member("otherwise"),
            "`hold` or `reject`",
            "say what becomes of those that no rule approves",
        );
        Rules {
            emails_verified_by,
            trusted: trusted.into_iter().map(|(trusted, _)| trusted).collect(),
            blocked_domains,
            fallback_team,
            otherwise: otherwise.unwrap_or(default.otherwise),
            require_ready_team: self.ready_team(&raw.require_ready_team, default.require_ready_team),
            include_approved: self.flag(&raw.include_approved, root.member("include_approved")),
            owners: self.owners(&raw.owners),
            cadence: self.cadence(&raw.cadence),
        }
    }

    /// The trusted domains, each with its position in the file.
    fn trusted(&mut self, raw: &List<Entry<RawTrusted<'_>>>, place: Place<'_>) -> Vec<(Trusted, usize)> {
        self.list(raw, place);
        let mut known: BTreeMap<Domain, usize> = BTreeMap::new();
        let mut trusted = Vec::with_capacity(raw.items().len());
        for (position, entry) in raw.items().iter().enumerate() {
            let place = place.item(position);
            let Entry::Object(entry) = entry else {
                let remedy = "write `{domain: arsenal.com, team: Arsenal}`";
                self.error("wrong_type", place, "a trusted domain is an object", remedy);
                continue;
            };
            for key in &entry.unknown {
                let message = format!("`{}` is not a member of a trusted domain", Shown(key));
                let remedy = "there are `domain`, `include_subdomains` and `team`";
                self.error("key_unknown", place.member(key), message, remedy);
            }
            let include_subdomains = self.flag(&entry.include_subdomains, place.member("include_subdomains"));
            let domain = self.domain(&entry.domain, place.member("domain"), 2);
            let team = self.team(&entry.team, place.member("team"));
            let Some(domain) = domain else { continue };
            if let Some(first) = known.get(&domain) {
                let message = format!("`{domain}` is trusted already, by `/trusted/{first}`");
                self.error("domain_repeated", place.member("domain"), message, KEEP_ONE);
                continue;
            }
            known.insert(domain.clone(), position);
            let Some(team) = team else { continue };
            trusted.push((Trusted { domain, include_subdomains, team }, position));
        }
        trusted
    }

    fn blocked(&mut self, raw: &List<Field<'_>>, place: Place<'_>) -> Vec<Domain> {
        self.list(raw, place);
        let mut known: BTreeMap<Domain, usize> = BTreeMap::new();
        let mut blocked = Vec::with_capacity(raw.items().len());
        for (position, field) in raw.items().iter().enumerate() {
            let place = place.item(position);
            // A whole top-level domain can be blocked.
            let Some(domain) = self.domain(field, place, 1) else { continue };
            if let Some(first) = known.get(&domain) {
                let message = format!("`{domain}` is blocked already, by `/blocked_domains/{first}`");
                self.error("domain_repeated", place, message, KEEP_ONE);
                continue;
            }
            known.insert(domain.clone(), position);
            blocked.push(domain);
        }
        blocked
    }

    /// Rules that can never apply, because what they trust is blocked.
    fn contradictions(&mut self, raw: &RawRules<'_>, trusted: &[(Trusted, usize)], blocked: &[Domain]) {
        let root = Place::Root;
        let list = root.member("trusted");
        let blocked: BTreeSet<&str> = blocked.iter().map(Domain::as_str).collect();
        for (rule, position) in trusted {
            let by = rule.domain.and_above().find(|(above, _)| blocked.contains(above));
            if let Some((by, _)) = by {
                let place = list.item(*position);
                let message = format!("`{}` is trusted, and `{by}` is blocked, which counts", rule.domain);
                let remedy = "remove one of the two";
                self.problems.note(
                    Severity::Warning,
                    "domain_blocked",
                    place.member("domain"),
                    message,
                    remedy,
                );
            }
        }
        if !trusted.is_empty() && raw.emails_verified_by.is_silent() {
            let message = "nobody is said to have proved the addresses, so everyone is held";
            let remedy = "set `emails_verified_by` to `portal` or `idp` if that is so";
            let place = root.member("emails_verified_by");
            self.problems.note(Severity::Warning, "emails_unverified", place, message, remedy);
        }
    }

    fn domain(&mut self, field: &Field<'_>, place: Place<'_>, labels: usize) -> Option<Domain> {
        let Some(text) = field.text() else {
            self.wrong(field, place, "a domain", DOMAIN);
            return None;
        };
        let why = match Domain::read(text) {
            Ok(domain) if domain.labels().count() >= labels => return Some(domain),
            Ok(_) => "the domain is a whole top-level domain",
            Err(HeldCode::TrailingDot) => "the domain ends in a dot",
            Err(HeldCode::LabelEmpty) => "the domain has an empty label",
            Err(_) => "it is no domain",
        };
        self.error("domain_invalid", place, format!("there is {field}; {why}"), DOMAIN);
        None
    }

    fn team(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<String> {
        const REMEDY: &str = "name a team of the portal by its exact name or its id";
        let Some(name) = field.text().filter(|name| !name.is_empty()) else {
            self.wrong(field, place, "the name or id of a team", REMEDY);
            return None;
        };
        self.known_team(name, place);
        Some(name.to_owned())
    }

    /// The team of everyone else, who should be able to look and no more.
    fn fallback_team(&mut self, field: &Field<'_>) -> Option<String> {
        let root = Place::Root;
        let place = root.member("fallback_team");
        if field.is_silent() {
            return None;
        }
        let before = self.problems.total();
        let name = self.team(field, place)?;
        if let Some(snapshot) = self.snapshot.filter(|_| self.problems.total() == before)
            && let Some(position) = team(snapshot, &name, place, &mut self.problems)
        {
            let access = Access::new(snapshot);
            if access.rbac() && access.roles_of(&[position]).has(Roles::CONSUMER) {
                let message =
                    format!("team `{}` has `API Consumer`, and everyone gets into it", Shown(&name));
                let remedy = "name a team that has no more than API Viewer, unless that is what you want";
                self.problems.note(Severity::Warning, "fallback_team_privileged", place, message, remedy);
            }
        }
        Some(name)
    }

    fn known_team(&mut self, name: &str, place: Place<'_>) {
        if let Some(snapshot) = self.snapshot {
            team(snapshot, name, place, &mut self.problems);
        }
    }

    fn ready_team(&mut self, field: &Field<'_>, default: ReadyTeam) -> ReadyTeam {
        match field {
            Field::Absent => default,
            Field::Boolean(false) => ReadyTeam::Any,
            Field::Text(word) if *word == "consume" => ReadyTeam::Consume,
            Field::Text(word) if *word == "view" => ReadyTeam::View,
            field => {
                let root = Place::Root;
                let remedy = "say what a team must give before anybody is put into it";
                self.unknown_word(
                    field,
                    root.member("require_ready_team"),
                    "`consume`, `view` or `false`",
                    remedy,
                );
                default
            }
        }
    }

    fn unknown_word(&mut self, field: &Field<'_>, place: Place<'_>, expected: &str, remedy: &'static str) {
        if *field == Field::Repeated {
            return self.wrong(field, place, expected, remedy);
        }
        let message = format!("there is {field}, and should be {expected}");
        self.error("word_unknown", place, message, remedy);
    }

    fn word<T: std::str::FromStr>(
        &mut self,
        field: &Field<'_>,
        place: Place<'_>,
        expected: &str,
        remedy: &'static str,
    ) -> Option<T> {
        if *field == Field::Absent {
            return None;
        }
        let word = field.text().and_then(|word| word.parse().ok());
        if word.is_none() {
            self.unknown_word(field, place, expected, remedy);
        }
        word
    }

    fn flag(&mut self, field: &Field<'_>, place: Place<'_>) -> bool {
        match field {
            Field::Absent => false,
            Field::Boolean(flag) => *flag,
            field => {
                self.wrong(field, place, "true or false", "write true or false");
                false
            }
        }
    }

    fn list<T>(&mut self, list: &List<T>, place: Place<'_>) {
        match list {
            List::Absent | List::Null | List::Items(_) => {}
            List::Repeated => self.error("key_repeated", place, "the member is there twice", KEEP_ONE),
            List::Other(kind) => {
                let message = format!("there is {kind}, and should be a list");
                self.error("wrong_type", place, message, "write a list, or leave it out");
            }
        }
    }

    /// The members of an object with free keys, each once.
    fn entries<'r>(
        &mut self,
        raw: &'r Entries<'_, Field<'_>>,
        place: Place<'_>,
    ) -> Vec<(&'r str, &'r Field<'r>)> {
        let message = match raw {
            Entries::Repeated => {
                self.error("key_repeated", place, "the member is there twice", KEEP_ONE);
                return Vec::new();
            }
            Entries::Other(kind) => format!("there is {kind}, and should be an object"),
            _ => String::new(),
        };
        if !message.is_empty() {
            self.error("wrong_type", place, message, "write an object, or leave it out");
        }
        let mut known: BTreeMap<&str, &Field<'_>> = BTreeMap::new();
        for (key, field) in raw.items() {
            if known.insert(key, field).is_some() {
                let message = format!("`{}` is there twice", Shown(key));
                self.error("key_repeated", place.member(key), message, KEEP_ONE);
            }
        }
        known.into_iter().collect()
    }

    fn owners(&mut self, raw: &Entries<'_, Field<'_>>) -> BTreeMap<String, String> {
        let root = Place::Root;
        let place = root.member("owners");
        let mut owners = BTreeMap::new();
        for (product, field) in self.entries(raw, place) {
            let place = place.member(product);
            let Some(email) = field.text().filter(|email| domain_of(email).is_ok()) else {
                self.wrong(field, place, "an e-mail address", "write whom to ask about the product or API");
                continue;
            };
            if self.snapshot.is_some_and(|snapshot| !crate::report::is_product(snapshot, product)) {
                let message = format!("the portal has no product or API `{}`", Shown(product));
                self.error("product_unknown", place, message, "name one by its exact name or its id");
            }
            owners.insert(product.to_owned(), email.to_owned());
        }
        owners
    }

    fn cadence(&mut self, raw: &Entries<'_, Field<'_>>) -> BTreeMap<String, Span> {
        let root = Place::Root;
        let place = root.member("cadence");
        let mut cadence = BTreeMap::new();
        for (name, field) in self.entries(raw, place) {
            let place = place.member(name);
            self.known_team(name, place);
            match field.text().and_then(|text| text.parse().ok()) {
                Some(span) => drop(cadence.insert(name.to_owned(), span)),
                None => self.wrong(field, place, "a span of time", "write it like `7d` or `48h`"),
            }
        }
        cadence
    }
}

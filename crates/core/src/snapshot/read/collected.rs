//! Completeness: how many items the API said there are, against how many are here.

use super::Reader;
use crate::json::{Entries, Entry, Field, List};
use crate::plain::Shown;
use crate::problem::Place;
use crate::snapshot::model::{Api, Completeness};
use crate::snapshot::raw::{RawCount, RawSnapshot};

/// A list as completeness sees it.
struct Counted<'r, 'a> {
    name: &'static str,
    /// How many items are here; `None` if there is no list.
    here: Option<usize>,
    count: &'r Entry<RawCount<'a>>,
    /// Whether answers depend on the list, so that its absence must be accounted for.
    needed: bool,
    /// Whether it comes from the operator and not from the API.
    ours: bool,
}

impl Counted<'_, '_> {
    fn of_ours(self) -> Self {
        Self { ours: true, ..self }
    }
}

impl Reader {
    pub(super) fn completeness(&mut self, raw: &RawSnapshot<'_>, api: Option<Api>) -> Completeness {
        let root = Place::Root;
        let place = root.member("collected");
        let none = crate::snapshot::raw::RawCollected::default();
        let collected = match &raw.collected {
            Entry::Object(collected) => collected,
            Entry::Absent | Entry::Other(crate::json::Kind::Null) => &none,
            entry => {
                self.object(entry, place);
                &none
            }
        };
        for key in &collected.unknown {
            self.error(
                "key_unknown",
                place.member(key),
                format!("`{}` is not a list of a snapshot", Shown(key)),
                "remove it",
            );
        }
        let v3 = api == Some(Api::V3);
        let lists = [
            counted("developers", &raw.developers, &collected.developers, true),
            counted("teams", &raw.teams, &collected.teams, true),
            counted("applications", &raw.applications, &collected.applications, true),
            counted("registrations", &raw.registrations, &collected.registrations, true),
            counted("products", &raw.products, &collected.products, false),
            counted("product_versions", &raw.product_versions, &collected.product_versions, !v3),
            counted("apis", &raw.apis, &collected.apis, v3),
            counted("api_packages", &raw.api_packages, &collected.api_packages, false),
            counted("publications", &raw.publications, &collected.publications, v3),
            counted("implementations", &raw.implementations, &collected.implementations, false),
            // The operator's own file: nobody counted it for us, and it need not be counted.
            counted("credentials", &raw.credentials, &collected.credentials, false).of_ours(),
        ];
        let mut worst = Completeness::Complete;
        for list in &lists {
            worst = worst.max(self.list_completeness(list, place));
        }
        let mappings = raw.team_group_mappings.items().len();
        let here = (mappings > 0).then_some(mappings);
        let place_of_mappings = place.member("team_group_mappings");
        worst = worst.max(self.count_completeness(
            here,
            &collected.team_group_mappings,
            false,
            place_of_mappings,
        ));
        let teams = raw.teams.items().iter().filter_map(|team| team.object()?.id.text());
        for (name, lists, counts) in [
            ("team_developers", by_team(&raw.team_developers), &collected.team_developers),
            ("team_roles", by_team(&raw.team_roles), &collected.team_roles),
        ] {
            self.check_entries(counts, place.member(name));
            worst = worst.max(self.by_team_completeness(teams.clone(), &lists, counts, place.member(name)));
        }
        worst
    }

    fn by_team_completeness<'t>(
        &mut self,
        teams: impl Iterator<Item = &'t str>,
        lists: &[(&str, usize)],
        counts: &Entries<'_, Entry<RawCount<'_>>>,
        place: Place<'_>,
    ) -> Completeness {
        let absent = Entry::Absent;
        let mut worst = Completeness::Complete;
        for team in teams {
            let here = lists.iter().find(|(key, _)| *key == team).map(|(_, len)| *len);
            let count = counts.get(team).unwrap_or(&absent);
            worst = worst.max(self.count_completeness(here, count, true, place.member(team)));
        }
        worst
    }

    fn list_completeness(&mut self, list: &Counted<'_, '_>, place: Place<'_>) -> Completeness {
        let found = self.count_completeness(list.here, list.count, list.needed, place.member(list.name));
        if list.ours && found == Completeness::Unverified { Completeness::Complete } else { found }
    }

    fn count_completeness(
        &mut self,
        here: Option<usize>,
        count: &Entry<RawCount<'_>>,
        needed: bool,
        place: Place<'_>,
    ) -> Completeness {
        let Entry::Object(count) = count else {
            if !matches!(count, Entry::Absent | Entry::Other(crate::json::Kind::Null)) {
                self.object(count, place);
            }
            // A list that is empty because nobody collects it is not missing.
            let matters = needed || here.is_some_and(|here| here > 0);
            return if matters { Completeness::Unverified } else { Completeness::Complete };
        };
        let total = self.count(&count.total, place.member("total"));
        let items = self.count(&count.items, place.member("items"));
        let (Some(total), Some(items)) = (total, items) else { return Completeness::Unverified };
        let here = here.unwrap_or_default() as u64;
        if items < total || here < items {
            let message = format!("{here} items are here, {items} were collected, and the API has {total}");
            self.error(
                "partial",
                place,
                message,
                "export again; with --allow-partial answers are given and marked partial",
            );
            return Completeness::Partial;
        }
        Completeness::Complete
    }

    /// A count, which Konnect's documents allow to be written as `10.0`.
    fn count(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<u64> {
        match field {
            Field::Number(number) if *number >= 0.0 && number.fract() == 0.0 && *number < 9e15 =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked in the pattern's guard"
                )]
                Some(*number as u64)
            }
            odd => {
                self.error(
                    "wrong_type",
                    place,
                    format!("the count is {odd}, and should be a whole number"),
                    "export again",
                );
                None
            }
        }
    }
}

fn counted<'r, 'a, T>(
    name: &'static str,
    list: &List<T>,
    count: &'r Entry<RawCount<'a>>,
    needed: bool,
) -> Counted<'r, 'a> {
    Counted { name, here: list.is_given().then(|| list.items().len()), count, needed, ours: false }
}

fn by_team<'r, T>(lists: &'r Entries<'_, List<T>>) -> Vec<(&'r str, usize)> {
    let given = lists.items().iter().filter(|(_, list)| list.is_given());
    given.map(|(key, list)| (&**key, list.items().len())).collect()
}

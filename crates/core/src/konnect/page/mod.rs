//! Single pages and objects of the Management APIs, read without cross checks.
//!
//! ```
//! use gatepass::konnect::page;
//! let body = br#"{"meta": {"page": {"number": 1, "size": 10.0, "total": 1}},
//!                 "data": [{"id": "d3874c1b-2fc7-4d0e-9d58-1ce5307ec1d2", "name": "Inter Milan"}]}"#;
//! let page = page::teams(body).unwrap();
//! assert_eq!((page.items.len(), page.size, page.total), (1, Some(10), Some(1)));
//! assert!(page.problems.is_empty());
//! let error = page::teams(b"<html>").unwrap_err();
//! assert_eq!(error.iter().next().unwrap().code, "json_syntax");
//! ```

mod check;
mod item;
mod kind;

pub use item::Item;
pub use kind::Kind;

use crate::json::{Entry, Exact, Field, List, lenient_object};
use crate::problem::{Place, Problem, Problems, Severity};

/// One page of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Its objects, as they were written.
    pub items: Vec<Item>,
    /// Which page it is, if it says so.
    pub number: Option<u64>,
    /// How many objects a page holds, if it says so.
    pub size: Option<u64>,
    /// How many objects the whole list holds, if it says so.
    pub total: Option<u64>,
    /// What is wrong with single objects.
    pub problems: Problems,
}

lenient_object! {
    RawCounts<'a> { number: Field<'a>, size: Field<'a>, total: Field<'a> }
}

lenient_object! {
    RawMeta<'a> { page: Entry<RawCounts<'a>> }
}

lenient_object! {
    RawPage<'a> { meta: Entry<RawMeta<'a>>, data: List<Exact<'a>> }
}

fn refuse(code: &'static str, path: &str, message: String, remedy: &'static str) -> Problems {
    let mut problems = Problems::default();
    problems.push(Problem { severity: Severity::Error, code, path: path.into(), message, remedy });
    problems
}

/// A count, which the documents allow to be written as `10.0`; anything odd is no count.
fn count(field: &Field<'_>) -> Option<u64> {
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
        _ => None,
    }
}

/// Whether every number can be read as a double. An object is kept as it came, so one that cannot would spoil the whole
/// snapshot.
fn numbers_fit(json: &str) -> bool {
    let digits = |window: &[u8]| window.iter().all(u8::is_ascii_digit);
    let bytes = json.as_bytes();
    // Only such are looked at closely: nothing that Konnect writes has an exponent, or that many digits.
    let exponent =
        bytes.windows(2).any(|pair| matches!(pair, [digit, b'e' | b'E'] if digit.is_ascii_digit()));
    let doubtful = exponent || bytes.chunks(150).any(digits);
    !doubtful || serde_json::from_str::<serde_json::Value>(json).is_ok()
}

fn number_too_large(path: &str) -> Problems {
    let message = "there is a number that is too large to read".into();
    refuse("number_too_large", path, message, "check --base-url and any proxy in between")
}

/// Splits a page into its objects without looking into them further than their keys.
pub(super) fn split(kind: Kind, body: &[u8]) -> Result<Page, Problems> {
    let page = match crate::json::from_slice::<Entry<RawPage<'_>>>(body) {
        Ok(Entry::Object(page)) => page,
        Ok(_) => {
            let message = "a page is a JSON object with `data` and `meta`".into();
            return Err(refuse("wrong_type", "", message, "pass the body of a list request"));
        }
        Err(error) => {
            let message = format!("the JSON cannot be read: {error}");
            return Err(refuse("json_syntax", "", message, "pass the whole body, as UTF-8 JSON"));
        }
    };
    let List::Items(data) = page.data else {
        let message = "a page has a list `data`".into();
        return Err(refuse("wrong_type", "/data", message, "pass the body of a list request"));
    };
    if let Some(at) = data.iter().position(|Exact(json)| !numbers_fit(json)) {
        return Err(number_too_large(&format!("/data/{at}")));
    }
    let none = RawCounts::default();
    let counts = page.meta.object().and_then(|meta| meta.page.object()).unwrap_or(&none);
    Ok(Page {
        items: data.iter().map(|Exact(json)| Item::new(kind, json)).collect(),
        number: count(&counts.number),
        size: count(&counts.size),
        total: count(&counts.total),
        problems: Problems::default(),
    })
}

/// Reads one page of objects of a kind.
///
/// # Errors
///
/// [`Problems`] if the body is no page; what is wrong with single objects is in [`Page::problems`].
pub fn read(kind: Kind, body: &[u8]) -> Result<Page, Problems> {
    let mut page = split(kind, body)?;
    let mut problems = Problems::default();
    let (root, data);
    root = Place::Root;
    data = root.member("data");
    for (position, item) in page.items.iter().enumerate() {
        check::object(kind, item.json(), data.item(position), &mut problems);
    }
    page.problems = problems;
    Ok(page)
}

/// Reads the body of a single object of a kind.
///
/// # Errors
///
/// [`Problems`] if the body is no JSON object; what is wrong with its members comes with the object.
pub fn object(kind: Kind, body: &[u8]) -> Result<(Item, Problems), Problems> {
    let text = std::str::from_utf8(body).map_err(|error| {
        refuse(
            "json_syntax",
            "",
            format!("the text cannot be read: {error}"),
            "pass the whole body, as UTF-8 JSON",
        )
    })?;
    let Exact(json) = crate::json::from_str(text).map_err(|error| {
        refuse(
            "json_syntax",
            "",
            format!("the JSON cannot be read: {error}"),
            "pass the whole body, as UTF-8 JSON",
        )
    })?;
    if !numbers_fit(json) {
        return Err(number_too_large(""));
    }
    if !json.starts_with('{') {
        return Err(refuse(
            "wrong_type",
            "",
            "there should be an object".into(),
            "pass the body of a single object",
        ));
    }
    let mut problems = Problems::default();
    check::object(kind, json, Place::Root, &mut problems);
    Ok((Item::new(kind, json), problems))
}

macro_rules! pages {
    ($($(#[$doc:meta])+ $name:ident = $kind:ident;)+) => {$(
        $(#[$doc])+
        ///
        /// # Errors
        ///
        /// [`Problems`] if the body is no page.
        pub fn $name(body: &[u8]) -> Result<Page, Problems> {
            read(Kind::$kind, body)
        }
    )+};
}

pages! {
    /// Reads a page of `list-portals`.
    portals = Portal;
    /// Reads a page of `list-portal-developers`.
    developers = Developer;
    /// Reads a page of `list-portal-teams` or `list-portal-developer-teams`.
    teams = Team;
    /// Reads a page of `list-portal-team-developers`: without status.
    team_developers = TeamDeveloper;
    /// Reads a page of `list-portal-team-roles`.
    team_roles = AssignedRole;
    /// Reads a page of `list-portal-team-group-mappings`.
    team_group_mappings = GroupMapping;
    /// Reads a page of `list-applications`.
    applications = Application;
    /// Reads a page of `list-registrations` or `list-registrations-by-application`.
    registrations = Registration;
    /// Reads a page of `list-portal-products` or `get-many-api-product`.
    products = Product;
    /// Reads a page of `list-portal-product-versions`: without product and name.
    portal_product_versions = PortalProductVersion;
    /// Reads a page of `get-many-api-product-version`.
    api_product_versions = ApiProductVersion;
    /// Reads a page of `list-app-auth-strategies`.
    auth_strategies = AuthStrategy;
    /// Reads a page of `list-apis`.
    apis = Api;
    /// Reads a page of `list-api-packages`.
    api_packages = ApiPackage;
    /// Reads a page of `list-portal-api-publications`.
    publications = Publication;
    /// Reads a page of `list-api-implementations`.
    implementations = Implementation;
    /// Reads a page of `list-credentials-by-application`.
    credentials = Credential;
}

#[cfg(test)]
mod tests;

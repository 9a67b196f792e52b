//! One request to one operation: what it brings, what it may answer, and the lists it can read.

use rusqlite::{Connection, OptionalExtension, params_from_iter};
use serde_json::{Map, Value, json};

use crate::body::Body;
use crate::options::Api;
use crate::problem::{Invalid, Problem};
use crate::query::{Filter, Query, Sorting};
use crate::{clock, random};

/// A request, and the world it is asked of.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) database: &'a Connection,
    pub(crate) settings: &'a CallSettings,
    pub(crate) api: Api,
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Query,
    pub(crate) body: Vec<u8>,
}

/// What the options say about answers.
#[derive(Clone, Debug)]
pub(crate) struct CallSettings {
    pub(crate) seed: u64,
    pub(crate) page_size: i64,
    pub(crate) maximum_page_size: i64,
    pub(crate) list_owners: bool,
}

/// An answer that is 2xx.
#[derive(Debug)]
pub(crate) enum Reply {
    Json(u16, Value),
    Text(u16, &'static str),
    Empty,
}

pub(crate) type Answer = Result<Reply, Problem>;

/// A list: a JSON object per row, its rows, and what clients may filter and sort by.
pub(crate) struct Listing<'a> {
    /// The SQL expression of an item.
    pub(crate) item: &'a str,
    /// `FROM` with the joins.
    pub(crate) from: &'a str,
    /// What limits the list to its parent, with placeholders.
    pub(crate) scope: &'a str,
    pub(crate) values: &'a [&'a str],
    /// The column of the order of creation.
    pub(crate) order: &'a str,
    pub(crate) filters: &'a [Filter],
    pub(crate) sorts: &'a [(&'static str, &'static str)],
    /// What SQL cannot say about an item.
    pub(crate) finish: fn(&mut Value),
}

/// Leaves an item as it is.
pub(crate) fn as_is(_: &mut Value) {}

impl Call<'_> {
    /// A part of the path; empty if the operation has none of that name.
    pub(crate) fn part(&self, name: &str) -> &str {
        self.path.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// The body, checked.
    pub(crate) fn read(&self, body: &Body) -> Result<Map<String, Value>, Problem> {
        body.read(&self.body)
    }

    /// Whether a query gives a row.
    pub(crate) fn exists(&self, sql: &str, values: &[&str]) -> Result<bool, Problem> {
        Ok(self.database.prepare_cached(sql)?.exists(params_from_iter(values))?)
    }

    /// The first column of the first row, as text.
    pub(crate) fn text(&self, sql: &str, values: &[&str]) -> Result<Option<String>, Problem> {
        let mut statement = self.database.prepare_cached(sql)?;
        Ok(statement.query_row(params_from_iter(values), |row| row.get(0)).optional()?.flatten())
    }

    /// The first column of the first row, as JSON; 404 if there is none.
    pub(crate) fn one(&self, sql: &str, values: &[&str]) -> Result<Value, Problem> {
        match self.text(sql, values)? {
            Some(text) => Ok(serde_json::from_str(&text)?),
            None => Err(Problem::not_found()),
        }
    }

    /// Changes rows; says how many.
    pub(crate) fn execute(&self, sql: &str, values: &[Option<&str>]) -> Result<usize, Problem> {
        Ok(self.database.prepare_cached(sql)?.execute(params_from_iter(values))?)
    }

    /// Deletes: 204 if there was something, else 404.
    pub(crate) fn delete(&self, sql: &str, values: &[&str]) -> Answer {
        let values: Vec<Option<&str>> = values.iter().map(|value| Some(*value)).collect();
        if self.execute(sql, &values)? == 0 { Err(Problem::not_found()) } else { Ok(Reply::Empty) }
    }

    /// The portal of the path, of this API's generation.
    pub(crate) fn portal(&self) -> Result<&str, Problem> {
        let id = self.part("portalId");
        let sql = "SELECT 1 FROM portals WHERE id = ? AND api = ?";
        if self.exists(sql, &[id, self.api.name()])? { Ok(id) } else { Err(Problem::not_found()) }
    }

    /// A setting of a portal.
    pub(crate) fn portal_setting(&self, portal: &str, name: &str) -> Result<Option<String>, Problem> {
        self.text(
            "SELECT CAST(json_extract(body, '$.' || ?) AS TEXT) FROM portals WHERE id = ?",
            &[name, portal],
        )
    }

    /// The next id of a kind.
    pub(crate) fn fresh_id(&self, kind: &str) -> Result<String, Problem> {
        let sql = "INSERT INTO settings VALUES ('ids', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value";
        let number: i64 = self.database.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(random::uuid(self.settings.seed, kind, number.unsigned_abs() | (1 << 40)))
    }

    /// The time of a change: each is a second after the one before.
    pub(crate) fn tick(&self) -> Result<String, Problem> {
        let sql = "UPDATE settings SET value = value + 1000 WHERE name = 'now' RETURNING value";
        Ok(clock::text(self.database.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
    }

    /// A page of a list.
    pub(crate) fn page(&self, listing: &Listing<'_>) -> Answer {
        self.page_of(&self.query, listing, Sorting::One)
    }

    /// A page of a list of API Products or API Builder, whose `sort` may hold more.
    pub(crate) fn page_by_list(&self, listing: &Listing<'_>) -> Answer {
        self.page_of(&self.query, listing, Sorting::List)
    }

    /// A page of a list, as a query asks for it.
    pub(crate) fn page_of(&self, query: &Query, listing: &Listing<'_>, sorting: Sorting) -> Answer {
        let mut names = vec!["page[size]", "page[number]"];
        if !listing.sorts.is_empty() {
            names.push("sort");
        }
        query.only(&names, !listing.filters.is_empty())?;
        let page = query.page(self.settings.page_size, self.settings.maximum_page_size)?;
        let sort = query.sort(listing.sorts, sorting)?;
        let (mut scope, mut values) = (format!("({})", listing.scope), Vec::new());
        values.extend(listing.values.iter().map(|value| (*value).to_owned()));
        for condition in query.conditions(listing.filters)? {
            scope = format!("{scope} AND {}", condition.sql);
            values.extend(condition.values);
        }
        let from = listing.from;
        let total: i64 = self
            .database
            .prepare_cached(&format!("SELECT count(*) FROM {from} WHERE {scope}"))?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        let order = sort.map_or(listing.order.to_owned(), |sort| format!("{sort}, {}", listing.order));
        let offset = page.size.saturating_mul(page.number.saturating_sub(1));
        let sql = format!(
            "SELECT {} FROM {from} WHERE {scope} ORDER BY {order} LIMIT {} OFFSET {offset}",
            listing.item, page.size
        );
        let mut statement = self.database.prepare_cached(&sql)?;
        let rows: Vec<String> =
            statement.query_map(params_from_iter(&values), |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let mut item = serde_json::from_str(&row)?;
            (listing.finish)(&mut item);
            items.push(item);
        }
        let meta = json!({"page": {"number": page.number, "size": page.size, "total": total}});
        Ok(Reply::Json(200, json!({"meta": meta, "data": items})))
    }
}

/// Removes a member that is null, where the document lets it be absent but not null.
pub(crate) fn drop_null(item: &mut Value, name: &str) {
    if let Some(members) = item.as_object_mut()
        && members.get(name).is_some_and(Value::is_null)
    {
        members.remove(name);
    }
}

/// A text member of a body.
pub(crate) fn text_of<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

/// A reference in a body to what does not exist.
pub(crate) fn missing(field: &str, what: &str) -> Problem {
    Invalid::missing_reference(field, format!("{what} not found")).into()
}

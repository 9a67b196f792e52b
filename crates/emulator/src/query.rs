//! Query strings: paging, filters and sorts, as the documents list them for each operation.

use crate::problem::{Invalid, Problem};

/// The decoded pairs of a query string, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

/// A field that a list can be filtered by, and the SQL expression with its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    name: &'static str,
    kind: FilterKind,
    sql: &'static str,
}

/// Which operators a filter has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FilterKind {
    /// plain, eq, neq, oeq, contains, ocontains
    Text,
    /// plain, eq, neq, oeq
    Id,
    /// plain
    Boolean,
    /// plain, eq, lt, lte, gt, gte
    Time,
    /// As text, for `name.key` of a JSON object.
    Keyed,
}

impl Filter {
    pub(crate) const fn text(name: &'static str, sql: &'static str) -> Self {
        Self { name, kind: FilterKind::Text, sql }
    }

    pub(crate) const fn id(name: &'static str, sql: &'static str) -> Self {
        Self { name, kind: FilterKind::Id, sql }
    }

    pub(crate) const fn boolean(name: &'static str, sql: &'static str) -> Self {
        Self { name, kind: FilterKind::Boolean, sql }
    }

    pub(crate) const fn time(name: &'static str, sql: &'static str) -> Self {
        Self { name, kind: FilterKind::Time, sql }
    }

    pub(crate) const fn keyed(name: &'static str, sql: &'static str) -> Self {
        Self { name, kind: FilterKind::Keyed, sql }
    }
}

/// What `sort` may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sorting {
    /// One attribute, ascending: Portal Management.
    One,
    /// Attributes with commas between and `asc` or `desc` behind: API Products and API Builder.
    List,
}

/// A condition for `WHERE`, with the values of its placeholders.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) values: Vec<String>,
}

/// Which page of a list is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) size: i64,
    pub(crate) number: i64,
}

impl Query {
    /// Decodes a query string.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        Self(pairs.collect())
    }

    /// The last value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Removes parameters.
    pub(crate) fn forget(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| !names.contains(&name.as_str()));
    }

    /// Refuses what the operation does not have. A `filter[…]` is left to [`Self::conditions`].
    pub(crate) fn only(&self, names: &[&str], filters: bool) -> Result<(), Problem> {
        let known = |name: &str| names.contains(&name) || (filters && name.starts_with("filter["));
        let unknown: Vec<Invalid> = self
            .0
            .iter()
            .filter(|(name, _)| !known(name))
            .map(|(name, _)| Invalid::unknown("query", name))
            .collect();
        if unknown.is_empty() { Ok(()) } else { Err(Problem::invalid(unknown)) }
    }

    /// The page asked for. The documents state no limits: sizes are cut to 1..=`maximum`, as the answer's `meta` says.
    pub(crate) fn page(&self, default: i64, maximum: i64) -> Result<Page, Problem> {
        let number = |name: &str, default: i64| match self.get(name) {
            None | Some("") => Ok(default),
            Some(text) => integer(text).ok_or(name.to_owned()),
        };
        match (number("page[size]", default), number("page[number]", 1)) {
            (Ok(size), Ok(number)) => Ok(Page { size: size.clamp(1, maximum), number: number.max(1) }),
            (size, number) => {
                let wrong = [size.err(), number.err()].into_iter().flatten();
                Err(Problem::invalid(wrong.map(|name| Invalid::kind("query", &name, "is_number")).collect()))
            }
        }
    }

    /// What to sort by, as SQL.
    pub(crate) fn sort(
        &self,
        sorts: &[(&'static str, &'static str)],
        sorting: Sorting,
    ) -> Result<Option<String>, Problem> {
        let Some(asked) = self.get("sort") else { return Ok(None) };
        let parts: Vec<&str> =
            if sorting == Sorting::List { asked.split(',').collect() } else { vec![asked] };
        let mut orders = Vec::new();
        for part in parts {
            let (name, order) = match part.rsplit_once(' ') {
                Some((name, order @ ("asc" | "desc"))) if sorting == Sorting::List => (name, order),
                _ => (part, "asc"),
            };
            let Some((_, sql)) = sorts.iter().find(|(known, _)| *known == name) else {
                let choices: Vec<&str> = sorts.iter().map(|(name, _)| *name).collect();
                return Err(Invalid::choices("query", "sort", &choices).into());
            };
            orders.push(format!("{sql} {order}"));
        }
        Ok(Some(orders.join(", ")))
    }

    /// What the `filter[…]` parameters ask for.
    pub(crate) fn conditions(&self, filters: &[Filter]) -> Result<Vec<Condition>, Problem> {
        let (mut conditions, mut wrong, mut seen) = (Vec::new(), Vec::new(), Vec::new());
        for (parameter, value) in self.0.iter().filter(|(name, _)| name.starts_with("filter[")) {
            let Some((field, operator)) = split(parameter) else {
                wrong.push(Invalid::unknown("query", parameter));
                continue;
            };
            let (name, key) = match field.split_once('.') {
                Some((name, key)) => (name, Some(key)),
                None => (field, None),
            };
            let found = filters
                .iter()
                .find(|filter| filter.name == name && (filter.kind == FilterKind::Keyed) == key.is_some());
            let Some(filter) = found else {
                wrong.push(Invalid::unknown("query", &format!("filter[{field}]")));
                continue;
            };
            if value.is_empty() {
                wrong.push(Invalid::required("query", parameter));
                continue;
            }
            if seen.contains(&field) {
                wrong.push(Invalid::wrong("query", parameter, "a field takes one operator"));
            }
            seen.push(field);
            match condition(filter, key, operator, value) {
                Some(Ok(condition)) => conditions.push(condition),
                Some(Err(rule)) => wrong.push(Invalid::kind("query", parameter, rule)),
                None => wrong.push(Invalid::unknown("query", parameter)),
            }
        }
        if wrong.is_empty() { Ok(conditions) } else { Err(Problem::invalid(wrong)) }
    }
}

/// The field and the operator of `filter[field]` or `filter[field][operator]`.
fn split(parameter: &str) -> Option<(&str, &str)> {
    let inner = parameter.strip_prefix("filter[")?.strip_suffix(']')?;
    match inner.split_once("][") {
        None => Some((inner, "")),
        Some((_, "")) => None,
        Some(parts) => Some(parts),
    }
}

/// `None` if the field does not have the operator; an error names the rule that the value breaks.
fn condition(
    filter: &Filter,
    key: Option<&str>,
    operator: &str,
    value: &str,
) -> Option<Result<Condition, &'static str>> {
    let sql = filter.sql;
    let (field, mut values) = match key {
        Some(key) => (format!("json_extract({sql}, ?)"), vec![format!("$.\"{}\"", key.replace('"', ""))]),
        None => (sql.to_owned(), Vec::new()),
    };
    let field = format!("coalesce({field}, '')");
    if filter.kind == FilterKind::Boolean {
        let wanted = match (operator, value) {
            ("", "true") => "1",
            ("", "false") => "0",
            ("", _) => return Some(Err("is_boolean")),
            _ => return None,
        };
        return Some(Ok(Condition { sql: format!("({sql}) = {wanted}"), values: Vec::new() }));
    }
    let text = matches!(filter.kind, FilterKind::Text | FilterKind::Keyed);
    let time = filter.kind == FilterKind::Time;
    let comparison = match operator {
        "" | "eq" => "=",
        "neq" if !time => "<>",
        "lt" if time => "<",
        "lte" if time => "<=",
        "gt" if time => ">",
        "gte" if time => ">=",
        "oeq" if !time => return Some(Ok(any(&field, "= ?", &values, value, str::to_owned))),
        "contains" if text => {
            values.push(format!("%{}%", escape(value)));
            return Some(Ok(Condition { sql: format!("{field} LIKE ? ESCAPE '\\'"), values }));
        }
        "ocontains" if text => {
            return Some(Ok(any(&field, "LIKE ? ESCAPE '\\'", &values, value, |phrase| {
                format!("%{}%", escape(phrase))
            })));
        }
        _ => return None,
    };
    if time {
        let Some(at) = crate::clock::normal(value) else { return Some(Err("is_date_time")) };
        values.push(at);
    } else {
        values.push(value.to_owned());
    }
    Some(Ok(Condition { sql: format!("{field} {comparison} ?"), values }))
}

/// One test for each of the comma-separated phrases.
fn any(
    field: &str,
    test: &str,
    before: &[String],
    phrases: &str,
    value: impl Fn(&str) -> String,
) -> Condition {
    let (mut tests, mut values) = (Vec::new(), Vec::new());
    for phrase in phrases.split(',') {
        tests.push(format!("{field} {test}"));
        values.extend(before.iter().cloned());
        values.push(value(phrase));
    }
    Condition { sql: format!("({})", tests.join(" OR ")), values }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// An integer of any size, cut to what 64 bits hold; `10.0` is one too.
fn integer(text: &str) -> Option<i64> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(if digits == text { i64::MAX } else { i64::MIN }))
}

/// Decodes `%41` and `+`. What is not UTF-8 becomes the replacement character.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let ahead: Vec<u8> = rest.clone().take(2).collect();
                let hex =
                    std::str::from_utf8(&ahead).ok().filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
                match hex.filter(|hex| hex.len() == 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    Some(decoded) => {
                        bytes.push(decoded);
                        rest.nth(1);
                    }
                    None => bytes.push(byte),
                }
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

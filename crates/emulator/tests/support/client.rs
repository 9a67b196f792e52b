//! A client that gives back every status, header and body.

use gatepass_emulator::{Api, Data, Emulator, Options, Running, Seed};
use serde_json::Value;

/// An answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub retry_after: Option<String>,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The items of a page.
    pub fn items(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["data"].as_array().unwrap().clone()
    }

    /// `meta.page.total`.
    pub fn total(&self) -> u64 {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()["meta"]["page"]["total"].as_u64().unwrap()
    }

    /// The rules of the invalid parameters, with their fields.
    pub fn rules(&self) -> Vec<(String, String)> {
        assert_eq!(
            (self.status, self.content_type.as_str()),
            (400, "application/problem+json"),
            "{}",
            self.text
        );
        let wrong = self.json()["invalid_parameters"].as_array().unwrap().clone();
        wrong
            .iter()
            .map(|one| (one["field"].as_str().unwrap().to_owned(), one["rule"].as_str().unwrap().to_owned()))
            .collect()
    }
}

/// A client of one emulator.
pub struct Client {
    agent: ureq::Agent,
    pub running: Running,
    pub api: Api,
    pub portal: String,
}

impl Client {
    /// A small portal.
    pub fn small(api: Api) -> Self {
        Self::of(&Options { data: Data::Generated(Seed::small(api)), ..Options::default() }, api)
    }

    pub fn of(options: &Options, api: Api) -> Self {
        let running = Emulator::start(options).unwrap();
        let portal = running.portal_id().unwrap();
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        Self { agent, running, api, portal }
    }

    /// The path below the portal.
    pub fn at(&self, path: &str) -> String {
        format!("/{}/portals/{}{path}", self.api.name(), self.portal)
    }

    /// Sends a request; `None` if the connection ended without a whole answer.
    pub fn try_send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&str>,
    ) -> Option<Answer> {
        let url = format!("{}{path}", self.running.base_url());
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let sent = match body {
            Some(body) => self
                .agent
                .run(request.header("content-type", "application/json").body(body.to_owned()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut response = sent.ok()?;
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (content_type, retry_after) = (header("content-type").unwrap_or_default(), header("retry-after"));
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string().ok()?;
        Some(Answer { status, content_type, retry_after, text })
    }

    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let body = body.map(Value::to_string);
        self.try_send(method, path, Some(self.running.token()), body.as_deref()).expect("an answer")
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    /// A GET below the portal.
    pub fn list(&self, path: &str) -> Answer {
        self.get(&self.at(path))
    }

    /// Every item of a list, page by page.
    pub fn all(&self, path: &str, size: usize) -> Vec<Value> {
        let mut items = Vec::new();
        for number in 1.. {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{join}page[size]={size}&page[number]={number}")).items();
            if page.is_empty() {
                break;
            }
            items.extend(page);
        }
        items
    }

    /// A value of the database.
    pub fn text(&self, sql: &str) -> String {
        self.running.database().text(sql, &[&self.portal]).unwrap()
    }
}

/// The id of an object.
pub fn id(item: &Value) -> &str {
    item["id"].as_str().unwrap()
}

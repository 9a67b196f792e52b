//! Makes what applications register for: products with their versions, APIs with theirs.

use serde_json::json;

use super::generate::{Maker, Resource};
use super::names;
use super::rows::{flag, insert, maybe, text};

impl Maker<'_> {
    /// Products of two versions; the last product is in no portal.
    pub(super) fn products(
        &mut self,
        portal: &str,
        strategies: &[String],
    ) -> rusqlite::Result<Vec<Resource>> {
        let mut resources = Vec::with_capacity(self.seed.resources);
        let products = self.seed.resources.div_ceil(2);
        for number in 0..=products {
            let product = self.id("product", number);
            let name = names::PRODUCTS
                .get(number)
                .map_or_else(|| format!("Product {number}"), |name| (*name).to_owned());
            let columns = [
                ("id", text(&*product)),
                ("name", text(name)),
                ("description", maybe((number % 4 > 0).then_some("A product of the shop"))),
                ("created_at", text(Self::at(number, 17))),
                ("updated_at", text(Self::at(number, 19))),
            ];
            insert(self.connection, "products", &columns)?;
            for version in 0..2 {
                let id = self.id("product_version", number * 2 + version);
                self.version(&id, &product, (number, version))?;
                if number < products && resources.len() < self.seed.resources {
                    self.portal_version(portal, &id, number * 2 + version, strategies)?;
                    resources.push(Resource { id, entity: product.clone(), kind: "product_version" });
                }
            }
        }
        Ok(resources)
    }

    fn version(&self, id: &str, product: &str, (number, version): (usize, usize)) -> rusqlite::Result<()> {
        let service =
            json!({"id": self.id("service", number), "control_plane_id": self.id("control_plane", 0)});
        let columns = [
            ("id", text(id)),
            ("product_id", text(product)),
            ("name", text(format!("v{}", version + 1))),
            ("gateway_service", maybe((version == 0).then(|| service.to_string()))),
            ("created_at", text(Self::at(number, 23))),
            ("updated_at", text(Self::at(number, 29))),
        ];
        insert(self.connection, "product_versions", &columns)
    }

    fn portal_version(
        &mut self,
        portal: &str,
        version: &str,
        number: usize,
        strategies: &[String],
    ) -> rusqlite::Result<()> {
        let columns = [
            ("id", text(self.id("portal_product_version", number))),
            ("portal_id", text(portal)),
            ("product_version_id", text(version)),
            ("publish_status", text(if self.random.percent(90) { "published" } else { "unpublished" })),
            ("application_registration_enabled", flag(self.random.percent(90))),
            ("auto_approve_registration", flag(self.random.percent(10))),
            ("deprecated", flag(self.random.percent(10))),
            ("strategy_id", maybe(strategies.get(usize::from(self.random.percent(25))).map(String::as_str))),
            ("created_at", text(Self::at(number, 31))),
            ("updated_at", text(Self::at(number, 37))),
        ];
        insert(self.connection, "portal_product_versions", &columns)
    }

    /// APIs, and a package for each ten; one API is in no portal.
    pub(super) fn apis(&mut self, portal: &str, strategies: &[String]) -> rusqlite::Result<Vec<Resource>> {
        let mut resources = Vec::with_capacity(self.seed.resources);
        for number in 0..=self.seed.resources {
            let (id, package) = (self.id("api", number), number % 10 == 9);
            let kind = if package { "api_package" } else { "api" };
            let name = names::PRODUCTS
                .get(number)
                .map_or_else(|| format!("API {number}"), |name| (*name).to_owned());
            let columns = [
                ("id", text(&*id)),
                ("type", text(kind)),
                ("name", text(name)),
                ("version", maybe((number % 4 > 0).then(|| format!("v{}", number % 3 + 1)))),
                ("slug", text(format!("api-{number}"))),
                ("created_at", text(Self::at(number, 17))),
                ("updated_at", text(Self::at(number, 19))),
            ];
            insert(self.connection, "apis", &columns)?;
            if !package && number % 7 > 0 {
                self.implementation(number, &id)?;
            }
            if number < self.seed.resources {
                self.publication(portal, &id, number, strategies)?;
                resources.push(Resource { entity: id.clone(), id, kind });
            }
        }
        Ok(resources)
    }

    fn implementation(&self, number: usize, api: &str) -> rusqlite::Result<()> {
        let plane = self.id("control_plane", number % 3);
        let service = json!({"id": self.id("service", number), "control_plane_id": plane});
        let whole = json!({"control_plane_id": plane, "access_control_enforcement_enabled": true});
        let columns = [
            ("id", text(self.id("implementation", number))),
            ("api_id", text(api)),
            ("service", maybe((!number.is_multiple_of(5)).then(|| service.to_string()))),
            ("control_plane", maybe(number.is_multiple_of(5).then(|| whole.to_string()))),
            ("created_at", text(Self::at(number, 41))),
            ("updated_at", text(Self::at(number, 43))),
        ];
        insert(self.connection, "implementations", &columns)
    }

    fn publication(
        &mut self,
        portal: &str,
        api: &str,
        number: usize,
        strategies: &[String],
    ) -> rusqlite::Result<()> {
        let open = self.random.percent(10);
        let strategy = strategies.get(usize::from(self.random.percent(25))).filter(|_| !open);
        let columns = [
            ("portal_id", text(portal)),
            ("api_id", text(api)),
            ("visibility", text(if self.random.percent(15) { "public" } else { "private" })),
            ("strategy_id", maybe(strategy.map(String::as_str))),
            ("auto_approve_registrations", flag(self.random.percent(10))),
            ("created_at", text(Self::at(number, 45))),
            ("updated_at", text(Self::at(number, 47))),
        ];
        insert(self.connection, "publications", &columns)
    }
}

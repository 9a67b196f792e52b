-- One organisation of Konnect. Times are `YYYY-MM-DDTHH:MM:SS.mmmZ`, so they sort as text; statuses are text, because
-- a snapshot may hold words that Konnect does not know. `seq` is the order of creation, which lists follow by default.
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS portals (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, api TEXT NOT NULL, region TEXT NOT NULL,
    body TEXT NOT NULL, auth_settings TEXT NOT NULL, created_at TEXT, updated_at TEXT);
-- `body` is what applications and product versions show of it. An issuer that nobody knows is none.
CREATE TABLE IF NOT EXISTS strategies (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, strategy_type TEXT NOT NULL, issuer TEXT, created_at TEXT, updated_at TEXT);
CREATE TABLE IF NOT EXISTS developers (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
    email TEXT, full_name TEXT, status TEXT, created_at TEXT, updated_at TEXT);
CREATE INDEX IF NOT EXISTS developers_by_email ON developers(portal_id, email COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS teams (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
    name TEXT, description TEXT, can_own_applications INTEGER NOT NULL DEFAULT 0, groups TEXT NOT NULL DEFAULT '[]',
    created_at TEXT, updated_at TEXT);
CREATE TABLE IF NOT EXISTS team_developers (
    seq INTEGER PRIMARY KEY, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
    developer_id TEXT NOT NULL REFERENCES developers(id) ON DELETE CASCADE, UNIQUE(team_id, developer_id));
CREATE INDEX IF NOT EXISTS team_developers_by_developer ON team_developers(developer_id);
-- Kong repeats the id of an assigned role, so it is not unique here.
CREATE TABLE IF NOT EXISTS team_roles (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL, team_id TEXT NOT NULL REFERENCES teams(id) ON DELETE CASCADE,
    role_name TEXT, entity_id TEXT, entity_type_name TEXT, entity_region TEXT);
CREATE INDEX IF NOT EXISTS team_roles_by_team ON team_roles(team_id);
CREATE TABLE IF NOT EXISTS applications (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
    name TEXT, description TEXT, labels TEXT NOT NULL DEFAULT '{}', reference_id TEXT NOT NULL DEFAULT '',
    client_id TEXT, dcr_provider_id TEXT, granted_scopes TEXT, owner_type TEXT, owner_id TEXT, strategy_id TEXT,
    created_at TEXT, updated_at TEXT);
CREATE INDEX IF NOT EXISTS applications_by_owner ON applications(owner_id);
-- Deleting a developer deletes the applications they own; an owner is not a foreign key because it may be a team.
CREATE TRIGGER IF NOT EXISTS developer_owns_applications AFTER DELETE ON developers BEGIN
    DELETE FROM applications WHERE owner_type = 'developer' AND owner_id = OLD.id;
END;
CREATE TABLE IF NOT EXISTS registrations (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    application_id TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    resource_type TEXT NOT NULL, resource_id TEXT NOT NULL, status TEXT, consumer TEXT, created_at TEXT, updated_at TEXT);
CREATE INDEX IF NOT EXISTS registrations_by_application ON registrations(application_id, resource_id);
CREATE TABLE IF NOT EXISTS credentials (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    application_id TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    type TEXT NOT NULL, display_name TEXT NOT NULL, client_id TEXT, status TEXT, expires_at TEXT, created_at TEXT);
CREATE TABLE IF NOT EXISTS products (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, description TEXT, labels TEXT NOT NULL DEFAULT '{}',
    created_at TEXT, updated_at TEXT);
CREATE TABLE IF NOT EXISTS product_versions (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, product_id TEXT NOT NULL REFERENCES products(id) ON DELETE CASCADE,
    name TEXT, gateway_service TEXT, labels TEXT NOT NULL DEFAULT '{}', created_at TEXT, updated_at TEXT);
CREATE INDEX IF NOT EXISTS product_versions_by_product ON product_versions(product_id);
CREATE TABLE IF NOT EXISTS portal_product_versions (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
    product_version_id TEXT NOT NULL REFERENCES product_versions(id) ON DELETE CASCADE, publish_status TEXT,
    application_registration_enabled INTEGER NOT NULL, auto_approve_registration INTEGER NOT NULL,
    deprecated INTEGER NOT NULL, strategy_id TEXT, created_at TEXT, updated_at TEXT, UNIQUE(product_version_id, portal_id));
CREATE TABLE IF NOT EXISTS apis (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, name TEXT, description TEXT, version TEXT,
    slug TEXT, labels TEXT NOT NULL DEFAULT '{}', created_at TEXT, updated_at TEXT);
CREATE TABLE IF NOT EXISTS publications (
    seq INTEGER PRIMARY KEY, portal_id TEXT NOT NULL REFERENCES portals(id) ON DELETE CASCADE,
    api_id TEXT NOT NULL REFERENCES apis(id) ON DELETE CASCADE, visibility TEXT, strategy_id TEXT,
    auto_approve_registrations INTEGER NOT NULL, created_at TEXT, updated_at TEXT, UNIQUE(portal_id, api_id));
CREATE TABLE IF NOT EXISTS implementations (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, api_id TEXT NOT NULL REFERENCES apis(id) ON DELETE CASCADE,
    service TEXT, control_plane TEXT, created_at TEXT, updated_at TEXT);

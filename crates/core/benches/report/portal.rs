//! A portal of the size that reports are budgeted for: 60 000 developers, 51 000 applications, 38 000
//! registrations, as Konnect v2 writes them; 67 MB of JSON. The same bytes every time.

use std::fmt::Write as _;

const DEVELOPERS: u64 = 60_000;
const APPLICATIONS: u64 = 51_000;
const REGISTRATIONS: u64 = 38_000;
const TEAMS: u64 = 300;
const PRODUCTS: u64 = 120;
const VERSIONS: u64 = 240;
/// The days before `NOW` over which everything was created.
const DAYS: u64 = 400;

/// The time reports are made for.
pub(crate) const NOW: &str = "2026-11-22T10:00:00Z";

/// SplitMix64 of a number: a choice that depends on nothing else.
const fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// One choice of many about a number.
const fn choice(kind: u64, number: u64, of: u64) -> u64 {
    mixed(kind.wrapping_mul(1 << 40) ^ number) % of
}

fn id(kind: u64, number: u64) -> String {
    let (high, low) = (mixed(kind << 32 | number), mixed(number ^ 0xabcd));
    format!("{:08x}-{:04x}-4{:03x}-8{kind:03x}-{number:012x}", high >> 32, high & 0xffff, low & 0xfff)
}

fn time(kind: u64, number: u64) -> String {
    let minutes = choice(kind, number, DAYS * 24 * 60);
    let (day, minute) = (minutes / 1440, minutes % 1440);
    let (month, day) = (day % 12 + 1, day / 12 % 28 + 1);
    let year = if month < 11 { 2026 } else { 2025 };
    let fraction = choice(kind + 1, number, 1000);
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:07.{fraction:03}Z", minute / 60, minute % 60)
}

fn list(out: &mut String, name: &str, count: u64, mut item: impl FnMut(&mut String, u64)) {
    let _ = write!(out, ",\"{name}\":[");
    for number in 0..count {
        if number > 0 {
            out.push(',');
        }
        item(out, number);
    }
    out.push(']');
}

fn by_team(out: &mut String, name: &str, lists: &[Vec<String>]) {
    let _ = write!(out, ",\"{name}\":{{");
    for (team, items) in (0u64..).zip(lists) {
        let comma = if team > 0 { "," } else { "" };
        let _ = write!(out, "{comma}\"{}\":[{}]", id(2, team), items.join(","));
    }
    out.push('}');
}

/// Nine developers of ten are in one to three teams.
fn teams_of(developer: u64) -> Vec<u64> {
    let count = [0, 1, 1, 1, 1, 1, 2, 2, 2, 3][choice(10, developer, 10) as usize];
    let mut own: Vec<u64> = (0..count).map(|which| choice(11 + which, developer, TEAMS)).collect();
    own.sort_unstable();
    own.dedup();
    own
}

fn members() -> Vec<Vec<String>> {
    let mut teams = vec![Vec::new(); TEAMS as usize];
    for developer in 0..DEVELOPERS {
        for team in teams_of(developer) {
            teams[team as usize].push(format!("{{\"id\":\"{}\"}}", id(1, developer)));
        }
    }
    teams
}

/// A third of the teams have no API Consumer here, some of those no role at all.
fn kind_of(team: u64) -> u64 {
    choice(20, team, 12)
}

fn products_of(team: u64) -> Vec<u64> {
    let count = if kind_of(team) == 0 { 0 } else { 1 + choice(21, team, 12) };
    (0..count).map(|which| choice(22 + which, team, PRODUCTS)).collect()
}

fn roles() -> Vec<Vec<String>> {
    let team = |team: u64| {
        let kind = kind_of(team);
        let role = |product: u64| {
            let name = if kind < 4 { "API Viewer" } else { "API Consumer" };
            let region = if kind == 4 { "us" } else { "eu" };
            format!(
                "{{\"id\":\"{}\",\"role_name\":\"{name}\",\"entity_id\":\"{}\",\"entity_type_name\":\"Services\",\"entity_region\":\"{region}\"}}",
                id(7, team),
                id(5, product)
            )
        };
        products_of(team).into_iter().map(role).collect()
    };
    (0..TEAMS).map(team).collect()
}

/// Who registered for what: nineteen of twenty for something their teams let them call.
fn registered(number: u64) -> (u64, u64) {
    let spread = number * APPLICATIONS / REGISTRATIONS;
    let application = if number.is_multiple_of(3) { choice(50, number, APPLICATIONS) } else { spread };
    let teams = teams_of(choice(40, application, DEVELOPERS));
    let may = teams.into_iter().filter(|team| kind_of(*team) > 4).flat_map(products_of);
    let may: Vec<u64> = may.collect();
    let version = choice(56, number, VERSIONS / PRODUCTS) * PRODUCTS;
    if may.is_empty() || choice(55, number, 20) == 0 {
        return (application, choice(57, number, VERSIONS));
    }
    (application, version + may[choice(58, number, may.len() as u64) as usize])
}

/// The portal as a snapshot file.
pub(crate) fn portal() -> String {
    let mut out = String::with_capacity(70_000_000);
    let portal = id(9, 0);
    let _ = write!(
        out,
        "{{\"format\":\"gatepass.snapshot/1\",\"exported_at\":\"{NOW}\",\"api\":\"v2\",\"region\":\"eu\",\
         \"portal\":{{\"id\":\"{portal}\",\"name\":\"Developers\",\"rbac_enabled\":true,\"is_public\":false,\
         \"auto_approve_developers\":false,\"auto_approve_applications\":false}}"
    );
    list(&mut out, "developers", DEVELOPERS, |out, n| {
        let status = ["approved"; 17].into_iter().chain(["pending", "rejected", "revoked"]);
        let status = status.clone().nth(choice(30, n, 20) as usize).unwrap_or("approved");
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"created_at\":\"{}\",\"updated_at\":\"{}\",\"email\":\"developer.{n}@customer-{}.example\",\
             \"full_name\":\"Dev {n}\",\"status\":\"{status}\",\"application_count\":{}}}",
            id(1, n),
            time(31, n),
            time(33, n),
            choice(32, n, 4000),
            choice(34, n, 3)
        );
    });
    list(&mut out, "teams", TEAMS, |out, n| {
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"name\":\"Team {n}\",\"description\":\"Partners of region {}\",\"created_at\":\"{}\",\"updated_at\":\"{}\"}}",
            id(2, n),
            n % 7,
            time(35, n),
            time(37, n)
        );
    });
    by_team(&mut out, "team_developers", &members());
    by_team(&mut out, "team_roles", &roles());
    list(&mut out, "applications", APPLICATIONS, |out, n| {
        let owner = choice(40, n, DEVELOPERS);
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"created_at\":\"{}\",\"updated_at\":\"{}\",\"name\":\"Application {n}\",\
             \"description\":\"Orders and returns of shop {n}\",\
             \"reference_id\":\"{}\",\"registration_count\":{},\"dcr_provider\":null,\"portal\":{{\"id\":\"{portal}\"}},\
             \"developer\":{{\"id\":\"{}\",\"name\":\"Dev {owner}\",\"email\":\"developer.{owner}@customer-{}.example\"}},\
             \"labels\":{{\"env\":\"production\"}},\"granted_scopes\":null,\
             \"auth_strategy\":{{\"id\":\"{}\",\"name\":\"API key\",\"credential_type\":\"key_auth\"}}}}",
            id(3, n),
            time(41, n),
            time(43, n),
            id(8, n),
            choice(44, n, 3),
            id(1, owner),
            choice(32, owner, 4000),
            id(6, 0)
        );
    });
    registrations_and_products(&mut out, &portal);
    out.push('}');
    out
}

fn registrations_and_products(out: &mut String, portal: &str) {
    list(out, "registrations", REGISTRATIONS, |out, n| {
        let (application, version) = registered(n);
        let owner = choice(40, application, DEVELOPERS);
        let status = ["approved", "approved", "approved", "pending", "rejected", "revoked"];
        let status = status[choice(51, n, 6) as usize];
        let product = version % PRODUCTS;
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"created_at\":\"{}\",\"updated_at\":\"{}\",\"status\":\"{status}\",\
             \"product\":{{\"id\":\"{}\",\"name\":\"Product {product}\"}},\
             \"product_version\":{{\"id\":\"{}\",\"name\":\"v{}\"}},\
             \"application\":{{\"id\":\"{}\",\"name\":\"Application {application}\"}},\
             \"developer\":{{\"id\":\"{}\",\"name\":\"Dev {owner}\"}},\"granted_scopes\":null}}",
            id(4, n),
            time(52, n),
            time(54, n),
            id(5, product),
            id(10, version),
            version / PRODUCTS + 1,
            id(3, application),
            id(1, owner)
        );
    });
    list(out, "products", PRODUCTS, |out, n| {
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"name\":\"Product {n}\",\"description\":null,\"portal_ids\":[\"{portal}\"],\"version_count\":2}}",
            id(5, n)
        );
    });
    list(out, "product_versions", VERSIONS, |out, n| {
        let published = if choice(60, n, 6) == 0 { "unpublished" } else { "published" };
        let _ = write!(
            out,
            "{{\"id\":\"{}\",\"product_id\":\"{}\",\"name\":\"v{}\",\"publish_status\":\"{published}\",\
             \"application_registration_enabled\":{},\"auto_approve_registration\":false,\"deprecated\":false,\
             \"auth_strategy_ids\":[\"{}\"],\"gateway_service\":{{\"id\":\"{}\",\"control_plane_id\":\"{}\"}}}}",
            id(10, n),
            id(5, n % PRODUCTS),
            n / PRODUCTS + 1,
            choice(61, n, 5) != 0,
            id(6, 0),
            id(11, n),
            id(12, 0)
        );
    });
}

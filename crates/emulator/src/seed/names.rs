//! Names to choose from.

pub(super) const FIRST: &[&str] = &[
    "Ada", "Ben", "Chiara", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam",
    "Mina", "Noor", "Olga", "Paolo", "Quynh", "Rosa", "Sven", "Tariq", "Uma", "Viktor", "Wanda", "Ximena",
    "Yusuf", "Zoë",
];
pub(super) const LAST: &[&str] = &[
    "Almeida", "Bauer", "Chen", "Dubois", "Eriksson", "Fischer", "García", "Horvat", "Ito", "Jansen",
    "Kowalski", "Lind", "Moreau", "Nowak", "Okafor", "Petrov", "Rossi", "Silva", "Tanaka", "Vega", "Weiss",
    "Yılmaz", "Zhang",
];
pub(super) const DOMAINS: &[&str] = &[
    "shop.example",
    "bank.example",
    "travel.example",
    "eng.shop.example",
    "freelance.example",
    "partner.example",
];
pub(super) const TEAMS: &[&str] =
    &["Retail", "Finance", "Readers", "Partners", "Internal", "Mobile", "Analytics", "Newcomers"];
pub(super) const PRODUCTS: &[&str] = &[
    "Orders",
    "Payments",
    "Archive",
    "Reports",
    "Catalogue",
    "Shipping",
    "Accounts",
    "Search",
    "Invoices",
    "Prices",
];
pub(super) const APPLICATIONS: &[&str] = &[
    "Storefront",
    "Loyalty",
    "Kiosk",
    "Ledger",
    "Dashboard",
    "Importer",
    "Bot",
    "Widget",
    "Sync",
    "Mobile app",
];

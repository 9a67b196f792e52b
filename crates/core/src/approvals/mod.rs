//! Approvals: who of those that wait may come in, into which team, and who is left to people.
//!
//! Rules trust domains of e-mail addresses, which is safe only as far as somebody proved the address and the
//! domain is read exactly ([`domain_of`]). Whatever is doubtful is held, with a code and a message: an admin
//! decides about it, nothing here does. A team comes first, approval second, always: whoever is approved is in
//! a team already, and a run that died between the two is finished by the next.
//!
//! ```
//! # let file = include_bytes!("../../testdata/small.json");
//! use gatepass::approvals::{self, Rules};
//! use gatepass::{ReadOptions, Snapshot};
//! let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
//! let rules = br#"{"emails_verified_by": "portal", "trusted": [{"domain": "arsenal.com", "team": "Raiders"}]}"#;
//! let error = Rules::read_for(rules, &portal).unwrap_err();
//! let first = error.problems().iter().next().unwrap();
//! assert_eq!((first.code, &*first.path), ("team_unknown", "/trusted/0/team"));
//! assert_eq!(first.message, "the portal has no team `Raiders`");
//!
//! let nothing = approvals::plan(&portal, file, &Rules::default()).unwrap();
//! assert!(nothing.changes().is_empty());
//! ```

mod domain;
mod held;
mod planner;
mod punycode;
mod read;
mod rules;

pub use domain::{Domain, EmailError, domain_of};
pub use held::HeldCode;
pub use planner::plan;
pub use rules::{Otherwise, ReadyTeam, Rules, RulesError, RulesReading, Trusted, VerifiedBy};

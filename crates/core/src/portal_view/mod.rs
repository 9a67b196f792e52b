//! The portal view: what a signed-in developer may do, from what a portal's front end can see.
//!
//! A front end has the developer's own applications and registrations and Konnect's `actions` for a product or an
//! API, never the developer's status or teams. Whoever is signed in is approved; `register` stands for API Consumer
//! and `view` for API Viewer. Then the same rule decides as everywhere.
//!
//! Source: Portal client API 2.1.0 and 3.4.0 (`/products/{id}/actions`, `/apis/{id}/actions`: "List of actions that
//! can be performed on the API").
//!
//! ```
//! use gatepass::portal_view::{NextStep, PortalView};
//! let view = PortalView::from_json(r#"{
//!     "portal": {"rbac_enabled": true, "is_public": false},
//!     "actions": {"view": true, "register": true},
//!     "application": {"id": "a0000000-0000-4000-8000-000000000001", "name": "App 1"},
//!     "registration": {"status": "pending"},
//!     "resource": {"id": "e0000000-0000-4000-8000-000000000001", "name": "Orders v1"}
//! }"#).unwrap();
//! let access = view.access();
//! assert!(access.view.allowed);
//! assert_eq!(access.call.code.unwrap().code(), "registration_pending");
//! assert_eq!(access.call.next_step.unwrap().code, NextStep::WaitForApproval);
//! let error = PortalView::from_json(r#"{"portl": {}}"#).unwrap_err();
//! assert_eq!(error.to_string(), "`portl` is not a member of a portal view at /portl [key_unknown]");
//! ```

mod access;
mod catalogue;
mod next_step;
mod raw;
mod read;
#[cfg(test)]
mod tests;

pub use access::{PortalAccess, PortalAssumption, PortalVerdict, SuggestedStep};
pub use catalogue::{Catalogue, CatalogueEntry};
pub use next_step::{NextStep, Who};
pub use read::{PortalView, PortalViewError};

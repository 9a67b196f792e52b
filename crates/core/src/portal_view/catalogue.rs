//! The English sentences by code, for translators: names stand in braces.

use serde::Serialize;

use super::NextStep;
use crate::explain::{allowed_template, denied_template, nobody_template};
use crate::{Action, Reason};

/// A sentence and its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CatalogueEntry {
    /// The code: an action that is allowed, a reason, or a next step.
    pub code: &'static str,
    /// The sentence, with `{application}`, `{developer}`, `{team}` and `{resource}` for names.
    pub text: &'static str,
}

/// Every sentence that decisions and portal views use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Catalogue {
    /// By action: what is said when it is allowed.
    pub allowed: Vec<CatalogueEntry>,
    /// By reason: what is said when something is denied.
    pub denied: Vec<CatalogueEntry>,
    /// By action: what is said instead of the reason when nobody is signed in.
    pub signed_out: Vec<CatalogueEntry>,
    /// By next step.
    pub next_steps: Vec<CatalogueEntry>,
}

impl Catalogue {
    /// The English catalogue, in listing order.
    ///
    /// ```
    /// use gatepass::portal_view::Catalogue;
    /// let english = Catalogue::english();
    /// let pending = english.denied.iter().find(|entry| entry.code == "registration_pending").unwrap();
    /// assert_eq!(
    ///     pending.text,
    ///     "registration of application `{application}` for `{resource}` is waiting for approval"
    /// );
    /// ```
    pub fn english() -> Self {
        let allowed = Action::ALL
            .iter()
            .map(|action| CatalogueEntry { code: action.as_str(), text: allowed_template(*action) });
        let denied = Reason::ALL
            .iter()
            .map(|reason| CatalogueEntry { code: reason.code(), text: denied_template(*reason) });
        let signed_out = [Action::View, Action::Register, Action::Consume]
            .into_iter()
            .map(|action| CatalogueEntry { code: action.as_str(), text: nobody_template(action) });
        let next_steps =
            NextStep::ALL.iter().map(|step| CatalogueEntry { code: step.as_str(), text: step.message() });
        Self {
            allowed: allowed.collect(),
            denied: denied.collect(),
            signed_out: signed_out.collect(),
            next_steps: next_steps.collect(),
        }
    }
}

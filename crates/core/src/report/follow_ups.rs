//! Whom to write to now: developers who are stuck and can go on by themselves, or the owners of APIs that
//! somebody waits for.

use crate::arrange::Arrange as _;
use crate::ordered::OrderedMap;
use std::borrow::Cow;

use serde::Serialize;

use super::blocked_developers::{self, BlockedApplication, Stage};
use super::context::Context;
use super::letter::Letter;
use super::names::TeamName;
use super::parameters::{self, Audience, Contact, ReportError};
use super::span::Span;
use crate::snapshot::Resource;
use crate::{
    ApplicationId, Change, DeveloperId, EntityId, Fix, RegistrationFact, RegistrationId, ResourceId,
    Snapshot, Timestamp,
};

/// One of the things a letter is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowUpItem<'s> {
    /// How far the application got.
    pub stage: Stage,
    /// The application.
    pub application_id: ApplicationId,
    /// Its name.
    pub application_name: Cow<'s, str>,
    /// The registration that waits, in a letter to an owner.
    pub registration_id: Option<RegistrationId>,
    /// What to register for, or what the registration is for.
    pub resource_id: Option<ResourceId>,
    /// Its name.
    pub resource_name: Option<Cow<'s, str>>,
    /// Since when it waits.
    pub created_at: Option<Timestamp>,
    /// Whole hours since then.
    pub age_hours: Option<i64>,
}

/// A row of `follow_ups`: one letter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FollowUp<'s> {
    /// What it is about first.
    pub cause: Stage,
    /// The developer it goes to; null for an owner.
    pub developer_id: Option<DeveloperId>,
    /// The developer's name.
    pub developer_name: Option<Cow<'s, str>>,
    /// The teams the developer is in.
    pub teams: Vec<TeamName<'s>>,
    /// The product or API whose owner it goes to; null for a developer.
    pub product_id: Option<EntityId>,
    /// Its name.
    pub product_name: Option<Cow<'s, str>>,
    /// The address; null if no owner is named.
    pub email: Option<Cow<'s, str>>,
    /// What it is about, oldest first.
    pub items: Vec<FollowUpItem<'s>>,
    /// When the developer was last written to, and how.
    pub last_contact: Option<Contact>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// The link that opens the letter; null if there is no ordinary address, or addresses are hidden.
    pub mailto: Option<String>,
    /// What the letter asks for.
    pub fixes: Option<Vec<Fix>>,
}

pub(super) fn rows<'s>(context: &Context<'s, '_>) -> Result<Vec<FollowUp<'s>>, ReportError> {
    let mut cadence: OrderedMap<u32, Span> = OrderedMap::new();
    for (name, span) in &context.parameters.cadence {
        cadence.insert(parameters::team(context.snapshot, name)?, *span);
    }
    if let Some(name) = context.parameters.owners.keys().find(|name| !is_product(context.snapshot, name)) {
        return Err(ReportError::ProductUnknown { name: crate::plain::Shown(name).to_string() });
    }
    Ok(match context.parameters.audience {
        Audience::Developers => to_developers(context, &cadence),
        Audience::Owners => to_owners(context),
    })
}

/// One letter to each developer who was not written to lately, about every application they can get on with.
fn to_developers<'s>(context: &Context<'s, '_>, cadence: &OrderedMap<u32, Span>) -> Vec<FollowUp<'s>> {
    let mut by_developer: OrderedMap<DeveloperId, Vec<BlockedApplication<'s>>> = OrderedMap::new();
    for blocked in blocked_developers::rows(context) {
        let theirs = matches!(blocked.stage, Stage::NeverRegistered | Stage::RejectedOrRevoked);
        if let Some(developer) = blocked.developer_id.filter(|_| theirs) {
            by_developer.update(developer, |letters: &mut Vec<_>| letters.push(blocked));
        }
    }
    let mut last: OrderedMap<DeveloperId, &Contact> = OrderedMap::new();
    for contact in &context.parameters.contacts {
        last.update_or(
            contact.developer_id,
            || contact,
            |known| {
                if known.at < contact.at {
                    *known = contact;
                }
            },
        );
    }
    let is_due = |developer: DeveloperId| {
        let Some(contact) = last.get(&developer) else { return true };
        let position = context.snapshot.developer_position(developer);
        let teams = position.map_or(&[][..], |at| context.snapshot.teams_of(at));
        let own = teams.iter().filter_map(|team| cadence.get(team)).min();
        own.unwrap_or(&context.parameters.default_cadence).has_passed(contact.at, context.parameters.now)
    };
    let due = by_developer.into_iter().filter(|(developer, _)| is_due(*developer));
    let mut rows: Vec<FollowUp<'s>> = due
        .filter_map(|(developer, blocked)| {
            letter_to_developer(context, blocked, last.get(&developer).map(|contact| (*contact).clone()))
        })
        .collect();
    rows.arrange_by_key(|row| (row.items.first().and_then(|item| item.created_at), row.developer_id));
    rows
}

fn letter_to_developer<'s>(
    context: &Context<'s, '_>,
    blocked: Vec<BlockedApplication<'s>>,
    last_contact: Option<Contact>,
) -> Option<FollowUp<'s>> {
    let first = blocked.first()?;
    let (cause, developer_id, teams) = (first.stage, first.developer_id, first.teams.clone());
    let (developer_name, email) = (first.developer_name.clone(), first.email.clone());
    let portal = &context.snapshot.portal().name;
    let mut lines = Vec::new();
    // Gateway 2.8 with `portal_approved_email` off: this letter may be the first that they hear of it.
    if context.snapshot.portal().gateway.is_some_and(|settings| !settings.approved_email) {
        lines.extend([format!("you are approved in {portal}: you can log in."), String::new()]);
    }
    lines.extend([format!("this is about what you built in {portal}:"), String::new()]);
    lines.extend(blocked.iter().map(line_to_developer));
    let letter = Letter::new(format!("Your applications in {portal}"), developer_name.as_deref(), &lines);
    let mut fixes = Some(Vec::new());
    for blocked in &blocked {
        match (&mut fixes, &blocked.fixes) {
            (Some(all), Some(own)) => all.extend(own.iter().cloned()),
            _ => fixes = None,
        }
    }
    let items = blocked.into_iter().map(|blocked| FollowUpItem {
        stage: blocked.stage,
        application_id: blocked.application_id,
        application_name: blocked.application_name,
        registration_id: None,
        resource_id: blocked.resource.as_ref().map(|resource| resource.resource_id),
        resource_name: blocked.resource.map(|resource| resource.resource_name),
        created_at: blocked.created_at,
        age_hours: blocked.age_hours,
    });
    let link = letter.link(email.as_deref().into_iter());
    Some(FollowUp {
        cause,
        developer_id,
        developer_name,
        teams,
        product_id: None,
        product_name: None,
        items: items.collect(),
        last_contact,
        mailto: link.filter(|_| !context.names.are_hidden()),
        email,
        subject: letter.subject,
        body: letter.body,
        fixes,
    })
}

fn line_to_developer(blocked: &BlockedApplication<'_>) -> String {
    let application = crate::plain::Shown(&blocked.application_name);
    let resource = blocked.resource.as_ref().map_or("an API", |resource| &resource.resource_name);
    match blocked.stage {
        Stage::RejectedOrRevoked => format!(
            "- {application}: its registration was not approved. Tell us what you need, or register it again."
        ),
        _ => format!(
            "- {application}: it is not registered for anything yet. You may register it for {resource}."
        ),
    }
}

/// One letter to the owner of each product or API about the registrations that wait for it.
fn to_owners<'s>(context: &Context<'s, '_>) -> Vec<FollowUp<'s>> {
    let mut by_entity: OrderedMap<EntityId, (&'s Resource, Vec<FollowUpItem<'s>>)> = OrderedMap::new();
    for pair in context.snapshot.counted_registrations() {
        let Some(registration) = context.snapshot.registration_at(pair.registration) else { continue };
        let Some(application) = context.snapshot.application_at(pair.application) else { continue };
        let Some(resource) = context.snapshot.resource_at(pair.resource) else { continue };
        let Some(entity) = resource.entity else { continue };
        let old = registration.created_at.is_none_or(|created_at| {
            context.parameters.older_than.has_passed(created_at, context.parameters.now)
        });
        let waits = registration.status == RegistrationFact::Pending && old;
        if !waits || !context.is_approved(application.owner) || !context.includes_owner(application.owner) {
            continue;
        }
        let item = FollowUpItem {
            stage: Stage::WaitingForApproval,
            application_id: application.id,
            application_name: context.names.application(pair.application),
            registration_id: Some(registration.id),
            resource_id: Some(resource.id),
            resource_name: Some((&*resource.name).into()),
            created_at: registration.created_at,
            age_hours: context.age_hours(registration.created_at),
        };
        by_entity.update_or(entity, || (resource, Vec::new()), |(_, items)| items.push(item));
    }
    by_entity
        .into_iter()
        .map(|(entity, (resource, items))| letter_to_owner(context, entity, resource, items))
        .collect()
}

fn letter_to_owner<'s>(
    context: &Context<'s, '_>,
    entity: EntityId,
    resource: &'s Resource,
    mut items: Vec<FollowUpItem<'s>>,
) -> FollowUp<'s> {
    items.arrange_by_key(|item| (item.created_at, item.registration_id));
    let product = &*resource.entity_name;
    let mut lines = vec![format!("these registrations for {product} wait for your approval:"), String::new()];
    lines.extend(items.iter().map(|item| {
        let since = item.created_at.map(|at| format!(", since {at}")).unwrap_or_default();
        let name = item.resource_name.as_deref().unwrap_or_default();
        format!("- {} for {name}{since}", crate::plain::Shown(&item.application_name))
    }));
    let letter = Letter::new(format!("{} registrations for {product} wait", items.len()), None, &lines);
    let owners = context.parameters.owners.iter();
    let owner = owners.zip(1u32..).find(|((name, _), _)| names_product(name, entity, resource));
    let hidden = context.names.are_hidden();
    let approve = items.iter().filter_map(|item| item.registration_id);
    let fixes = approve.map(|registration_id| context.fix(Change::ApproveRegistration { registration_id }));
    let link = owner.and_then(|((_, email), _)| letter.link(std::iter::once(&**email)));
    FollowUp {
        cause: Stage::WaitingForApproval,
        developer_id: None,
        developer_name: None,
        teams: Vec::new(),
        product_id: Some(entity),
        product_name: Some(product.into()),
        email: owner.map(|((_, email), number)| {
            if hidden { super::names::hidden_email("owner", number, email) } else { email.clone() }.into()
        }),
        last_contact: None,
        mailto: link.filter(|_| !hidden),
        subject: letter.subject,
        body: letter.body,
        fixes: Some(fixes.collect()),
        items,
    }
}

/// Whether a name or id is that of a product or API, or of a resource of it.
fn names_product(name: &str, entity: EntityId, resource: &Resource) -> bool {
    *name == *resource.entity_name || name.eq_ignore_ascii_case(&entity.to_string())
}

/// Whether a name or id is that of a product or API of the portal.
pub(crate) fn is_product(snapshot: &Snapshot, name: &str) -> bool {
    let mut resources = snapshot.resources().iter();
    resources.any(|resource| resource.entity.is_some_and(|entity| names_product(name, entity, resource)))
}

//! Changes of a list while somebody reads it.

use crate::call::{Answer, Call, Reply};
use crate::faults::{Change, List};
use crate::operations::{Application, insert_application, insert_registration, sign_up};
use crate::problem::Problem;

/// Makes one change in a list of a portal.
pub(crate) fn change(call: &Call<'_>, portal: &str, list: List, change: Change) -> Answer {
    let (table, scope) = match list {
        List::Developers => ("developers", "portal_id = ?1"),
        List::Teams => ("teams", "portal_id = ?1"),
        List::Applications => ("applications", "portal_id = ?1"),
        List::Registrations => {
            ("registrations", "application_id IN (SELECT id FROM applications WHERE portal_id = ?1)")
        }
    };
    match change {
        Change::DeleteFirst | Change::DeleteLast => {
            let end = if change == Change::DeleteFirst { "min" } else { "max" };
            let sql =
                format!("DELETE FROM {table} WHERE seq = (SELECT {end}(seq) FROM {table} WHERE {scope})");
            call.delete(&sql, &[portal])
        }
        Change::InsertLast | Change::InsertFirst => {
            let id = insert(call, portal, list)?;
            if change == Change::InsertFirst {
                let sql = format!("UPDATE {table} SET seq = (SELECT min(seq) - 1 FROM {table}) WHERE id = ?");
                call.execute(&sql, &[Some(&id)])?;
            }
            Ok(Reply::Empty)
        }
    }
}

fn insert(call: &Call<'_>, portal: &str, list: List) -> Result<String, Problem> {
    match list {
        List::Developers => {
            let email = format!("{}@latecomer.example", call.fresh_id("email")?);
            sign_up(call, portal, &email, "Late Comer", None)
        }
        List::Teams => {
            let (id, now) = (call.fresh_id("team")?, call.tick()?);
            call.execute(
                "INSERT INTO teams (id, portal_id, name, description, created_at, updated_at) VALUES (?, ?, 'Latecomers', 'Late', ?3, ?3)",
                &[Some(&id), Some(portal), Some(&now)],
            )?;
            Ok(id)
        }
        List::Applications => {
            let owner =
                call.text("SELECT id FROM developers WHERE portal_id = ? ORDER BY seq LIMIT 1", &[portal])?;
            let owner = owner.ok_or_else(Problem::not_found)?;
            let new = Application {
                name: "Latecomer",
                description: None,
                labels: None,
                client_id: None,
                strategy: None,
                owner: ("developer", &owner),
            };
            insert_application(call, portal, &new)
        }
        List::Registrations => {
            // The first pair that is not registered, of what is registered for in this portal.
            let from = "FROM applications a CROSS JOIN (SELECT DISTINCT r.resource_id AS id FROM registrations r \
                JOIN applications o ON o.id = r.application_id WHERE o.portal_id = ?1) e WHERE a.portal_id = ?1 AND NOT EXISTS \
                (SELECT 1 FROM registrations r WHERE r.application_id = a.id AND r.resource_id = e.id) LIMIT 1";
            let application =
                call.text(&format!("SELECT a.id {from}"), &[portal])?.ok_or_else(Problem::not_found)?;
            let resource =
                call.text(&format!("SELECT e.id {from}"), &[portal])?.ok_or_else(Problem::not_found)?;
            insert_registration(call, &application, &resource, None)
        }
    }
}

//! Faults: that each does what it says, to the share it says, and again the same with the same seed.

#![cfg(test)]

mod support;

use std::time::{Duration, Instant};

use gatepass_emulator::{
    Api, Change, Errors, Faults, List, Moving, Numbers, Slow, Throttle, Timestamps, When,
};
use serde_json::json;
use support::client::{Client, id};

fn statuses(client: &Client, count: usize) -> Vec<u16> {
    let path = client.at("/teams");
    (0..count)
        .map(|_| {
            client
                .try_send("GET", &path, Some(client.running.token()), None)
                .map_or(0, |answer| answer.status)
        })
        .collect()
}

#[test]
fn errors_hit_their_share_and_repeat_with_the_seed() {
    let client = Client::small(Api::V2);
    let faults = Faults { seed: 3, errors: Errors { rate: 0.25, ..Errors::default() }, ..Faults::default() };
    client.running.set_faults(faults.clone());
    let first = statuses(&client, 400);
    let failed = first.iter().filter(|status| **status != 200).count();
    assert!((70..130).contains(&failed), "{failed} of 400 failed");
    for status in [500, 502, 503] {
        assert!(first.contains(&status), "{status} never came");
    }
    client.running.set_faults(faults.clone());
    assert_eq!(statuses(&client, 400), first);
    client.running.set_faults(Faults { seed: 4, ..faults });
    assert_ne!(statuses(&client, 400), first);
    assert_eq!(client.running.log().count("v2:list-portal-teams"), 1200);
    client.running.set_faults(Faults::default());
    assert!(statuses(&client, 20).iter().all(|status| *status == 200));
}

#[test]
fn errors_can_be_a_proxys_page_for_some_operations_only() {
    let client = Client::small(Api::V2);
    let body = json!({"operations": ["list-portal-teams"], "errors": {"rate": 1.0, "statuses": [502], "html": true}});
    assert_eq!(client.send("POST", "/_emulator/faults", Some(&body)).status, 200);
    let answer = client.list("/teams");
    assert_eq!((answer.status, answer.content_type.as_str()), (502, "text/html"));
    assert!(answer.text.starts_with("<html>"));
    assert_eq!(client.list("/developers").status, 200);
    assert_eq!(client.send("POST", "/_emulator/faults", Some(&json!({"eror": 1}))).status, 400);
    assert_eq!(client.send("DELETE", "/_emulator/faults", None).status, 204);
    assert_eq!(client.list("/teams").status, 200);
}

#[test]
fn a_burst_is_throttled_and_says_for_how_long() {
    let client = Client::small(Api::V2);
    client.running.set_faults(Faults {
        throttle: Throttle { next: 3, retry_after: 2, ..Throttle::default() },
        ..Faults::default()
    });
    for _ in 0..3 {
        let answer = client.list("/teams");
        assert_eq!((answer.status, answer.retry_after.as_deref()), (429, Some("2")));
    }
    assert_eq!(client.list("/teams").status, 200);
}

#[test]
fn connections_are_dropped_and_answers_cut() {
    let client = Client::small(Api::V2);
    for faults in [Faults { drop: 1.0, ..Faults::default() }, Faults { truncate: 1.0, ..Faults::default() }] {
        client.running.set_faults(faults);
        assert_eq!(statuses(&client, 3), [0, 0, 0]);
    }
    client.running.set_faults(Faults { drop: 1.0, most_in_a_row: 2, ..Faults::default() });
    assert_eq!(statuses(&client, 6), [0, 0, 200, 0, 0, 200]);
    assert_eq!(client.running.log().faults().count(), 10);
}

#[test]
fn a_change_is_lost_before_or_after_it_is_made() {
    let client = Client::small(Api::V2);
    let path = client.at("/teams");
    for (when, made) in [(When::Before, 0), (When::After, 1)] {
        let before = client.running.database().counts().unwrap().teams;
        client.running.set_faults(Faults { drop: 1.0, when, ..Faults::default() });
        assert!(
            client
                .try_send("POST", &path, Some(client.running.token()), Some(r#"{"name": "Crew"}"#))
                .is_none()
        );
        assert_eq!(client.running.database().counts().unwrap().teams, before + made, "{when:?}");
    }
}

#[test]
fn slow_answers_are_late_and_do_not_hold_up_others() {
    let client = Client::small(Api::V2);
    let slow = Slow { rate: 1.0, millis: 400 };
    client.running.set_faults(Faults {
        operations: vec!["list-portal-teams".to_owned()],
        slow,
        ..Faults::default()
    });
    #[expect(clippy::disallowed_methods, reason = "the test measures a delay")]
    let began = Instant::now();
    std::thread::scope(|scope| {
        let late = scope.spawn(|| client.list("/teams").status);
        assert_eq!(client.list("/developers").status, 200);
        assert!(!late.is_finished());
        assert_eq!(late.join().unwrap(), 200);
    });
    assert!(began.elapsed() >= Duration::from_millis(400));
}

#[test]
fn totals_numbers_and_times_take_odd_shapes() {
    let client = Client::small(Api::V2);
    let right = client.list("/developers").json();
    client.running.set_faults(Faults { total: -3, ..Faults::default() });
    assert_eq!(client.list("/developers").total(), 17);
    client.running.set_faults(Faults { numbers: Numbers::Floats, ..Faults::default() });
    assert!(client.list("/developers").text.contains(r#""total":20.0"#));
    let at = right["data"][0]["created_at"].as_str().unwrap();
    assert_eq!(at.split_once('.').map(|(_, fraction)| fraction), Some("000Z"));
    for (timestamps, end) in [(Timestamps::Centis, ".00Z"), (Timestamps::Seconds, "Z")] {
        client.running.set_faults(Faults { timestamps, ..Faults::default() });
        let shown = client.list("/developers").json()["data"][0]["created_at"].clone();
        assert_eq!(shown, at.replace(".000Z", end));
    }
    client.running.set_faults(Faults { timestamps: Timestamps::Mixed, ..Faults::default() });
    let shown = client.list("/developers?page[size]=20").items();
    let lengths: std::collections::BTreeSet<usize> =
        shown.iter().map(|item| item["created_at"].as_str().unwrap().len()).collect();
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [20, 23, 24]);
}

#[test]
fn a_list_moves_between_its_pages() {
    for api in [Api::V2, Api::V3] {
        for (list, path) in [
            (List::Developers, "/developers"),
            (List::Teams, "/teams"),
            (List::Applications, "/applications"),
            (List::Registrations, "/application-registrations"),
        ] {
            for (change, total, repeated) in
                [(Change::InsertFirst, 1, 1), (Change::InsertLast, 1, 0), (Change::DeleteFirst, -1, -1)]
            {
                let client = Client::small(api);
                client.running.set_faults(Faults {
                    moving: vec![Moving { list, change, after_page: 1, times: 1 }],
                    ..Faults::default()
                });
                let first = client.list(&format!("{path}?page[size]=2&page[number]=1"));
                let second = client.list(&format!("{path}?page[size]=2&page[number]=2"));
                let before = i64::try_from(first.total()).unwrap();
                assert_eq!(i64::try_from(second.total()).unwrap(), before + total, "{list:?} {change:?}");
                let (first, second) = (first.items(), second.items());
                let again =
                    second.iter().filter(|item| first.iter().any(|other| id(other) == id(item))).count();
                assert_eq!(again, usize::try_from(repeated).unwrap_or(0), "{list:?} {change:?}");
            }
        }
    }
}

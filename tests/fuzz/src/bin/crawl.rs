//! A crawl whose every answer is made up: it ends, what it makes is a snapshot, and none that would be refused for what
//! the crawl did: a server may say what it likes, but never may a list be called whole that is not.
#![no_main]

use gatepass::konnect::crawl::{Crawl, Options, Step, Target};
use gatepass::konnect::{Answer, ApiVersion, Response};
use gatepass::{ReadOptions, Snapshot, Timestamp};
use gatepass_fuzz::NOW;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut answers = bytes.split(|byte| *byte == 0);
    let api = if bytes.len() % 2 == 0 { ApiVersion::V2 } else { ApiVersion::V3 };
    let options = Options { allow_partial: bytes.len() % 3 == 0, ..Options::default() };
    let mut crawl = Crawl::new(Target::Name("Shop developers".to_owned()), api, options);
    let mut now = Timestamp::from_millis(NOW);
    for _ in 0..2_000 {
        match crawl.next(now) {
            Step::Done => break,
            Step::Wait { until: None } => panic!("it waits for an answer that nobody owes it"),
            Step::Wait { until: Some(until) } => now = until.max(now),
            Step::Send(requests) => {
                for request in requests {
                    let body = answers.next().unwrap_or_default();
                    let status = if body.first() == Some(&b'!') { 503 } else { 200 };
                    let answer = Answer::Response(Response {
                        status,
                        content_type: None,
                        retry_after: None,
                        body: body.to_vec(),
                    });
                    crawl.answer(request.id, &answer, now, 0.5);
                }
            }
        }
    }
    if let Ok(result) = crawl.into_result() {
        let options = ReadOptions { allow_partial: true, ..ReadOptions::default() };
        let problems = match Snapshot::read(&result.snapshot, options) {
            Ok(reading) => reading.problems,
            Err(error) => error.problems().clone(),
        };
        let known = |code| matches!(code, "json_syntax" | "format_unknown" | "format_missing");
        assert!(!problems.iter().any(|problem| known(problem.code)), "{problems:?}");
        // The other way round does not hold: not every list that is read is one of the snapshot's.
        let partial = problems.iter().any(|problem| problem.code == "partial");
        assert!(!partial || !result.partial.is_empty(), "{problems:?}");
    }
});

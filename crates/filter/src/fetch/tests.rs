use super::*;
use crate::headers::encode;

fn settings() -> FetchSettings {
    FetchSettings {
        upstream: "relay".into(),
        authority: "relay".into(),
        path: "/v1/bundle".into(),
        chunk_path: None,
        bearer_token: None,
        interval_ms: 500,
        timeout_ms: 300,
        max_bundle_bytes: 100,
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(settings(), Some(300_000), 42)
}

#[test]
fn the_first_tick_calls_and_only_one_call_is_under_way() {
    let mut fetcher = fetcher();
    assert_eq!(fetcher.due(1000), Due::Call);
    fetcher.called(7, 1000);
    assert!(fetcher.expects(7) && !fetcher.expects(8));
    for now in [1000, 1100, 2300] {
        assert_eq!(fetcher.due(now), Due::Nothing);
    }
    assert_eq!(fetcher.due(2301), Due::Lost, "an answer that never comes does not stop fetching");
    fetcher.done(false, 2301);
    assert!(!fetcher.expects(7), "its answer may come later and is not ours any more");
}

#[test]
fn the_interval_is_never_exceeded_and_instances_differ() {
    let mut pauses = std::collections::BTreeSet::new();
    for seed in 0..20 {
        let mut fetcher = Fetcher::new(settings(), Some(300_000), seed << 8);
        fetcher.called(1, 1000);
        fetcher.done(true, 1200);
        let pause = fetcher.remaining_ms(1000);
        assert!((401..=500).contains(&pause), "{pause}");
        assert_eq!(fetcher.due(1000 + pause - 1), Due::Nothing);
        assert_eq!(fetcher.due(1000 + pause), Due::Call);
        pauses.insert(pause);
    }
    assert!(pauses.len() > 5, "{pauses:?}");
}

#[test]
fn failures_slow_down_to_a_limit_and_success_restores() {
    let mut fetcher = fetcher();
    let mut before = 0;
    for _ in 0..7 {
        fetcher.done(false, 0);
        let pause = fetcher.remaining_ms(0);
        assert!(pause > before && pause <= LONGEST_PAUSE_MS, "{pause}");
        before = pause * 5 / 4;
        before = before.min(20_000);
    }
    for _ in 0..200 {
        fetcher.done(false, 0);
        assert!((24_000..=30_000).contains(&fetcher.remaining_ms(0)));
    }
    fetcher.done(true, 0);
    assert!(fetcher.remaining_ms(0) <= 500);
}

#[test]
fn a_clock_set_back_does_not_stop_fetching() {
    let mut fetcher = fetcher();
    fetcher.called(1, 1_000_000);
    assert_eq!(fetcher.due(10), Due::Lost);
    fetcher.done(true, 10);
    assert_eq!(fetcher.due(5), Due::Call);
    fetcher.done(true, i64::MAX);
    assert_eq!(fetcher.due(i64::MIN), Due::Call);
}

#[test]
fn the_call_names_what_is_known() {
    let call = fetcher().call(Some(&[0xab; 32]));
    let header = |name: &str| call.headers.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str());
    assert_eq!(header("if-none-match"), Some(format!("\"{}\"", "ab".repeat(32)).as_str()));
    assert_eq!((header(":path"), header("accept-encoding")), (Some("/v1/bundle"), Some("identity")));
    assert!(fetcher().call(None).headers.iter().all(|(name, _)| *name != "if-none-match"));
}

#[test]
fn only_whole_plain_dated_answers_are_taken() {
    let stamp = ("x-gatepass-timestamp", "T");
    let read =
        |headers: &[(&str, &str)], size| fetcher().read(&Pairs::decode(encode(headers)).unwrap(), size);
    let is_failure = |headers: &[(&str, &str)], size| matches!(read(headers, size), Answer::Failure(_));
    let contents = Answer::Contents { timestamp: "T".into() };
    assert_eq!(read(&[(":status", "200"), stamp], 5), contents);
    assert_eq!(
        read(&[(":status", "200"), stamp, ("content-length", "5"), ("content-encoding", "identity")], 5),
        contents
    );
    assert_eq!(read(&[(":status", "304"), stamp], 0), Answer::NotModified { timestamp: "T".into() });
    assert!(is_failure(&[], 0));
    assert!(is_failure(&[(":status", "304")], 0));
    assert!(is_failure(&[(":status", "200")], 5));
    assert!(is_failure(&[(":status", "200"), stamp, stamp], 5));
    assert!(is_failure(&[(":status", "206"), stamp], 5));
    assert!(is_failure(&[(":status", "503"), stamp], 5));
    assert!(is_failure(&[(":status", "200"), stamp], 0));
    assert!(is_failure(&[(":status", "200"), stamp], 101));
    assert!(is_failure(&[(":status", "200"), stamp, ("content-length", "6")], 5));
    assert!(is_failure(&[(":status", "200"), stamp, ("content-length", "x")], 5));
    assert!(is_failure(&[(":status", "200"), stamp, ("content-length", "5"), ("content-length", "5")], 5));
    assert!(is_failure(&[(":status", "200"), stamp, ("content-encoding", "gzip")], 5));
    assert!(is_failure(
        &[(":status", "200"), stamp, ("content-encoding", "identity"), ("content-encoding", "gzip")],
        5
    ));
}

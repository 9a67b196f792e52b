//! Start, traps, recovery, faults.

use gatepass_proxy_host::{
    AnsweredBy, HostError, Outcome, Plugin, Profile, Request, Settings, StartFailure, Vm,
};

use super::filter::{Filter, INTO, lines, settings, told};

const REQUEST: &str = "proxy_on_request_headers";

/// Traps on requests with a header `x-trap`, and counts how often it was configured.
fn fragile() -> Filter {
    let mut filter = Filter::new();
    let (name, counter) = (filter.text("x-trap"), filter.text("configured"));
    filter
        .on("proxy_on_vm_start", "(call $tell (i32.const 7))")
        .on(
            "proxy_on_configure",
            format!(
                "(drop (call $tick_every (i32.const 10)))
                 (drop (call $define (i32.const 0) {counter} (i32.const 20)))
                 (drop (call $increment (i32.load (i32.const 20)) (i64.const 1)))"
            ),
        )
        .on(REQUEST, format!("(if (i32.eqz (call $header (i32.const 0) {name} {INTO})) (then unreachable))"));
    filter
}

#[test]
fn a_trap_closes_envoy_for_good() {
    let mut vm = fragile().start(Profile::Envoy);
    let trapped = vm.handle(Request::get("/").host("h").header("x-trap", "1"));
    assert_eq!((trapped.outcome, trapped.response.status), (Outcome::Trapped, 503));
    assert!(trapped.trap.unwrap().contains("unreachable"));
    assert!(trapped.upstream_request.is_none());
    for _ in 0..3 {
        let later = vm.handle(Request::get("/").host("h"));
        assert_eq!((later.outcome, later.response.status), (Outcome::Refused, 503));
        assert_eq!(later.answered_by, AnsweredBy::Host);
    }
    assert!(vm.tick().is_err());
}

#[test]
fn a_trap_costs_kong_one_request_and_its_state() {
    let mut vm = fragile().start(Profile::Kong);
    let trapped = vm.handle(Request::get("/").host("h").header("x-trap", "1"));
    assert_eq!((trapped.outcome, trapped.response.status), (Outcome::Trapped, 500));
    assert!(vm.tick().is_err(), "nothing ticks before the next request");
    assert_eq!(vm.handle(Request::get("/").host("h")).outcome, Outcome::Forwarded);
    assert_eq!(vm.tick_period_ms(), 10);
    vm.tick().unwrap();
    assert_eq!(vm.metrics().get("configured"), Some(&2), "metrics outlive the instance");
    assert_eq!(lines(&mut vm), [told(7)], "on_vm_start ran once");
}

#[test]
fn a_refused_configuration_is_told_apart_from_a_trap() {
    let mut refuses = Filter::new();
    refuses.on("proxy_on_configure", "(call $tell (i32.const 1)) (return (i32.const 0))");
    let mut traps = Filter::new();
    traps.on("proxy_on_vm_start", "unreachable");
    for profile in Profile::ALL {
        let error = Vm::start_with(&refuses.compile(), settings(profile)).unwrap_err();
        assert_eq!((error.reason, error.logs.len()), (StartFailure::NotConfigured, 1), "{profile}");
        let error = Vm::start_with(&traps.compile(), settings(profile)).unwrap_err();
        assert!(matches!(error.reason, StartFailure::Trap(_)), "{profile}");
    }
}

#[test]
fn the_configuration_is_readable_when_it_is_due() {
    let mut filter = Filter::new();
    let read = |size| format!("(call $show (call $buffer (i32.const 7) (i32.const 0) {size} {INTO}))");
    filter.on("proxy_on_configure", read("(local.get 1)")).on(REQUEST, read("(i32.const 9)"));
    for (profile, later) in [(Profile::Envoy, told(1)), (Profile::Kong, "{}".to_owned())] {
        let mut vm = filter.start(profile);
        vm.handle(Request::get("/").host("h"));
        assert_eq!(lines(&mut vm), ["{}".to_owned(), later], "{profile}");
    }
}

#[test]
fn only_the_sdks_imports_link() {
    let mut level = Filter::new();
    level.import("(import \"env\" \"proxy_get_log_level\" (func $level (param i32) (result i32)))");
    assert!(Vm::start(&level.compile(), Profile::Envoy, b"", 0).is_ok());
    let error = Vm::start(&level.compile(), Profile::Kong, b"", 0).unwrap_err();
    assert_eq!(error.reason, StartFailure::MissingImport("env.proxy_get_log_level".to_owned()));
    let mut bindgen = Filter::new();
    bindgen.import("(import \"__wbindgen_placeholder__\" \"__wbindgen_throw\" (func (param i32 i32)))");
    for profile in Profile::ALL {
        let error = Vm::start(&bindgen.compile(), profile, b"", 0).unwrap_err();
        let missing = "__wbindgen_placeholder__.__wbindgen_throw".to_owned();
        assert_eq!(error.reason, StartFailure::MissingImport(missing));
    }
    assert!(level.compile().imports().contains(&"env.proxy_log".to_owned()));
    assert!(matches!(Plugin::compile(b"no"), Err(HostError::InvalidModule(_))));
}

#[test]
fn an_endless_loop_is_a_trap() {
    let mut filter = Filter::new();
    filter.on(REQUEST, "(loop $again (br $again))");
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        let exchange = vm.handle(Request::get("/").host("h"));
        assert!(exchange.trap.unwrap().contains("fuel"), "{profile}");
        assert!(vm.fuel_used() >= 1_000_000);
    }
}

#[test]
fn what_a_host_leaves_out_is_a_status_on_envoy_and_a_trap_on_kong() {
    let mut filter = Filter::new();
    filter.on(REQUEST, "(call $tell (call $finished))");
    let mut envoy = filter.start(Profile::Envoy);
    envoy.handle(Request::get("/").host("h"));
    assert_eq!(lines(&mut envoy), [told(12)]);
    let trap = filter.start(Profile::Kong).handle(Request::get("/").host("h")).trap.unwrap();
    assert!(trap.contains("not yet implemented: proxy_done"));
}

#[test]
fn faults_fire_once_each_and_calls_are_counted() {
    let mut filter = Filter::new();
    filter.show_property(REQUEST, &["plugin_name"]);
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        vm.fail_next("proxy_get_property", 10).unwrap();
        vm.fail_next("proxy_get_property", 3).unwrap();
        for _ in 0..3 {
            vm.handle(Request::get("/").host("h"));
        }
        assert_eq!(lines(&mut vm), [&told(10), &told(3), "gatepass"], "{profile}");
        assert_eq!(vm.faults_left(), 0);
        assert_eq!(vm.host_calls().get("proxy_get_property"), Some(&3));
        vm.reset_host_calls();
        assert!(vm.host_calls().is_empty());
        let unknown = vm.fail_next("proxy_nope", 1).unwrap_err();
        assert_eq!(unknown.to_string(), "no such host function: `proxy_nope`");
    }
}

#[test]
fn time_is_the_tests() {
    let mut filter = Filter::new();
    filter.on(
        REQUEST,
        "(drop (call $now (i32.const 32))) (drop (call $log (i32.const 2) (i32.const 32) (i32.const 3)))",
    );
    for profile in Profile::ALL {
        let mut vm = Vm::start_with(&filter.compile(), Settings::new(profile, b"", 0)).unwrap();
        vm.set_now_nanos(u64::from_le_bytes(*b"now\0\0\0\0\0"));
        vm.handle(Request::get("/").host("h"));
        assert_eq!(lines(&mut vm), ["now"]);
        assert_eq!(vm.memory_bytes(), 4 << 16);
        assert_eq!(vm.profile(), profile);
    }
}

#[test]
fn a_trap_after_the_response_is_recorded_only() {
    let mut filter = Filter::new();
    filter.on("proxy_on_log", "unreachable");
    for profile in Profile::ALL {
        let mut vm = filter.start(profile);
        let exchange = vm.handle(Request::get("/").host("h"));
        assert_eq!((exchange.outcome, exchange.response.status), (Outcome::Forwarded, 200), "{profile}");
        assert!(exchange.trap.is_some() && vm.trapped().is_some(), "{profile}");
    }
}

//! The guard: its condition, as the tests of the plugin apply it, and its Lua, which must be the same.

use rmpv::Value;

use super::kong::Exit;

/// The guard's condition on `kong.ctx.shared.gatepass`.
pub(super) fn lets_pass(shared: Option<&Value>) -> bool {
    shared.and_then(Value::as_str) == Some("allow")
}

/// What the guard answers.
pub(super) fn refusal() -> Exit {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Exit {
        status: 503,
        headers: vec![
            header("Cache-Control", "no-store"),
            header("Content-Type", "application/problem+json"),
            header("Retry-After", "1"),
        ],
        body: concat!(
            r#"{"type":"urn:gatepass:problem:decision_missing","title":"Service unavailable","status":503,"#,
            r#""detail":"the gateway cannot decide at the moment","reason":"decision_missing","#,
            r#""message":"the gateway cannot decide at the moment","request_id":null}"#
        )
        .into(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::super::environment;
    use super::*;

    /// What the plugin, or something else in Kong, may have left in `kong.ctx.shared.gatepass`: as Lua, and as it comes
    /// from a plugin server.
    fn values() -> Vec<(&'static str, Option<Value>)> {
        vec![
            ("nil", None),
            ("'allow'", Some("allow".into())),
            ("'ALLOW'", Some("ALLOW".into())),
            ("'allow '", Some("allow ".into())),
            ("'deny'", Some("deny".into())),
            ("''", Some("".into())),
            ("true", Some(true.into())),
            ("false", Some(false.into())),
            ("0", Some(0.into())),
            ("1", Some(1.into())),
            ("{ 'allow' }", Some(Value::Array(vec!["allow".into()]))),
        ]
    }

    /// Runs the guard as `post-function` does, with a `kong` that writes down with what it exits.
    fn run(shared: &str) -> String {
        let stub = format!(
            "kong = {{ ctx = {{ shared = {{ gatepass = {shared} }} }}, response = {{}} }}\n\
             function kong.response.exit(status, body, headers)\n\
               local names = {{}}\n\
               for name, value in pairs(headers) do names[#names + 1] = name .. ': ' .. value end\n\
               table.sort(names)\n\
               io.write(status, '\\n', table.concat(names, '\\n'), '\\n', body, '\\n')\n\
             end\n\
             assert(loadfile(arg[1]))()\n"
        );
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("stub.lua");
        std::fs::write(&script, stub).unwrap();
        let guard = environment::kong_plugin().join("guard/guard.lua");
        let output = Command::new(environment::lua()).arg(&script).arg(guard).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn the_lua_is_what_the_tests_apply() {
        let Exit { status, headers, body } = refusal();
        let headers: Vec<String> =
            headers.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let refused = format!("{status}\n{}\n{}\n", headers.join("\n"), String::from_utf8(body).unwrap());
        let mut passed = 0;
        for (shared, value) in values() {
            let is_passed = lets_pass(value.as_ref());
            assert_eq!(run(shared), if is_passed { "" } else { &refused }, "{shared}");
            passed += usize::from(is_passed);
        }
        assert_eq!(passed, 1);
    }
}

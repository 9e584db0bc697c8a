use serde_json::json;

use super::*;

fn parse(word: &str) -> Result<Value, UsageError> {
    Shorthand::new("--tags", Echo::Input).parse(word).map(Value::Object)
}

#[test]
fn words_mean_what_they_mean_in_the_aws_cli() {
    for (word, expected) in [
        ("a=b", json!({"a": "b"})),
        ("a=", json!({"a": ""})),
        ("a=,b=", json!({"a": "", "b": ""})),
        ("a=b,c=d", json!({"a": "b", "c": "d"})),
        ("a=b , c = d", json!({"a": "b", "c": "d"})),
        ("a=b,c", json!({"a": ["b", "c"]})),
        ("a=b,c,d=e,f=g", json!({"a": ["b", "c"], "d": "e", "f": "g"})),
        ("a=b=c", json!({"a": "b=c"})),
        ("a=b\\,c", json!({"a": "b,c"})),
        ("a=b\\c", json!({"a": "b\\c"})),
        ("a=b c ,d=e", json!({"a": "b c", "d": "e"})),
        ("a='b,c'", json!({"a": "b,c"})),
        ("a='it\\'s',b=\"q\\\"\\\\\"", json!({"a": "it's", "b": "q\"\\"})),
        ("a='b',\"c\"", json!({"a": ["b", "c"]})),
        ("a=[b,c]", json!({"a": ["b", "c"]})),
        ("a=[]", json!({"a": []})),
        ("a=[b]", json!({"a": ["b"]})),
        ("a=[ b , [c,d], {e=f} ]", json!({"a": ["b", ["c", "d"], {"e": "f"}]})),
        ("a={b=c,d={e=f,g=[h,i]}},j=k", json!({"a": {"b": "c", "d": {"e": "f", "g": ["h", "i"]}}, "j": "k"})),
        ("a={}", json!({"a": {}})),
        ("a@=b", json!({"a": "b"})),
        ("a=file://b", json!({"a": "file://b"})),
        ("a-b_c.d#e/f:g=1", json!({"a-b_c.d#e/f:g": "1"})),
        ("é", Value::Null),
        ("a=é\u{1f511}", json!({"a": "é\u{1f511}"})),
        ("=a", json!({"": "a"})),
        ("a=}", json!({"a": "}"})),
        ("a=x,]", json!({"a": ["x", "]"]})),
        ("a=[x[]", json!({"a": ["x["]})),
        ("a=[,]", json!({"a": [""]})),
        ("a=\\,", json!({"a": ","})),
        ("a=b,c\n", json!({"a": ["b", "c"]})),
        ("a={b=}", Value::Null),
        ("a=b]", Value::Null),
        ("a='b'c", Value::Null),
        ("a=x,'y'z,c=1", Value::Null),
    ] {
        match (parse(word), expected) {
            (Err(_), Value::Null) => {}
            (parsed, expected) => assert_eq!(parsed, Ok(expected), "{word}"),
        }
    }
}

#[test]
fn errors_point_at_the_place() {
    for (word, expected) in [
        ("a", "Expected '=', received the end for input:\na\n ^"),
        ("a=b,", "Expected a value, received the end for input:\na=b,\n    ^"),
        ("a=b,c=d,a=e", "Second instance of key \"a\" (is there a \",\" in place of a space?) for input:\na=b,c=d,a=e\n        ^"),
        ("a={b=1,b=2}", "Second instance of key \"b\" (is there a \",\" in place of a space?) for input:\na={b=1,b=2}\n       ^"),
        ("a=[b", "Expected ',', received the end for input:\na=[b\n    ^"),
        ("a='b", "No closing quote for input:\na='b\n  ^"),
        ("a==b,\nc=d", "Expected ',' for input:\na==b,\n  ^\nc=d"),
        ("a=b,\nc=d,e*=f", "Expected '=' for input:\na=b,\nc=d,e*=f\n     ^"),
    ] {
        let message = parse(word).expect_err(word).message;
        assert_eq!(message, format!("Error parsing parameter '--tags': {expected}"), "{word}");
    }
}

#[test]
fn a_hidden_word_stays_out_of_the_error() {
    let error = Shorthand::new("--secret-key-values", Echo::Hidden).parse("password='hunter2").expect_err("no closing quote");
    assert_eq!(error.message, "Error parsing parameter '--secret-key-values': No closing quote at character 10");
}

#[test]
fn files_are_loaded_after_an_at_sign_only() {
    let mut asked = Vec::new();
    let mut resolve = |value: &str| {
        asked.push(value.to_owned());
        Ok(value.strip_prefix("file://").map(|path| format!("<{path}>")))
    };
    let parsed = Shorthand::new("--x", Echo::Input)
        .with_files(&mut resolve)
        .parse("a@=file://p,b=file://q,c@=r,d@=[file://s,t],e={f@=file://u,g=file://v}");
    let expected = json!({"a": "<p>", "b": "file://q", "c": "r", "d": ["<s>", "t"], "e": {"f": "<u>", "g": "file://v"}});
    assert_eq!(parsed.map(Value::Object), Ok(expected));
    assert!(!asked.iter().any(|value| value.ends_with('q') || value.ends_with('v')), "{asked:?}");

    let mut refuse = |_: &str| Err(UsageError::new("cannot be read"));
    let failed = Shorthand::new("--x", Echo::Input).with_files(&mut refuse).parse("a=1,b@=2");
    assert_eq!(failed, Err(UsageError::new("cannot be read")));
}

#[test]
fn deep_nesting_is_refused() {
    let word = format!("a={}", "[".repeat(100_000));
    assert!(parse(&word).expect_err("too deep").message.contains("Nested deeper than 64 levels"));
}

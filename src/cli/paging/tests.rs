use super::*;

const LIST_KEYS: ListOperation = ListOperation::of(&Paging::of_kms(PageRules::LIST_KEYS, "Keys", "KeyArn"));
const LIST_SECRETS: ListOperation =
    ListOperation::of(&Paging { rules: PageRules::LIST_SECRETS, list: "SecretList", id: "ARN", size: "MaxResults", token: "NextToken" });

fn entries(count: usize) -> Vec<Value> {
    (0..count).map(|number| json!({ "KeyArn": format!("arn:{number}") })).collect()
}

fn paging(max_items: Option<u32>, page_size: Option<u32>) -> PagingArgs {
    PagingArgs { max_items, page_size, starting_token: None }
}

fn collect(all: &[Value], paging: &PagingArgs, token: Option<&str>) -> (usize, Option<String>) {
    let start = token.map(|token| LIST_KEYS.parse_token(token).expect("a token")).unwrap_or_default();
    let (collected, next) = LIST_KEYS.collect(all, paging, start).expect("pages");
    (collected.len(), next)
}

/// `expected`: the JSON inside the token, as botocore's TokenEncoder writes it.
fn assert_token(token: Option<String>, expected: &str) {
    let decoded = STANDARD.decode(token.expect("there is more")).expect("base64");
    assert_eq!(String::from_utf8(decoded).expect("UTF-8"), expected);
}

#[test]
fn tokens_are_those_of_the_aws_cli() {
    let all = entries(10);
    assert_eq!(collect(&all, &paging(None, None), None), (10, None));
    assert_eq!(collect(&all, &paging(Some(10), None), None), (10, None));
    assert_token(collect(&all, &paging(Some(3), None), None).1, r#"{"Marker": null, "boto_truncate_amount": 3}"#);
    // On a page's boundary the token is the service's.
    let service = LIST_KEYS.fetch(&all, Some(5), None).expect("a page").next.expect("there is more");
    assert_token(collect(&all, &paging(Some(5), Some(5)), None).1, &format!(r#"{{"Marker": "{service}"}}"#));
    assert_token(collect(&all, &paging(Some(7), Some(5)), None).1, &format!(r#"{{"Marker": "{service}", "boto_truncate_amount": 2}}"#));
}

#[test]
fn every_combination_of_sizes_covers_the_list_once() {
    let all = entries(12);
    for max_items in 1..=13 {
        for page_size in 1..=13 {
            let flags = paging(Some(max_items), Some(page_size));
            let (mut seen, mut token) = (Vec::new(), None::<String>);
            loop {
                let start = token.as_deref().map(|token| LIST_KEYS.parse_token(token).expect("a token")).unwrap_or_default();
                let (collected, next) = LIST_KEYS.collect(&all, &flags, start).expect("pages");
                assert!(collected.len() <= usize::try_from(max_items).expect("small"));
                seen.extend(collected.into_iter().cloned());
                token = next;
                if token.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all, "{max_items} by {page_size}");
        }
    }
}

#[test]
fn other_tokens_are_refused() {
    for text in ["", "x", "{}", "[]", r#"{"NextToken": null}"#, r#"{"Marker": 1}"#, r#"{"Marker": null, "boto_truncate_amount": -1}"#] {
        let token = STANDARD.encode(text);
        let parsed = LIST_KEYS.parse_token(&token);
        if text == "{}" {
            assert_eq!(parsed, Ok(StartingToken::default()));
        } else {
            assert!(parsed.expect_err(text).message.starts_with("Bad starting token: "));
        }
    }
    assert!(LIST_KEYS.parse_token("not base64").is_err());
}

#[test]
fn the_services_answers_have_their_own_members() {
    let all = entries(3);
    let answer = |operation: &ListOperation, size| operation.response(&operation.fetch(&all, size, None).expect("a page"));
    assert_eq!(answer(&LIST_KEYS, None), json!({"Keys": all, "Truncated": false}));
    let truncated = answer(&LIST_KEYS, Some(1));
    assert_eq!(truncated.get("Truncated"), Some(&json!(true)));
    assert_eq!(
        truncated.as_object().map(|members| members.keys().cloned().collect()),
        Some(vec!["Keys".to_owned(), "NextMarker".to_owned(), "Truncated".to_owned()])
    );
    assert_eq!(answer(&LIST_SECRETS, None), json!({"SecretList": all}));
}

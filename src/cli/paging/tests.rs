use super::*;

const KEYS: Paging = Paging::of_kms(PageRules::LIST_KEYS, "Keys", &["KeyArn"]);
const LIST_KEYS: ListOperation = ListOperation::of(&KEYS);
const LIST_SECRETS: ListOperation = ListOperation::of(&Paging {
    rules: PageRules::LIST_SECRETS,
    list: "SecretList",
    position: &["KeyArn"],
    size: "MaxResults",
    token: "NextToken",
});

fn entries(count: usize) -> Vec<Value> {
    (0..count).map(|number| json!({ "KeyArn": format!("arn:{number:02}") })).collect()
}

fn collect(all: &[Value], max_items: Option<u32>, token: Option<String>) -> (&[Value], Option<String>) {
    LIST_KEYS.collect(all, &KEYS, &PagingArgs { max_items, page_size: None, starting_token: token }).expect("pages")
}

/// As botocore's TokenEncoder writes it.
#[test]
fn tokens_have_the_form_of_the_aws_clis() {
    let all = entries(10);
    assert_eq!(collect(&all, None, None), (&all[..], None));
    assert_eq!(collect(&all, Some(10), None), (&all[..], None));
    let token = collect(&all, Some(3), None).1.expect("there is more");
    let service = KEYS.rules.page(&all, &KEYS, Some(3), None).expect("a page").next_token(&KEYS).expect("there is more");
    let decoded = String::from_utf8(STANDARD.decode(token).expect("base64")).expect("UTF-8");
    assert_eq!(decoded, format!(r#"{{"Marker": "{service}"}}"#));
}

/// Other programs' tokens count entries from a page on.
#[test]
fn entries_of_a_page_are_skipped() {
    let all = entries(10);
    let service = KEYS.rules.page(&all, &KEYS, Some(5), None).expect("a page").next_token(&KEYS).expect("there is more");
    for (token, first) in [
        (r#"{"Marker": null, "boto_truncate_amount": 3}"#.to_owned(), Some(3)),
        (format!(r#"{{"Marker": "{service}", "boto_truncate_amount": 2}}"#), Some(7)),
        (format!(r#"{{"Marker": "{service}", "boto_truncate_amount": 9}}"#), None),
    ] {
        let rest = collect(&all, None, Some(STANDARD.encode(&token))).0;
        assert_eq!(rest.first(), first.and_then(|first: usize| all.get(first)), "{token}");
    }
}

#[test]
fn every_count_covers_the_list_once() {
    let all = entries(12);
    for max_items in 1..=13 {
        let (mut seen, mut token) = (Vec::new(), None::<String>);
        loop {
            let (collected, next) = collect(&all, Some(max_items), token);
            assert!(collected.len() <= usize::try_from(max_items).expect("small"));
            seen.extend(collected.iter().cloned());
            token = next;
            if token.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "{max_items}");
    }
}

/// A token of the AWS CLI's, which counts, would hide one for each that was deleted.
#[test]
fn what_is_deleted_meanwhile_hides_nothing() {
    let all = entries(4);
    let token = collect(&all, Some(2), None).1;
    for gone in 0..2 {
        let mut left = all.clone();
        left.remove(gone);
        assert_eq!(collect(&left, None, token.clone()).0, all.get(2..).expect("three"));
    }
}

#[test]
fn a_size_that_the_service_would_refuse_is_refused() {
    let flags = |page_size| PagingArgs { max_items: None, page_size: Some(page_size), starting_token: None };
    let all = entries(1);
    assert!(LIST_KEYS.collect(&all, &KEYS, &flags(1000)).is_ok());
    assert!(LIST_KEYS.collect(&all, &KEYS, &flags(0)).is_err() && LIST_KEYS.collect(&all, &KEYS, &flags(1001)).is_err());
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
    let answer = |operation: &ListOperation, size| {
        let page = operation.rules.page(&all, &KEYS, size, None).expect("a page");
        operation.response(&page, page.next_token(&KEYS))
    };
    assert_eq!(answer(&LIST_KEYS, None), json!({"Keys": all, "Truncated": false}));
    let truncated = answer(&LIST_KEYS, Some(1));
    assert_eq!(truncated.get("Truncated"), Some(&json!(true)));
    assert_eq!(
        truncated.as_object().map(|members| members.keys().cloned().collect()),
        Some(vec!["Keys".to_owned(), "NextMarker".to_owned(), "Truncated".to_owned()])
    );
    assert_eq!(answer(&LIST_SECRETS, None), json!({"SecretList": all}));
}

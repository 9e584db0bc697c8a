//! Rotation rules (`EXPRESSION or days;duration;last change;now`): parsing never panics, what is taken is taken again, and each next date is
//! later than the time for which it was asked.
#![no_main]

use coldseal::vault::{RotationRules, RotationRulesType};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let fields: Vec<&str> = text.split(';').collect();
    let [rule, duration, last_changed, now] = fields[..] else { return };
    let (Ok(last_changed), Ok(now)) = (last_changed.parse(), now.parse()) else { return };
    let automatically_after_days = rule.parse().ok();
    let given = RotationRulesType {
        automatically_after_days,
        duration: (!duration.is_empty()).then(|| duration.to_owned()),
        schedule_expression: automatically_after_days.is_none().then(|| rule.to_owned()),
    };
    let Ok(rules) = RotationRules::new(given.clone()) else { return };
    assert_eq!(rules.given(), &given);
    assert_eq!(RotationRules::new(rules.given().clone()).expect("taken before"), rules);
    let mut now = now;
    for _ in 0..3 {
        let Some(date) = rules.next_rotation_date(last_changed, now) else { return };
        assert!(date > now && date > last_changed, "{date}");
        now = date;
    }
});

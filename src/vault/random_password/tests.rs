//! Which characters occur, that each password which fits is as likely as any other, and what is refused.

#![allow(clippy::indexing_slicing, reason = "a test fails where an index is wrong")]

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use super::*;
use crate::error::{ErrorCode, Refusal};

/// SplitMix64 from a fixed seed: what a test counts is the same in each run.
struct Fixed(AtomicU64);

impl Random for Fixed {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        for chunk in dest.chunks_mut(8) {
            let mut state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let bytes = (state ^ (state >> 31)).to_le_bytes();
            chunk.copy_from_slice(bytes.split_at(chunk.len()).0);
        }
        Ok(())
    }
}

/// The bytes 0 to 255, over and over.
struct EveryByte;

impl Random for EveryByte {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        dest.iter_mut().zip((0..=u8::MAX).cycle()).for_each(|(to, byte)| *to = byte);
        Ok(())
    }
}

/// One byte for ever.
struct Stuck(u8);

impl Random for Stuck {
    fn fill(&self, dest: &mut [u8]) -> Result<()> {
        dest.fill(self.0);
        Ok(())
    }
}

fn fixed() -> Fixed {
    Fixed(AtomicU64::new(7))
}

/// All characters but these are excluded.
fn of(characters: &str, length: usize) -> GetRandomPassword {
    let exclude_characters = (' '..='~').filter(|character| !characters.contains(*character)).collect();
    GetRandomPassword { password_length: length, exclude_characters, include_space: characters.contains(' '), ..Default::default() }
}

fn text(password: &SecretBytes) -> String {
    String::from_utf8(password.expose().to_vec()).expect("ASCII")
}

fn refusal(asked: &GetRandomPassword) -> PasswordRefusal {
    match asked.generate() {
        Err(Error::Service(refusal)) => {
            assert_eq!(refusal.code(), ErrorCode::InvalidParameterException);
            match *refusal {
                Refusal::Secret(SecretRefusal::Password(refusal)) => refusal,
                other => panic!("{other}"),
            }
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_set_of_characters_is_the_one_of_the_service() {
    use CharacterType::{Lowercase, Numbers, Punctuation, Uppercase};
    let upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let lower = "abcdefghijklmnopqrstuvwxyz";
    let digits = "0123456789";
    let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let all = [upper, lower, digits, punctuation].concat();
    for (exclude_types, exclude_characters, include_space, expected) in [
        (vec![], "", false, all.clone()),
        (vec![], "", true, format!("{all} ")),
        (vec![], " ", true, all.clone()),
        (vec![Punctuation], "", false, [upper, lower, digits].concat()),
        (vec![Uppercase, Lowercase, Numbers], "", false, punctuation.to_owned()),
        (vec![Uppercase, Numbers, Punctuation], "é", true, format!("{lower} ")),
        (vec![Uppercase, Lowercase, Punctuation], "01", false, "23456789".to_owned()),
        (vec![Uppercase, Lowercase, Punctuation, Numbers], "", true, " ".to_owned()),
    ] {
        let asked = GetRandomPassword {
            password_length: 4096,
            exclude_characters: exclude_characters.to_owned(),
            exclude_types,
            include_space,
            require_each_included_type: true,
        };
        let mut found: Vec<char> = text(&asked.draw(&fixed()).expect("drawn")).chars().collect();
        let mut expected: Vec<char> = expected.chars().collect();
        found.sort_unstable();
        found.dedup();
        expected.sort_unstable();
        assert_eq!(found, expected, "{asked:?}");
    }
}

#[test]
fn numbers_below_a_bound_are_equally_likely() {
    for bound in 1..=95 {
        let mut draws = Draws { random: &EveryByte, bytes: SecretBytes::zeroed(256), used: 256, left: 1 };
        let mut counts = vec![0; bound];
        while let Ok(number) = draws.below(bound) {
            counts[number] += 1;
        }
        // Over all bytes once, each number comes as often as any other.
        assert_eq!(counts, vec![256 / bound; bound], "{bound}");
    }
}

/// Draws passwords, and holds how often each came against what is as likely as any other. With this source the counts are always the same.
fn check_distribution(asked: &GetRandomPassword, fitting: usize) {
    const EACH: usize = 50;
    let (random, mut counts) = (fixed(), BTreeMap::new());
    for _ in 0..fitting * EACH {
        *counts.entry(text(&asked.draw(&random).expect("drawn"))).or_insert(0_u32) += 1;
    }
    assert_eq!(counts.len(), fitting, "every password that fits is drawn, and no other");
    let expected = f64::from(u32::try_from(EACH).expect("small"));
    let chi_square: f64 = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    let degrees = f64::from(u32::try_from(fitting - 1).expect("small"));
    // Five standard deviations of the distribution with so many degrees of freedom.
    assert!((chi_square - degrees).abs() < 5.0 * (2.0 * degrees).sqrt(), "{asked:?}: {chi_square}, {degrees}");
}

#[test]
fn each_password_that_fits_is_as_likely_as_any_other() {
    // Of 5^4 words those with an upper case letter, a lower case letter and a digit: by inclusion and exclusion over what is missing.
    let three_types = GetRandomPassword { exclude_types: vec![CharacterType::Punctuation], ..of("ABab1", 4) };
    check_distribution(&three_types, 5_usize.pow(4) - 3_usize.pow(4) - 3_usize.pow(4) - 4_usize.pow(4) + 1 + 16 + 16);
    // Four characters of four types: each order of each choice.
    check_distribution(&of("ABab1!", 4), 24 * 4);
    check_distribution(&GetRandomPassword { require_each_included_type: false, ..of("ab1 ", 4) }, 256);
}

#[test]
fn a_type_that_is_required_occurs_in_the_shortest_password() {
    let (shortest, random) = (GetRandomPassword { password_length: 4, ..Default::default() }, fixed());
    for _ in 0..200 {
        let password = shortest.draw(&random).expect("drawn");
        assert!(TYPES.iter().all(|kind| password.expose().iter().any(|character| kind.holds(*character))), "{}", text(&password));
    }
    let rare = of("A1aabcdefghijklmnopqrstuvwxyz!\"#$%&'()*+,-./", 4);
    for _ in 0..20 {
        assert_eq!(rare.generate().expect("drawn").len(), 4);
    }
}

#[test]
fn lengths_are_those_of_the_service() {
    assert_eq!(GetRandomPassword::default().generate().expect("drawn").len(), 32);
    for (length, is_taken) in [(0, false), (4, true), (4096, true), (4097, false), (usize::MAX, false)] {
        let drawn = GetRandomPassword { password_length: length, ..Default::default() }.generate();
        match drawn {
            Ok(password) => assert!(is_taken && password.len() == length, "{length}"),
            Err(Error::Service(refusal)) => assert!(!is_taken && refusal.code() == ErrorCode::ValidationException, "{refusal}"),
            Err(other) => panic!("{other}"),
        }
    }
    let one = GetRandomPassword { password_length: 1, require_each_included_type: false, ..Default::default() };
    assert_eq!(one.generate().expect("drawn").len(), 1);
}

#[test]
fn a_password_that_no_choice_gives_is_refused() {
    assert_eq!(refusal(&GetRandomPassword { password_length: 3, ..Default::default() }), PasswordRefusal::TooShort { length: 3, types: 4 });
    let no_digits = GetRandomPassword { exclude_characters: "0123456789".to_owned(), ..Default::default() };
    assert_eq!(refusal(&no_digits), PasswordRefusal::TypeExcluded(CharacterType::Numbers));
    assert!(GetRandomPassword { require_each_included_type: false, ..no_digits }.generate().is_ok());
    assert_eq!(refusal(&GetRandomPassword { exclude_types: TYPES.to_vec(), ..Default::default() }), PasswordRefusal::AllExcluded);
    assert_eq!(refusal(&of("", 10)), PasswordRefusal::AllExcluded);
}

#[test]
fn a_source_that_is_stuck_is_an_error_and_no_endless_loop() {
    for byte in [0, 255] {
        let drawn = GetRandomPassword { password_length: 8, ..Default::default() }.draw(&Stuck(byte));
        assert!(matches!(drawn, Err(Error::Random)), "{byte}");
    }
}

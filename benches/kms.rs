//! The embedded KMS: generate, wrap and unwrap a data key, beside the bare HKDF and AES-256-GCM that each of them needs.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use coldseal::{
    EncryptionContext, Result,
    arn::{AccountId, KeyArn},
    crypto::{Random as _, SystemRandom},
    keyring::Kms as _,
    kms::EmbeddedKms,
    region::Region,
};
use criterion::{Criterion, criterion_group, criterion_main};

struct Bytes32;

impl hkdf::KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn derived(material: &[u8; 32], salt: &[u8; 32], info: &[u8; 83]) -> LessSafeKey {
    let mut key = [0; 32];
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA512, salt).extract(material);
    prk.expand(&[info], Bytes32).and_then(|okm| okm.fill(&mut key)).expect("32 bytes");
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).expect("32 bytes"))
}

fn zero_iv() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

fn set_up() -> Result<(EmbeddedKms, KeyArn, EncryptionContext)> {
    let mut kms = EmbeddedKms::new(AccountId::embedded())?;
    let key = kms.ensure_default_key(Region::new("us-west-2").expect("a Region of AWS"))?;
    let arn = "arn:aws:secretsmanager:us-west-2:000000000000:secret:production/DBWest-a1b2c3";
    let context = [("SecretARN", arn), ("SecretVersionId", "1234abcd-12ab-34cd-56ef-1234567890ab")].into_iter().collect();
    Ok((kms, key, context))
}

/// What no implementation can leave out: a salt, one derivation over the same info, one AES-256-GCM of 32 bytes over the same AAD length.
fn bare_wrap(material: &[u8; 32], info: &[u8; 83], aad: &[u8], plaintext: &[u8; 32]) -> Result<Vec<u8>> {
    let mut salt = [0; 32];
    SystemRandom.fill(&mut salt)?;
    let mut sealed = plaintext.to_vec();
    derived(material, &salt, info).seal_in_place_append_tag(zero_iv(), Aad::from(aad), &mut sealed).expect("32 bytes");
    Ok(sealed)
}

fn embedded(criterion: &mut Criterion) {
    let (kms, key, context) = set_up().expect("random bytes");
    let (data_key, blob) = kms.generate_data_key(&key, &context).expect("generates");
    let mut group = criterion.benchmark_group("kms/embedded");
    group.bench_function("generate_data_key", |bencher| {
        bencher.iter(|| kms.generate_data_key(black_box(&key), &context).expect("generates"));
    });
    group.bench_function("wrap", |bencher| bencher.iter(|| kms.encrypt(&key, black_box(data_key.expose()), &context).expect("wraps")));
    group.bench_function("unwrap", |bencher| bencher.iter(|| kms.decrypt(&key, black_box(&blob), &context).expect("unwraps")));
    group.finish();
}

fn bare(criterion: &mut Criterion) {
    let (_, _, context) = set_up().expect("random bytes");
    let aad = [vec![1; 101], context.to_bytes().expect("short")].concat();
    let (material, info, plaintext) = ([7; 32], [8; 83], [9; 32]);
    let mut group = criterion.benchmark_group("kms/bare");
    group.bench_function("generate_data_key", |bencher| {
        bencher.iter(|| {
            let mut data_key = [0; 32];
            SystemRandom.fill(&mut data_key).expect("random bytes");
            bare_wrap(black_box(&material), &info, &aad, &data_key).expect("wraps")
        });
    });
    group.bench_function("wrap", |bencher| bencher.iter(|| bare_wrap(&material, &info, &aad, black_box(&plaintext)).expect("wraps")));
    let salt = [3; 32];
    let mut sealed = plaintext.to_vec();
    derived(&material, &salt, &info).seal_in_place_append_tag(zero_iv(), Aad::from(&aad), &mut sealed).expect("32 bytes");
    group.bench_function("unwrap", |bencher| {
        bencher.iter(|| {
            let mut opened = black_box(&sealed).clone();
            derived(&material, &salt, &info).open_in_place(zero_iv(), Aad::from(&aad), &mut opened).expect("unwraps").to_vec()
        });
    });
    group.finish();
}

criterion_group!(benches, embedded, bare);
criterion_main!(benches);

//! Parsing and writing headers.
#![allow(missing_docs, reason = "a benchmark")]

use std::{hint::black_box, time::Duration};

use coldseal::{AlgorithmSuite, ContentType, EncryptedDataKey, EncryptionContext, Header, HeaderLimits, MessageId};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn header(pairs: usize, edks: usize) -> Header {
    let edk = EncryptedDataKey {
        provider_id: "aws-kms".to_owned(),
        provider_info: b"arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab".to_vec(),
        ciphertext: vec![0xC1; 184],
    };
    Header {
        suite: AlgorithmSuite::Aes256GcmHkdfSha512CommitKey,
        message_id: MessageId([1; 32]),
        encryption_context: (0..pairs).map(|n| (format!("key-{n}"), format!("value-{n}"))).collect::<EncryptionContext>(),
        encrypted_data_keys: vec![edk; edks],
        content_type: ContentType::Framed { frame_length: 65_536 },
        commitment: [2; 32],
    }
}

fn headers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("header");
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    for (pairs, edks) in [(0, 1), (3, 1), (3, 5), (100, 128)] {
        let (header, name) = (header(pairs, edks), format!("{pairs}-pairs-{edks}-keys"));
        let mut bytes = header.to_bytes().expect("a valid header");
        bytes.extend_from_slice(&[0; 16]);
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function(BenchmarkId::new("parse", &name), |bencher| {
            bencher.iter(|| Header::parse(black_box(&bytes), HeaderLimits::default()).expect("valid"));
        });
        group.bench_function(BenchmarkId::new("write", &name), |bencher| {
            bencher.iter(|| black_box(&header).to_bytes().expect("valid"));
        });
    }
}

criterion_group!(benches, headers);
criterion_main!(benches);

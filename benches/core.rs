//! Sealing and opening in memory beside `ring` over the same bytes, by one thread and by two, and a small message beside its bare primitives.
#![allow(clippy::indexing_slicing, missing_docs, reason = "a benchmark of fixed layouts")]

use std::{hint::black_box, time::Duration};

use aws_lc_rs::hkdf;
use coldseal::{
    AlgorithmSuite, DataKey, EncryptionContext, FrameLength, OpenOptions, SealOptions, SecretBytes,
    crypto::SystemRandom,
    keyring::RawAesKeyring,
    message::{EncryptionMaterials, MessageSealer, Threads, open, open_slice, seal, seal_slice},
};
use criterion::{
    BatchSize, BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    rand::SecureRandom as _,
};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// Payload and frame length in bytes.
const SIZES: [(usize, usize); 10] = [
    (256, 64 * KIB),
    (KIB, 64 * KIB),
    (64 * KIB, 4 * KIB),
    (64 * KIB, 64 * KIB),
    (MIB, 4 * KIB),
    (MIB, 64 * KIB),
    (MIB, MIB),
    (64 * MIB, 4 * KIB),
    (64 * MIB, 64 * KIB),
    (64 * MIB, MIB),
];
/// As many bytes as a frame authenticates besides its content.
const AAD: [u8; 72] = [7; 72];
const TAG: usize = 16;
const HEAD: usize = 16;

fn keyring() -> RawAesKeyring {
    RawAesKeyring::new("bench", "key", &SecretBytes::new(vec![1; 32])).expect("a valid key")
}

fn materials() -> EncryptionMaterials {
    let data_key = DataKey::from_slice(&[2; 32]).expect("32 bytes");
    let context: EncryptionContext = [("purpose", "bench")].into_iter().collect();
    EncryptionMaterials::wrap(AlgorithmSuite::default(), data_key, &[&keyring()], context, &SystemRandom).expect("wraps")
}

fn sealer(materials: &mut EncryptionMaterials, frame: usize) -> MessageSealer {
    let frame_length = u32::try_from(frame).ok().and_then(FrameLength::new).expect("a valid frame length");
    MessageSealer::new(materials, frame_length, &SystemRandom).expect("a valid header")
}

fn ring_key() -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &[3; 32]).expect("32 bytes"))
}

fn nonce(number: usize) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&(number as u64).to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

/// Frames as they lie in a message: a head, the content, a tag.
fn laid_out(payload: &[u8], frame: usize) -> Vec<u8> {
    payload.chunks(frame).flat_map(|content| [&[0; HEAD], content, &[0; TAG]].concat()).collect()
}

fn ring_seal(key: &LessSafeKey, number: usize, piece: &mut [u8]) {
    let end = piece.len() - TAG;
    let tag = key.seal_in_place_separate_tag(nonce(number), Aad::from(AAD), &mut piece[HEAD..end]).expect("seals");
    piece[end..].copy_from_slice(tag.as_ref());
}

fn configure(group: &mut BenchmarkGroup<'_, WallTime>, bytes: usize) {
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_millis(1000));
    group.throughput(Throughput::Bytes(bytes as u64));
}

fn label(bytes: usize, frame: usize) -> String {
    let short = |bytes: usize| match bytes {
        bytes if bytes >= MIB => format!("{}MiB", bytes / MIB),
        bytes if bytes >= KIB => format!("{}KiB", bytes / KIB),
        bytes => format!("{bytes}B"),
    };
    format!("{}-in-{}-frames", short(bytes), short(frame))
}

fn seal_payloads(criterion: &mut Criterion) {
    let mut materials = materials();
    let mut group = criterion.benchmark_group("seal");
    for (bytes, frame) in SIZES {
        let (name, payload, key) = (label(bytes, frame), vec![0x5A; bytes], ring_key());
        configure(&mut group, bytes);
        let mut out = Vec::new();
        group.bench_function(BenchmarkId::new("coldseal-copy", &name), |bencher| {
            bencher.iter(|| {
                out.clear();
                seal_slice(black_box(&payload), &mut out, sealer(&mut materials, frame)).expect("seals");
            });
        });
        let mut pieces = laid_out(&payload, frame);
        group.bench_function(BenchmarkId::new("ring-copy", &name), |bencher| {
            bencher.iter(|| {
                let frames = pieces.chunks_mut(HEAD + frame + TAG).zip(black_box(&payload).chunks(frame));
                for (number, (piece, content)) in frames.enumerate() {
                    piece[HEAD..HEAD + content.len()].copy_from_slice(content);
                    ring_seal(&key, number, piece);
                }
            });
        });
        group.bench_function(BenchmarkId::new("coldseal-in-place", &name), |bencher| {
            bencher.iter(|| seal_in_place(sealer(&mut materials, frame), black_box(&mut pieces), frame));
        });
        group.bench_function(BenchmarkId::new("ring-in-place", &name), |bencher| {
            bencher.iter(|| {
                black_box(&mut pieces).chunks_mut(HEAD + frame + TAG).enumerate().for_each(|(n, piece)| ring_seal(&key, n, piece));
            });
        });
    }
}

/// The caller has laid the frames out; the final one's longer head goes elsewhere, and after a whole frame all of the final one, which is empty.
fn seal_in_place(mut sealer: MessageSealer, pieces: &mut [u8], frame: usize) {
    let regular = pieces.len() / (HEAD + frame + TAG) * (HEAD + frame + TAG);
    let (regular, last) = pieces.split_at_mut(regular);
    for piece in regular.chunks_mut(HEAD + frame + TAG) {
        let (head, tag) = sealer.seal_regular(&mut piece[HEAD..HEAD + frame]).expect("seals");
        piece[..HEAD].copy_from_slice(&head);
        piece[HEAD + frame..].copy_from_slice(&tag);
    }
    let content = last.len().saturating_sub(HEAD + TAG);
    let ending = sealer.seal_final(last.get_mut(HEAD..HEAD + content).unwrap_or_default()).expect("seals");
    if content > 0 {
        last[HEAD + content..].copy_from_slice(&ending.tag);
    }
    black_box((ending.head, ending.tag));
}

fn open_messages(criterion: &mut Criterion) {
    let (mut materials, keyring) = (materials(), keyring());
    let mut group = criterion.benchmark_group("open");
    for (bytes, frame) in SIZES {
        let (name, payload, key) = (label(bytes, frame), vec![0x5A; bytes], ring_key());
        configure(&mut group, bytes);
        let mut message = Vec::new();
        seal_slice(&payload, &mut message, sealer(&mut materials, frame)).expect("seals");
        let mut out = Vec::with_capacity(bytes);
        group.bench_function(BenchmarkId::new("coldseal-copy", &name), |bencher| {
            bencher.iter(|| {
                out.clear();
                open_slice(black_box(&message), &mut out, &[&keyring], &OpenOptions::default()).expect("opens");
            });
        });
        group.bench_function(BenchmarkId::new("coldseal-stream", &name), |bencher| {
            bencher.iter(|| {
                out.clear();
                open(black_box(&message[..]), &mut out, &[&keyring], &OpenOptions::default()).expect("opens");
            });
        });
        let mut sealed = laid_out(&payload, frame);
        sealed.chunks_mut(HEAD + frame + TAG).enumerate().for_each(|(number, piece)| ring_seal(&key, number, piece));
        let mut out = vec![0; bytes + TAG];
        group.bench_function(BenchmarkId::new("ring-copy", &name), |bencher| {
            bencher.iter(|| {
                let mut place = 0;
                for (number, piece) in black_box(&sealed).chunks(HEAD + frame + TAG).enumerate() {
                    let dest = &mut out[place..place + piece.len() - HEAD];
                    dest.copy_from_slice(&piece[HEAD..]);
                    place += key.open_in_place(nonce(number), Aad::from(AAD), dest).expect("opens").len();
                }
            });
        });
        group.bench_function(BenchmarkId::new("ring-in-place", &name), |bencher| {
            let open = |pieces: &mut Vec<u8>| {
                for (number, piece) in pieces.chunks_mut(HEAD + frame + TAG).enumerate() {
                    key.open_in_place(nonce(number), Aad::from(AAD), &mut piece[HEAD..]).expect("opens");
                }
            };
            bencher.iter_batched_ref(|| sealed.clone(), open, BatchSize::PerIteration);
        });
    }
}

/// Streams from memory to memory by one and two threads, beside `ring` on one thread and on two that share the frames.
fn stream_by_threads(criterion: &mut Criterion) {
    let (bytes, frame) = (64 * MIB, 64 * KIB);
    let (payload, keyring, context, key) = (vec![0x5A; bytes], keyring(), EncryptionContext::new(), ring_key());
    let mut message = Vec::new();
    seal(&payload[..], &mut message, &[&keyring], &context, SealOptions::default()).expect("seals");
    let mut out = Vec::with_capacity(message.len());
    let mut group = criterion.benchmark_group("threads");
    configure(&mut group, bytes);
    for count in [1, 2] {
        let threads = Threads::new(count).expect("not 0");
        let name = format!("{}-by-{count}", label(bytes, frame));
        group.bench_function(BenchmarkId::new("seal", &name), |bencher| {
            bencher.iter(|| {
                out.clear();
                let options = SealOptions { threads, ..SealOptions::default() };
                seal(black_box(&payload[..]), &mut out, &[&keyring], &context, options).expect("seals");
            });
        });
        group.bench_function(BenchmarkId::new("open", &name), |bencher| {
            bencher.iter(|| {
                out.clear();
                let options = OpenOptions { threads, ..OpenOptions::default() };
                open(black_box(&message[..]), &mut out, &[&keyring], &options).expect("opens");
            });
        });
        let mut pieces = laid_out(&payload, frame);
        let share = pieces.len() / (HEAD + frame + TAG) / count * (HEAD + frame + TAG);
        group.bench_function(BenchmarkId::new("ring-seal-in-place", &name), |bencher| {
            bencher.iter(|| {
                std::thread::scope(|scope| {
                    for pieces in black_box(&mut pieces).chunks_mut(share) {
                        let frames = pieces.chunks_mut(HEAD + frame + TAG).enumerate();
                        scope.spawn(|| frames.for_each(|(number, piece)| ring_seal(&key, number, piece)));
                    }
                });
            });
        });
    }
}

struct Bytes32;

impl hkdf::KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// Random message id, HKDF extract and two expands, key set-up, header tag, one frame.
fn bare_primitives(payload: &[u8], header: &[u8], out: &mut Vec<u8>) {
    let (mut id, mut derived, mut commitment) = ([0; 32], [0; 32], [0; 32]);
    ring::rand::SystemRandom::new().fill(&mut id).expect("random bytes");
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA512, &id).extract(&[2; 32]);
    prk.expand(&[&[4, 0x78], b"DERIVEKEY"], Bytes32).and_then(|okm| okm.fill(&mut derived)).expect("32 bytes");
    prk.expand(&[b"COMMITKEY"], Bytes32).and_then(|okm| okm.fill(&mut commitment)).expect("32 bytes");
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &derived).expect("32 bytes"));
    let tag = key.seal_in_place_separate_tag(nonce(0), Aad::from(header), &mut []).expect("seals");
    out.extend_from_slice(header);
    out.extend_from_slice(tag.as_ref());
    let start = out.len();
    out.extend_from_slice(payload);
    let tag = key.seal_in_place_separate_tag(nonce(1), Aad::from(AAD), &mut out[start..]).expect("seals");
    out.extend_from_slice(tag.as_ref());
    black_box(commitment);
}

fn small_message(criterion: &mut Criterion) {
    let (mut materials, payload) = (materials(), [0x5A; KIB]);
    let header = sealer(&mut materials, 64 * KIB).header().to_vec();
    let mut group = criterion.benchmark_group("seal-1KiB-with-a-data-key");
    group.throughput(Throughput::Bytes(KIB as u64)).sample_size(50);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    let mut out = Vec::with_capacity(4 * KIB);
    group.bench_function("coldseal", |bencher| {
        bencher.iter(|| {
            out.clear();
            seal_slice(black_box(&payload), &mut out, sealer(&mut materials, 64 * KIB)).expect("seals");
        });
    });
    group.bench_function("primitives", |bencher| {
        bencher.iter(|| {
            out.clear();
            bare_primitives(black_box(&payload), &header, &mut out);
        });
    });
}

criterion_group!(benches, small_message, seal_payloads, open_messages, stream_by_threads);
criterion_main!(benches);

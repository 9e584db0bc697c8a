//! Sealing and opening files beside a loop that copies the same bytes as `cp` does, and making secrets beside a loop that only writes and syncs
//! as many files. What lies between the two is the price of coldseal.
#![allow(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use coldseal::{
    EncryptionContext, OpenOptions, SealOptions, SecretBytes,
    keyring::{Keyring, RawAesKeyring},
    kms::{KeystoreLocation, KeystoreSession, Passphrases},
    message::{SealTarget, Threads, open, seal_each},
    region::Region,
    vault::{BatchStatus, CreateSecret, KeyOptions, PayloadKind, ReplicaRegion, SecretValue, Vault},
};
use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;
/// Bytes of the large file.
const LENGTH: usize = 256 * MIB;
/// What `cp` reads and writes at once.
const COPIED: usize = 128 * KIB;
const REGIONS: [&str; 3] = ["us-west-2", "us-east-1", "eu-west-1"];
/// Secrets that are made durable together.
const MANY: usize = 256;
/// Bytes of a record of a secret in 3 Regions, and of a bundle of 1 KiB.
const RECORD: usize = 2000;
const BUNDLE: usize = 1555;

/// A folder on the disk that is built on, which is gone with the value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("disk-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// New files that were not there before; the time of removing old ones is not counted.
    fn outputs<const N: usize>(&self) -> [File; N] {
        std::array::from_fn(|number| {
            let path = self.path(&format!("out-{number}"));
            let _ = fs::remove_file(&path);
            File::create_new(path).expect("a new file")
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What is done to a file when all is written.
#[derive(Clone, Copy)]
enum Ending {
    /// The kernel writes it when it likes to.
    Cached,
    /// It is on the disk.
    Synced,
}

impl Ending {
    const ALL: [(Self, &str); 2] = [(Self::Cached, "no-sync"), (Self::Synced, "sync")];

    fn apply(self, file: &File) {
        if matches!(self, Self::Synced) {
            file.sync_all().expect("synced");
        }
    }
}

fn keyring() -> RawAesKeyring {
    RawAesKeyring::new("bench", "key", &SecretBytes::new(vec![1; 32])).expect("a valid key")
}

/// One copy for each output, one after another.
fn copy(source: &Path, outputs: &mut [File], ending: Ending) {
    let mut buffer = vec![0; COPIED];
    for output in outputs {
        let mut source = File::open(source).expect("opens");
        loop {
            let count = source.read(&mut buffer).expect("reads");
            if count == 0 {
                break;
            }
            output.write_all(buffer.get(..count).expect("as many as were read")).expect("writes");
        }
        ending.apply(output);
    }
}

fn seal_file(source: &Path, outputs: &[File], ending: Ending) {
    let keyring = keyring();
    let keyrings: [&dyn Keyring; 1] = [&keyring];
    let target = |output| SealTarget { keyrings: &keyrings, context: EncryptionContext::new(), output };
    let options = SealOptions { threads: Threads::available(), ..SealOptions::default() };
    seal_each(File::open(source).expect("opens"), outputs.iter().map(target).collect(), options).expect("seals");
    outputs.iter().for_each(|output| ending.apply(output));
}

fn open_file(source: &Path, output: &File, ending: Ending) {
    let options = OpenOptions { threads: Threads::available(), ..OpenOptions::default() };
    open(File::open(source).expect("opens"), output, &[&keyring()], &options).expect("opens");
    ending.apply(output);
}

/// Time of the work alone, without what makes its outputs.
fn timed<T>(iterations: u64, mut prepare: impl FnMut() -> T, mut work: impl FnMut(T)) -> Duration {
    (0..iterations)
        .map(|_| {
            let prepared = prepare();
            let begin = Instant::now();
            work(prepared);
            begin.elapsed()
        })
        .sum()
}

fn files(criterion: &mut Criterion) {
    let folder = Folder::new("files");
    let (payload, message) = (folder.path("payload"), folder.path("message"));
    let block: Vec<u8> = (0..MIB).map(|index| (index.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
    let mut file = File::create_new(&payload).expect("a new file");
    (0..LENGTH / MIB).for_each(|_| file.write_all(&block).expect("writes"));
    seal_file(&payload, &[File::create_new(&message).expect("a new file")], Ending::Synced);
    file.sync_all().expect("synced");
    for (ending, name) in Ending::ALL {
        let mut group = criterion.benchmark_group(format!("file-256MiB-{name}"));
        group.sampling_mode(SamplingMode::Flat).sample_size(10).throughput(Throughput::Bytes(LENGTH as u64));
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
        group.bench_function("copy", |bencher| {
            bencher.iter_custom(|count| timed(count, || folder.outputs::<1>(), |mut outputs| copy(&payload, &mut outputs, ending)));
        });
        group.bench_function("seal", |bencher| {
            bencher.iter_custom(|count| timed(count, || folder.outputs::<1>(), |outputs| seal_file(&payload, &outputs, ending)));
        });
        group.bench_function("open", |bencher| {
            bencher.iter_custom(|count| timed(count, || folder.outputs::<1>(), |[output]| open_file(&message, &output, ending)));
        });
        group.bench_function("copy-to-3", |bencher| {
            bencher.iter_custom(|count| timed(count, || folder.outputs::<3>(), |mut outputs| copy(&payload, &mut outputs, ending)));
        });
        group.bench_function("seal-to-3-regions", |bencher| {
            bencher.iter_custom(|count| timed(count, || folder.outputs::<3>(), |outputs| seal_file(&payload, &outputs, ending)));
        });
    }
}

/// A key file protects the keystore.
struct NoPassphrase;

impl Passphrases for NoPassphrase {
    fn current(&self) -> coldseal::Result<SecretBytes> {
        unreachable!("asked for a passphrase")
    }

    fn new_passphrase(&self) -> coldseal::Result<SecretBytes> {
        unreachable!("asked for a new passphrase")
    }
}

fn region(name: &str) -> Region {
    Region::new(name).expect("a Region of AWS")
}

/// 1 KiB to 3 Regions.
fn request(name: String) -> CreateSecret {
    let mut request = CreateSecret::new(name, region(REGIONS[0]));
    request.value = Some(SecretValue::new(PayloadKind::String, SecretBytes::new(vec![b'x'; KIB])).expect("a valid value"));
    request.replicas = REGIONS.iter().skip(1).copied().map(ReplicaRegion::new).collect();
    request
}

/// What no implementation can leave out that keeps a secret through a power cut: two directories, a bundle for each Region, the record, each with its name.
fn write_and_sync(secrets: &Path, name: &str) {
    let sync = |directory: &Path| File::open(directory).and_then(|directory| directory.sync_all()).expect("synced");
    let write = |path: PathBuf, length: usize| {
        let mut file = File::create_new(path).expect("a new file");
        file.write_all(&vec![0x5A; length]).expect("writes");
        file.sync_all().expect("synced");
    };
    let secret = secrets.join(name);
    let version = secret.join("version");
    fs::create_dir(&secret).expect("a folder");
    sync(secrets);
    fs::create_dir(&version).expect("a folder");
    sync(&secret);
    REGIONS.iter().for_each(|region| write(version.join(region), BUNDLE));
    sync(&version);
    write(secret.join("secret.json"), RECORD);
    sync(&secret);
}

/// A vault with one secret, its keystore, and beside them a folder for the bare loop.
struct Place {
    bare: PathBuf,
    vault: Vault,
    session: KeystoreSession,
    _folder: Folder,
}

impl Place {
    fn new(name: &str) -> Self {
        let folder = Folder::new(name);
        let bare = folder.path("bare");
        fs::create_dir(&bare).expect("a folder");
        let vault = Vault::new(folder.path("vault"));
        let location = KeystoreLocation::new(folder.path("keystore.json"));
        let mut session = KeystoreSession::begin(&location, &NoPassphrase, None).expect("a keystore");
        vault.create_secret(&mut session, &KeyOptions::default(), &request("first".to_owned())).expect("made");
        Self { bare, vault, session, _folder: folder }
    }
}

fn secrets(criterion: &mut Criterion) {
    let Place { bare, vault, mut session, _folder } = Place::new("secrets");
    let mut group = criterion.benchmark_group("secret-1KiB-3-regions");
    group.sample_size(20).warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
    let mut number = 0_u64;
    let mut name = || {
        number += 1;
        format!("secret-{number}")
    };
    group.bench_function("write-and-sync", |bencher| {
        bencher.iter_custom(|count| timed(count, &mut name, |name| write_and_sync(&bare, &name)));
    });
    group.bench_function("create", |bencher| {
        let mut work = |request| drop(vault.create_secret(&mut session, &KeyOptions::default(), &request).expect("made"));
        bencher.iter_custom(|count| timed(count, || request(name()), &mut work));
    });
}

/// The same files for many secrets, durable at once: everything, then the renames that commit.
#[cfg(target_os = "linux")]
fn write_group(secrets: &Path, names: &[String]) {
    let root = File::open(secrets).expect("opens");
    let barrier = || rustix::fs::syncfs(&root).expect("synced");
    let write = |path: PathBuf, length: usize| {
        File::create_new(path).and_then(|mut file| file.write_all(&vec![0x5A; length])).expect("writes");
    };
    for name in names {
        let secret = secrets.join(name);
        let version = secret.join("version");
        fs::create_dir_all(&version).expect("folders");
        REGIONS.iter().for_each(|region| write(version.join(region), BUNDLE));
        write(secret.join(".temporary"), RECORD);
    }
    barrier();
    for secret in names.iter().map(|name| secrets.join(name)) {
        fs::rename(secret.join(".temporary"), secret.join("secret.json")).expect("renames");
    }
    barrier();
}

#[cfg(target_os = "linux")]
fn batches(criterion: &mut Criterion) {
    let Place { bare, vault, mut session, _folder } = Place::new("batches");
    let keys = KeyOptions::default();
    let mut group = criterion.benchmark_group(format!("{MANY}-secrets-1KiB-3-regions"));
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(5));
    let mut number = 0_u64;
    let mut names = || -> Vec<String> {
        number += 1;
        (0..MANY).map(|index| format!("secret-{number}-{index}")).collect()
    };
    group.bench_function("write-and-sync", |bencher| {
        bencher.iter_custom(|count| timed(count, &mut names, |names| write_group(&bare, &names)));
    });
    group.bench_function("create", |bencher| {
        let mut work = |requests: Vec<CreateSecret>| {
            let mut batch = vault.create_secrets(&mut session, &keys).expect("a vault");
            requests.iter().for_each(|request| batch.check(request).expect("can be made"));
            let threads = std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN);
            let entries = batch.begin(threads).expect("begins").write(requests).expect("written");
            assert!(entries.iter().all(|entry| matches!(entry.status, BatchStatus::Created)));
        };
        bencher.iter_custom(|count| timed(count, || names().into_iter().map(request).collect(), &mut work));
    });
}

/// Elsewhere no call makes many files durable at once.
#[cfg(not(target_os = "linux"))]
fn batches(_: &mut Criterion) {}

criterion_group!(benches, files, secrets, batches);
criterion_main!(benches);

//! Arguments of `seal`, `open` and `inspect`.

use std::path::PathBuf;

use clap::Args;

use super::recovery::WrapArgs;
use crate::{cli::raw_rsa_key::RawRsaPadding, message::Threads};

/// Keys for one message.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// KMS key in the Region: id, ARN, alias or alias ARN; repeat it for several
    #[arg(long, value_name = "KEY")]
    pub(crate) kms_key_id: Vec<String>,
    /// Raw AES key: a file of 16, 24 or 32 bytes under a name that the message carries; repeat it for several
    #[arg(long, value_name = "NAMESPACE/NAME=FILE")]
    pub(crate) raw_aes_key: Vec<String>,
    /// Raw RSA key in PEM or DER, 2048 to 8192 bits: a public key seals, a private key also opens; repeat it for several
    #[arg(long, value_name = "NAMESPACE/NAME=FILE")]
    pub(crate) raw_rsa_key: Vec<String>,
    /// Padding under the RSA keys, with MGF1 on the same hash; PKCS1 opens only [default: OAEP_SHA256_MGF1]
    #[arg(long, value_name = "PADDING", requires = "raw_rsa_key")]
    pub(crate) raw_rsa_padding: Option<RawRsaPadding>,
    /// Elliptic curve key on P-256, P-384 or P-521 in PEM or DER: a public key seals, with an ephemeral sender; a private key also opens; repeat it for several
    #[arg(long, value_name = "FILE")]
    pub(crate) raw_ecdh_key: Vec<PathBuf>,
}

impl KeyArgs {
    /// True where a key is named that is in a file of its own.
    pub(crate) fn has_raw_keys(&self) -> bool {
        !(self.raw_aes_key.is_empty() && self.raw_rsa_key.is_empty() && self.raw_ecdh_key.is_empty())
    }
}

/// Where the result goes.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// The file to write; appears only when complete and synced. '-' for stdout [default: stdout]
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    /// Overwrite the file
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not sync the file, as cp
    #[arg(long)]
    pub(crate) no_sync: bool,
}

/// Bundles for several Regions.
#[derive(Debug, Args)]
pub(crate) struct RegionBundleArgs {
    /// Write one bundle for each Region, FILE.REGION.bundle: Region=us-east-1[,KmsKeyId=KEY] or a plain name; repeat it; all or nothing
    #[arg(long, value_name = "REGION")]
    pub(crate) to: Vec<String>,
    /// Directory for the bundles [default: the current one]
    #[arg(long, value_name = "DIR", requires = "to")]
    pub(crate) output_dir: Option<PathBuf>,
}

/// The encryption context.
#[derive(Debug, Args)]
pub(crate) struct EncryptionContextArgs {
    /// Non-secret pairs: k=v ..., or JSON. `seal` binds them to the message; `open` demands them, a bare key with any value. A pair that the
    /// message does not store must be one that it is bound to all the same (required encryption context). FILE goes before it
    #[arg(long, value_name = "K=V", num_args = 1..)]
    pub(crate) encryption_context: Option<Vec<String>>,
}

/// How much of the machine a message may take.
#[derive(Debug, Args)]
pub(crate) struct ThreadsArgs {
    /// Threads that encrypt or decrypt a message's frames, 1 to 256; more than fit 16 MiB of buffers are not started [default: one for each core]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl ThreadsArgs {
    /// As many as were asked for, or as the machine runs at once.
    pub(crate) fn get(&self) -> Threads {
        self.threads.map_or_else(Threads::available, |count| Threads::new(count.into()).expect("the parser takes no 0"))
    }
}

/// [coldseal] Encrypt a file of any size into one AWS Encryption SDK message
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal seal photos.tar --kms-key-id alias/backup --region us-west-2 \\
      -o photos.bundle
  head -c 32 /dev/urandom > backup.key
  tar c photos | coldseal seal --raw-aes-key home/backup=backup.key \\
      --encryption-context purpose=backup > photos.bundle
  coldseal seal photos.tar --raw-rsa-key home/safe=safe.pub.pem \\
      --raw-ecdh-key laptop.pub.pem -o photos.bundle
  coldseal seal photos.tar --output-dir bundles \\
      --to Region=us-west-2,KmsKeyId=alias/backup --to eu-west-1

Several keys make one message that each of them opens; --to makes one message for each Region, under that Region's key.")]
pub(crate) struct SealArgs {
    /// The file to encrypt [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) context: EncryptionContextArgs,
    /// Bytes of plaintext in a frame, 1 to 16777216 [default: 65536]
    #[arg(long, value_name = "BYTES")]
    pub(crate) frame_length: Option<u32>,
    #[command(flatten)]
    pub(crate) threads: ThreadsArgs,
    /// Sign each message (suite 0x0578): who opens it with one key cannot change it for the others. Not with RSA keys of AWS KMS
    #[arg(long)]
    pub(crate) sign_message: bool,
    #[command(flatten)]
    pub(crate) bundles: RegionBundleArgs,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// [coldseal] Decrypt one AWS Encryption SDK message
///
/// Without a key option every key of the keystore that the message names is tried. To a pipe, an exit code other than 0 means: discard.
/// Of a signed message nothing goes to a pipe before the signature is verified: up to 64 MiB wait in memory, a longer FILE is read twice.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal open photos.bundle -o photos.tar
  coldseal open photos.bundle --raw-aes-key home/backup=backup.key \\
      --encryption-context purpose=backup | tar x
  coldseal open photos.bundle --raw-rsa-key home/safe=safe.pem -o photos.tar
  coldseal open photos.bundle --raw-ecdh-key laptop.pem -o photos.tar
  coldseal open photos.bundle --kms aws --account-id 111122223333 \\
      -o photos.tar

With --kms aws keys in AWS KMS are tried too, after those of the keystore: keys of the configured account, in the Region of their ARN or of
--region, unless --kms-key-id names one or --kms-discovery another account.")]
pub(crate) struct OpenArgs {
    /// The message to decrypt [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) context: EncryptionContextArgs,
    /// Longest content of one frame or single block, in bytes; it is held in memory [default: 16777216]
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_content_length: Option<u64>,
    /// Most encrypted data keys in a message [default: 128]
    #[arg(long, value_name = "COUNT")]
    pub(crate) max_encrypted_data_keys: Option<u16>,
    #[command(flatten)]
    pub(crate) threads: ThreadsArgs,
    /// Write a signed message to a pipe frame by frame, before its signature is verified: what came out counts only with exit code 0
    #[arg(long)]
    pub(crate) stream_unverified: bool,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// [coldseal] Seal anew for other keys or Regions: a message, or the bundles of secrets
///
/// The data key is wrapped again, and the payload is encrypted again under a fresh message id. No plaintext reaches a disk.
/// For a message, --kms-key-id and the --raw-…-key options open it; without them every key of the keystore that it names is tried.
/// What was signed is signed again, and what was not is not, unless --sign-message or --no-sign-message says otherwise.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  coldseal rewrap photos.tar.us-west-2.bundle --output-dir bundles \\
      --to us-east-1 --to Region=eu-west-1,KmsKeyId=alias/eu
  coldseal rewrap --secret-id MySecret --region eu-west-1 --to-key alias/eu
  coldseal rewrap --all --region eu-west-1 --to-key alias/eu
  coldseal rewrap --all

The last one seals every bundle anew under the key on record.")]
pub(crate) struct RewrapArgs {
    /// The message [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) keys: KeyArgs,
    #[command(flatten)]
    pub(crate) context: EncryptionContextArgs,
    /// Bytes of plaintext in a frame, 1 to 16777216 [default: 65536]
    #[arg(long, value_name = "BYTES")]
    pub(crate) frame_length: Option<u32>,
    #[command(flatten)]
    pub(crate) threads: ThreadsArgs,
    #[command(flatten)]
    pub(crate) bundles: RegionBundleArgs,
    /// Rewrap this secret of the vault: name, ARN or partial ARN
    #[arg(long, value_name = "SECRET", conflicts_with_all = ["file", "to", "all", "threads", "frame_length", "force", "no_sync"])]
    pub(crate) secret_id: Option<String>,
    /// Rewrap every secret of the Region, or without --region of all Regions
    #[arg(long, conflicts_with_all = ["file", "to", "threads", "frame_length", "force", "no_sync"])]
    pub(crate) all: bool,
    /// Key of the Region for the secrets' bundles [default: the one on record]
    #[arg(long, value_name = "KEY", conflicts_with_all = ["file", "to"])]
    pub(crate) to_key: Option<String>,
    /// Sign the new messages (suite 0x0578) [default: as the old ones]; for secrets, in all Regions at once
    #[arg(long, overrides_with = "no_sign_message")]
    pub(crate) sign_message: bool,
    /// Do not sign the new messages (suite 0x0478)
    #[arg(long, overrides_with = "sign_message")]
    pub(crate) no_sign_message: bool,
    #[command(flatten)]
    pub(crate) wrap: WrapArgs,
    /// Overwrite bundles that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not sync the files, as cp
    #[arg(long)]
    pub(crate) no_sync: bool,
}

/// [coldseal] Print a message's header as JSON, without any key
///
/// Reads the message to its end and checks its structure. Nothing of it is authenticated.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  coldseal inspect photos.bundle --query EncryptionContext")]
pub(crate) struct InspectArgs {
    /// The message [default: stdin]
    #[arg(default_value = "-", hide_default_value = true)]
    pub(crate) file: PathBuf,
}

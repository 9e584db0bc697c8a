//! [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html).

use super::{
    describe_key::KeyMetadata,
    key::{Key, KeyManager, MultiRegion, check_description},
    key_pair::KeyPair,
    key_policy,
    material::{KeyMaterial, MaterialVersions},
    state::EmbeddedKms,
    tags::{self, Tags},
};
use crate::{
    crypto::SystemRandom,
    error::{RequestRefusal, Result},
    kms::{
        key_id::{random_multi_region_id, random_uuid},
        key_spec::{KeySpec, KeyUsage},
    },
    region::Region,
};

/// What [`EmbeddedKms::create_key_with`] is asked for.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CreateKey {
    /// At most 8,192 characters.
    pub description: String,
    /// Key and value of each tag.
    pub tags: Vec<(String, String)>,
    /// JSON; `None` for the default policy. Stored and shown, never enforced.
    pub policy: Option<String>,
    /// Whether the key can be replicated to other Regions. Cannot be changed later.
    pub multi_region: bool,
    /// What the key is made of. Cannot be changed later.
    pub key_spec: KeySpec,
    /// What the key may do; has to be given for asymmetric keys. Cannot be changed later.
    pub key_usage: Option<KeyUsage>,
}

impl CreateKey {
    /// A key that is made of this, for this; [`CreateKey::default`] is a symmetric one.
    #[must_use]
    pub fn new(key_spec: KeySpec, key_usage: KeyUsage) -> Self {
        Self { key_spec, key_usage: Some(key_usage), ..Self::default() }
    }

    /// Checks description, tags and policy, which are each Region's own; takes the tags out.
    pub(super) fn take_checked_tags(&mut self) -> Result<Tags> {
        check_description(&self.description)?;
        self.policy.as_deref().map_or(Ok(()), key_policy::check_new)?;
        let mut tags = Tags::new();
        tags::add(&mut tags, std::mem::take(&mut self.tags))?;
        Ok(tags)
    }
}

/// A key that is checked and made, and that no KMS has yet.
///
/// An RSA key takes up to some seconds; making it first keeps a keystore locked no longer than it takes to write.
#[derive(Debug)]
pub struct NewKey {
    request: CreateKey,
    tags: Tags,
    key_pair: Option<KeyPair>,
}

impl NewKey {
    /// Checks the request and makes the key pair of an asymmetric key.
    ///
    /// # Errors
    /// `ValidationException` for a description over 8,192 characters, and for a key usage that is missing or that the key spec cannot have;
    /// `TagException`; `MalformedPolicyDocumentException`; `LimitExceededException`; no random bytes.
    pub fn generate(mut request: CreateKey) -> Result<Self> {
        check_usage(request.key_spec, request.key_usage)?;
        let tags = request.take_checked_tags()?;
        let key_pair = KeyPair::generate(request.key_spec, &SystemRandom)?;
        Ok(Self { request, tags, key_pair })
    }
}

fn check_usage(spec: KeySpec, usage: Option<KeyUsage>) -> Result<()> {
    match usage {
        Some(usage) => spec.check_usage(usage),
        None if !spec.is_asymmetric() => Ok(()),
        None => Err(RequestRefusal::UsageMissing.into()),
    }
}

impl EmbeddedKms {
    /// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html): a symmetric customer managed key of one Region
    /// without tags, under the default policy.
    ///
    /// # Errors
    /// As for [`EmbeddedKms::create_key_with`].
    pub fn create_key(&mut self, region: Region, description: &str) -> Result<KeyMetadata> {
        self.create_key_with(region, CreateKey { description: description.to_owned(), ..CreateKey::default() })
    }

    /// [CreateKey](https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html): a customer managed key.
    ///
    /// # Errors
    /// As for [`NewKey::generate`]; a Region that is not enabled.
    pub fn create_key_with(&mut self, region: Region, request: CreateKey) -> Result<KeyMetadata> {
        self.require_enabled(region)?;
        self.add_key(region, NewKey::generate(request)?)
    }

    /// The second half of [`EmbeddedKms::create_key_with`].
    ///
    /// # Errors
    /// A Region that is not enabled; no random bytes.
    pub fn add_key(&mut self, region: Region, NewKey { request, tags, key_pair }: NewKey) -> Result<KeyMetadata> {
        self.require_enabled(region)?;
        let now = self.now();
        let material = match key_pair {
            Some(pair) => KeyMaterial::Asymmetric(pair),
            None => KeyMaterial::Symmetric(MaterialVersions::generate(now, &SystemRandom)?),
        };
        let key = Key {
            tags,
            policy: request.policy,
            multi_region: request.multi_region.then(|| MultiRegion::primary(region)),
            ..Key::new(KeyManager::Customer, request.description, material, now)
        };
        let key_id = if request.multi_region { random_multi_region_id(&SystemRandom)? } else { random_uuid(&SystemRandom)? };
        self.region_mut(region)?.keys.insert(key_id.clone(), key);
        let arn = self.key_arn(region, &key_id);
        Ok(KeyMetadata::of(self, &self.key(&arn)?))
    }
}

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};

use super::{sample, with_tag};
use crate::format::{ContentType, EncryptedDataKey, EncryptionContext, Header, HeaderLimits, MessageId};

fn headers() -> impl Strategy<Value = Header> {
    let context = vec((".{0,12}", ".{0,12}"), 0..6).prop_map(|pairs| pairs.into_iter().collect::<EncryptionContext>());
    let edk = (".{0,12}", vec(any::<u8>(), 0..80), vec(any::<u8>(), 0..80));
    let edk = edk.prop_map(|(provider_id, provider_info, ciphertext)| EncryptedDataKey { provider_id, provider_info, ciphertext });
    let content_type =
        prop_oneof![(1..=u32::MAX).prop_map(|frame_length| ContentType::Framed { frame_length }), Just(ContentType::NonFramed)];
    (any::<[u8; 32]>(), context, vec(edk, 1..6), content_type, any::<[u8; 32]>()).prop_map(
        |(message_id, encryption_context, encrypted_data_keys, content_type, commitment)| Header {
            message_id: MessageId(message_id),
            encryption_context,
            encrypted_data_keys,
            content_type,
            commitment,
            ..sample()
        },
    )
}

/// Whatever is taken is written again byte for byte: no two byte strings mean the same header.
fn rewritten_as_read(bytes: &[u8]) -> bool {
    Header::parse(bytes, HeaderLimits::default()).is_ok_and(|parsed| {
        assert_eq!(parsed.header.to_bytes().expect("a header that was read can be written"), bytes[..parsed.authenticated_length]);
        assert_eq!(parsed.tag, bytes[parsed.authenticated_length..parsed.length()]);
        true
    })
}

proptest! {
    #[test]
    fn a_context_is_a_map(steps in vec(("[a-d]{0,2}", proptest::option::of("[x-z]")), 0..24)) {
        let (mut context, mut map) = (EncryptionContext::new(), BTreeMap::new());
        for (key, value) in &steps {
            match value {
                Some(value) => prop_assert_eq!(context.insert(key, value), map.insert(key.clone(), value.clone())),
                None => prop_assert_eq!(context.remove(key), map.remove(key)),
            }
            prop_assert_eq!(context.get(key), map.get(key).map(String::as_str));
        }
        prop_assert!(context.iter().eq(map.iter().map(|(key, value)| (key.as_str(), value.as_str()))));
        let pairs = || steps.iter().map(|(key, value)| (key.clone(), value.clone().unwrap_or_default()));
        prop_assert!(pairs().collect::<EncryptionContext>().iter().eq(pairs().collect::<BTreeMap<_, _>>().iter().map(|(key, value)| (key.as_str(), value.as_str()))));
    }

    #[test]
    fn headers_read_back_as_written(header in headers(), behind in vec(any::<u8>(), 0..40)) {
        let mut bytes = with_tag(&header);
        let length = bytes.len();
        bytes.extend(behind);
        let parsed = Header::parse(&bytes, HeaderLimits::default()).expect("a written header can be read");
        prop_assert_eq!(parsed.length(), length);
        prop_assert_eq!(parsed.header, header);
    }

    #[test]
    fn accepted_bytes_are_written_as_read(header in headers(), changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = with_tag(&header);
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        rewritten_as_read(&bytes);
    }

    #[test]
    fn arbitrary_bytes_are_refused_or_written_as_read(tail in vec(any::<u8>(), 0..300)) {
        rewritten_as_read(&tail);
        rewritten_as_read(&[&[2, 4, 0x78][..], &tail].concat());
    }
}

#[test]
fn every_changed_bit_is_refused_or_written_as_read() {
    let original = with_tag(&sample());
    let mut accepted = 0;
    for bit in 0..original.len() * 8 {
        let mut bytes = original.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        accepted += usize::from(rewritten_as_read(&bytes));
    }
    // Ids, commitment and tag may hold anything; the tag's verification catches those.
    assert!(accepted >= (32 + 32 + 16) * 8, "{accepted}");
}

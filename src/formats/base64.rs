//! Base64 as RFC 4648 section 4 has it.

/// The bytes, with line breaks and blanks anywhere, as OpenSSH reads it; none where it is not base64 with its padding in place.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let compact: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if compact.is_empty() || !compact.len().is_multiple_of(4) {
        return None;
    }
    let padding = compact.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = compact.iter().take(compact.len() - padding);
    let mut out = Vec::with_capacity(compact.len() / 4 * 3);
    let (mut held, mut count) = (0u32, 0u32);
    for byte in digits {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((held >> count) as u8);
            held &= (1 << count) - 1;
        }
    }
    (padding <= 2 && held == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padding_must_be_whole_and_unused_bits_zero() {
        assert_eq!(decode("Zm9v YmE=").as_deref(), Some(&b"fooba"[..]));
        for bad in ["", "Zm9vYmF", "Zm9vYmF=", "Zm9v=mE=", "Zm9vYm-=", "Z===", "===="] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = decode(&text);
        }
    }
}

//! How the values of settings are written: durations, sizes, rates, hosts.
//!
//! Each parser says in its error what would have been right; none repeats the value.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use super::Rate;

type Parsed<T> = Result<T, String>;

/// Parses `500ms`, `10s`, `15m`, `1h`, `7d`, `2w`, and sums such as `1h30m`; `0` needs no unit.
///
/// # Errors
/// One sentence, when the text is none of these or too long to count.
pub fn duration(text: &str) -> Parsed<Duration> {
    const FORM: &str = "must be a duration such as 500ms, 10s, 15m, 1h or 7d";
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let count: u64 = rest[..digits].parse().map_err(|_| FORM.to_owned())?;
        let unit_ms: u64 = match &rest[digits..digits + letters] {
            "ms" => 1,
            "s" => 1000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return Err(FORM.to_owned()),
        };
        let part = count.checked_mul(unit_ms).ok_or("is too long a duration")?;
        total = total.checked_add(Duration::from_millis(part)).ok_or("is too long a duration")?;
        rest = &rest[digits + letters..];
    }
    // A hundred years: beyond it, adding to a date would leave the calendar.
    if text.is_empty() || total > Duration::from_hours(24 * 36_525) {
        return Err(if text.is_empty() { FORM.to_owned() } else { "is too long a duration".to_owned() });
    }
    Ok(total)
}

/// A duration of at least `least`.
pub(super) fn duration_from(text: &str, least: Duration) -> Parsed<Duration> {
    let parsed = duration(text)?;
    if parsed < least {
        return Err(format!("must be at least {}", show_duration(least)));
    }
    Ok(parsed)
}

/// The shortest text that [`duration`] reads as `duration`.
pub(super) fn show_duration(duration: Duration) -> String {
    let ms = duration.as_millis();
    for (unit, of_ms) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] {
        if ms > 0 && ms.is_multiple_of(of_ms) {
            return format!("{}{unit}", ms / of_ms);
        }
    }
    format!("{ms}ms")
}

/// Bytes: `16MiB`, `512KiB`, `1GiB`, `10MB`, `2kB`, or a plain number.
pub(super) fn size(text: &str) -> Parsed<usize> {
    const FORM: &str = "must be a size such as 16MiB, 512KiB or a number of bytes";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: usize = text[..digits].parse().map_err(|_| FORM.to_owned())?;
    let unit: usize = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" => 1000,
        "kib" => 1 << 10,
        "m" | "mb" => 1_000_000,
        "mib" => 1 << 20,
        "g" | "gb" => 1_000_000_000,
        "gib" => 1 << 30,
        _ => return Err(FORM.to_owned()),
    };
    count.checked_mul(unit).ok_or_else(|| "is too large a size".to_owned())
}

/// `100/s`, `30/m`, `10/h`, `5/d`; `off` is `None`.
pub(super) fn rate(text: &str) -> Parsed<Option<Rate>> {
    const FORM: &str = "must be a rate such as 100/s, 30/m or 10/h, or off";
    if text == "off" {
        return Ok(None);
    }
    let (count, per) = text.split_once('/').ok_or(FORM)?;
    let count: u32 = count.trim().parse().map_err(|_| FORM.to_owned())?;
    let per_s = match per.trim() {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(FORM.to_owned()),
    };
    if count == 0 {
        return Err("must allow at least one; off means no limit".to_owned());
    }
    Ok(Some(Rate { count, per: Duration::from_secs(per_s) }))
}

/// A whole number within bounds.
pub(super) fn number(text: &str, least: u32, most: u32) -> Parsed<u32> {
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("must be a whole number from {least} to {most}")),
    }
}

/// `ip:port`, `[ip]:port` or `localhost:port`.
pub(super) fn listen(text: &str) -> Parsed<SocketAddr> {
    if let Some(port) = text.strip_prefix("localhost:").and_then(|port| port.parse().ok()) {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse().map_err(|_| "must be an address and port such as 127.0.0.1:8080 or 0.0.0.0:8080".to_owned())
}

/// A host name or IP address, without port.
pub(super) fn host(text: &str) -> Parsed<String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if bare.parse::<IpAddr>().is_ok() {
        return Ok(bare.to_owned());
    }
    // Underscores: container networks use them, though RFC 1123 does not know them.
    let is_label = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let name = bare.strip_suffix('.').unwrap_or(bare);
    if name.len() <= 253 && name.split('.').all(is_label) {
        return Ok(bare.to_ascii_lowercase());
    }
    Err("must be a host name or an IP address, without scheme or port".to_owned())
}

/// Whether `host` is this machine: `localhost`, 127.0.0.0/8, `::1`.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

/// An http(s) URL without query, its trailing slashes gone.
pub(super) fn public_url(text: &str) -> Parsed<String> {
    const FORM: &str = "must be a URL such as https://mail.example.com";
    let url = reqwest::Url::parse(text).map_err(|_| FORM.to_owned())?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !plain {
        return Err(FORM.to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_are_read_with_their_units_and_never_without() {
        for (text, ms) in [("500ms", 500), ("10s", 10_000), ("15m", 900_000), ("1h30m", 5_400_000), ("0", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        assert_eq!(duration("7d"), Ok(Duration::from_hours(168)));
        for bad in ["", "10", "s", "10 s", "-1s", "1.5h", "10x", "1h30", "99999999999999999999s", "9999999999d", "1é"]
        {
            assert!(duration(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn sizes_and_rates_are_read() {
        assert_eq!(size("16MiB"), Ok(16 << 20));
        assert_eq!(size("2kB"), Ok(2000));
        assert_eq!(size("1024"), Ok(1024));
        for bad in ["", "MiB", "-1", "16XiB", "99999999999999999999"] {
            assert!(size(bad).is_err(), "{bad:?}");
        }
        assert_eq!(rate("off"), Ok(None));
        assert_eq!(rate("30/m"), Ok(Some(Rate { count: 30, per: Duration::from_mins(1) })));
        for bad in ["", "30", "0/s", "30/y", "/s", "-1/s"] {
            assert!(rate(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn hosts_take_no_port_and_no_scheme() {
        assert_eq!(host("Smtp.Example.COM").as_deref(), Ok("smtp.example.com"));
        assert_eq!(host("[::1]").as_deref(), Ok("::1"));
        for bad in ["", "a:25", "smtp://a", "a b", "a..b", "a/b"] {
            assert!(host(bad).is_err(), "{bad:?}");
        }
        for local in ["localhost", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
            assert!(is_loopback(local), "{local}");
        }
        assert!(!is_loopback("127.0.0.1.example.com") && !is_loopback("10.0.0.1"));
    }

    #[test]
    fn a_public_url_loses_its_trailing_slash() {
        assert_eq!(public_url("https://m.example.com/x/").as_deref(), Ok("https://m.example.com/x"));
        for bad in ["m.example.com", "ftp://a", "https://", "https://a?b", "javascript:1"] {
            assert!(public_url(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_shown_duration_reads_back(ms in 0_u64..10_000_000_000) {
            let exact = Duration::from_millis(ms);
            prop_assert_eq!(duration(&show_duration(exact)), Ok(exact));
        }

        #[test]
        fn arbitrary_text_never_panics(text in any::<String>()) {
            let _ = (duration(&text), size(&text), rate(&text), host(&text), public_url(&text));
        }
    }
}

//! The names of faults.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use super::kind::{Fault, FaultPhase, RetryAfter};

/// A string is not the name of a [`Fault`]. The message does not repeat the string, which may contain an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be the name of a fault: {0}")]
pub struct ParseFaultError(&'static str);

/// Names to choose from, one for each kind that a person is likely to look for. Any other name works too.
pub(crate) static EXAMPLES: [&str; 12] = [
    "status-503",
    "status-429-retry-after-30",
    "status-500-after-commit",
    "close-after-commit",
    "reset-after-commit",
    "close-before-commit",
    "stall",
    "slow-2000",
    "html",
    "cut-length",
    "garbage",
    "expired-token",
];

const BEFORE: &str = "-before-commit";
const AFTER: &str = "-after-commit";

/// Between the name of a redirect and its location.
const TO: &str = "-to-";

type Make = fn(FaultPhase) -> Fault;

/// The names without a number that can have a phase; without one it is after commit.
static WITH_PHASE: [(&str, Make); 11] = [
    ("close", Fault::Close),
    ("reset", Fault::Reset),
    ("stall", Fault::Stall),
    ("half-status-line", Fault::HalfStatusLine),
    ("half-header", Fault::HalfHeader),
    ("half-header-stall", Fault::HalfHeaderStall),
    ("continue-only", Fault::ContinueOnly),
    ("garbage", Fault::Garbage),
    ("two-lengths", Fault::TwoLengths),
    ("many-headers", Fault::ManyHeaders),
    ("huge-header", Fault::HugeHeader),
];

/// The names without a number or a phase.
static PLAIN: [(&str, Fault); 9] = [
    ("close-on-accept", Fault::CloseOnAccept),
    ("reset-on-accept", Fault::ResetOnAccept),
    ("cut-length", Fault::CutLength),
    ("cut-chunked", Fault::CutChunked),
    ("cut-until-close", Fault::CutUntilClose),
    ("stall-body", Fault::StallBody),
    ("expired-token", Fault::ExpiredToken),
    ("gzip-bomb", Fault::GzipBomb),
    ("endless-body", Fault::EndlessBody),
];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let after = |phase: &FaultPhase| if *phase == FaultPhase::AfterCommit { AFTER } else { "" };
        match self {
            Self::Refuse { millis } => write!(f, "refuse-{millis}"),
            Self::Slow { millis } => write!(f, "slow-{millis}"),
            Self::Html(phase) => write!(f, "html{}", after(phase)),
            Self::Redirect { code, location, phase } => {
                write!(f, "redirect-{code}{}", after(phase))?;
                location.as_ref().map_or(Ok(()), |location| write!(f, "{TO}{location}"))
            }
            Self::Status { code, retry_after, empty, phase } => {
                write!(f, "status-{code}")?;
                match retry_after {
                    None => {}
                    Some(RetryAfter::Seconds(seconds)) => write!(f, "-retry-after-{seconds}")?,
                    Some(RetryAfter::Date(seconds)) => write!(f, "-retry-after-date-{seconds}")?,
                }
                write!(f, "{}{}", if *empty { "-empty" } else { "" }, after(phase))
            }
            other => {
                if let Some((name, _)) = PLAIN.iter().find(|(_, fault)| fault == other) {
                    return f.write_str(name);
                }
                let phase = other.phase();
                let name = WITH_PHASE.iter().find(|(_, make)| make(phase) == *other).map(|(name, _)| *name);
                let suffix = if phase == FaultPhase::AfterCommit { AFTER } else { BEFORE };
                write!(f, "{}{suffix}", name.unwrap_or_default())
            }
        }
    }
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        if let Some((_, fault)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(fault.clone());
        }
        let (name, location) = match text.split_once(TO) {
            Some((name, location)) => (name, Some(location.to_owned())),
            None => (text, None),
        };
        let (name, phase) = match (name.strip_suffix(BEFORE), name.strip_suffix(AFTER)) {
            (Some(name), _) => (name, Some(FaultPhase::BeforeCommit)),
            (_, Some(name)) => (name, Some(FaultPhase::AfterCommit)),
            (None, None) => (name, None),
        };
        let answers_at = phase.unwrap_or(FaultPhase::BeforeCommit);
        if let Some(code) = name.strip_prefix("redirect-") {
            return redirect(code, location, answers_at);
        }
        if location.is_some() {
            return Err(ParseFaultError("only a redirect can have a location"));
        }
        if let Some((_, make)) = WITH_PHASE.iter().find(|(known, _)| *known == name) {
            return Ok(make(phase.unwrap_or(FaultPhase::AfterCommit)));
        }
        if name == "html" {
            return Ok(Self::Html(answers_at));
        }
        if let Some(rest) = name.strip_prefix("status-") {
            return status(rest, answers_at);
        }
        let timed = name.split_once('-').filter(|(name, _)| matches!(*name, "refuse" | "slow"));
        match (timed, phase) {
            (Some(("refuse", millis)), None) => Ok(Self::Refuse { millis: number(millis)? }),
            (Some((_, millis)), None) => Ok(Self::Slow { millis: number(millis)? }),
            (Some(_), Some(_)) => Err(ParseFaultError("this fault cannot have a phase")),
            (None, _) => Err(ParseFaultError("the README of review-sandbox lists all names")),
        }
    }
}

fn redirect(code: &str, location: Option<String>, phase: FaultPhase) -> Result<Fault, ParseFaultError> {
    match number(code)? {
        code @ (301 | 302 | 303 | 307 | 308) => Ok(Fault::Redirect { code, location, phase }),
        _ => Err(ParseFaultError("a redirect must be 301, 302, 303, 307 or 308")),
    }
}

/// Parses what follows `status-`.
fn status(rest: &str, phase: FaultPhase) -> Result<Fault, ParseFaultError> {
    let (rest, empty) = rest.strip_suffix("-empty").map_or((rest, false), |rest| (rest, true));
    let (code, retry_after) = match rest.split_once("-retry-after-") {
        None => (rest, None),
        Some((code, after)) => match after.strip_prefix("date-") {
            Some(seconds) => (code, Some(RetryAfter::Date(number(seconds)?))),
            None => (code, Some(RetryAfter::Seconds(number(after)?))),
        },
    };
    match number(code)? {
        code @ 200..=599 => Ok(Fault::Status { code, retry_after, empty, phase }),
        _ => Err(ParseFaultError("a status must be a number from 200 to 599")),
    }
}

fn number<T: FromStr>(text: &str) -> Result<T, ParseFaultError> {
    // The parser alone would accept a sign.
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(ParseFaultError("a number is missing, too large or invalid"))
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fault {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads_back(fault: &Fault) -> String {
        let name = fault.to_string();
        assert_eq!(name.parse().as_ref(), Ok(fault), "{name}");
        name
    }

    #[test]
    fn examples_are_names_of_faults() {
        for name in EXAMPLES {
            assert!(name.parse::<Fault>().is_ok(), "{name}");
        }
    }

    #[test]
    fn fault_names_round_trip() {
        for phase in [FaultPhase::BeforeCommit, FaultPhase::AfterCommit] {
            for (name, make) in WITH_PHASE {
                assert!(reads_back(&make(phase)).starts_with(name));
                assert_eq!(name.parse(), Ok(make(FaultPhase::AfterCommit)));
            }
            reads_back(&Fault::Html(phase));
            reads_back(&Fault::Redirect { code: 307, location: None, phase });
            reads_back(&Fault::Redirect { code: 301, location: Some("http://a.test/-to-b".into()), phase });
            for retry_after in [None, Some(RetryAfter::Seconds(2)), Some(RetryAfter::Date(3))] {
                for empty in [false, true] {
                    reads_back(&Fault::Status { code: 429, retry_after, empty, phase });
                }
            }
        }
        for (name, fault) in &PLAIN {
            assert_eq!(reads_back(fault), *name);
        }
        assert_eq!(reads_back(&Fault::Slow { millis: 5 }), "slow-5");
        assert_eq!(reads_back(&Fault::Refuse { millis: 5 }), "refuse-5");
        assert_eq!(Fault::status(503).to_string(), "status-503");
    }

    /// All names, each with a sample. A fault that is missing in `sample_of` fails to compile.
    fn samples() -> Vec<String> {
        let plain = PLAIN.iter().map(|(name, _)| *name);
        let names = plain.chain(WITH_PHASE.iter().map(|(name, _)| *name));
        let figures = ["refuse-200", "slow-50", "html", "status-503", "redirect-307"];
        names.chain(figures).map(str::to_owned).collect()
    }

    fn sample_of(fault: &Fault) -> String {
        match fault {
            Fault::Refuse { .. } => "refuse-200".to_owned(),
            Fault::Slow { .. } => "slow-50".to_owned(),
            Fault::Html(_) => "html".to_owned(),
            Fault::Status { .. } => "status-503".to_owned(),
            Fault::Redirect { .. } => "redirect-307".to_owned(),
            Fault::CloseOnAccept
            | Fault::ResetOnAccept
            | Fault::CutLength
            | Fault::CutChunked
            | Fault::CutUntilClose
            | Fault::StallBody
            | Fault::ExpiredToken
            | Fault::GzipBomb
            | Fault::EndlessBody => fault.to_string(),
            Fault::Close(phase)
            | Fault::Reset(phase)
            | Fault::Stall(phase)
            | Fault::HalfStatusLine(phase)
            | Fault::HalfHeader(phase)
            | Fault::HalfHeaderStall(phase)
            | Fault::ContinueOnly(phase)
            | Fault::Garbage(phase)
            | Fault::TwoLengths(phase)
            | Fault::ManyHeaders(phase)
            | Fault::HugeHeader(phase) => {
                let suffix = if *phase == FaultPhase::AfterCommit { AFTER } else { BEFORE };
                fault.to_string().trim_end_matches(suffix).to_owned()
            }
        }
    }

    /// `tests/faults_table.rs` checks the effects that the table describes.
    #[test]
    fn readme_lists_all_fault_names() {
        let readme = include_str!("../../README.md");
        for name in samples() {
            assert!(readme.contains(&format!("| `{name}` |")), "{name} has no row");
            assert_eq!(sample_of(&name.parse().unwrap()), name);
        }
        let rows = readme.split_once("| Name | Phase |").unwrap().1.lines().skip(2);
        for row in rows.take_while(|line| line.starts_with('|')) {
            let fault: Fault = row.split('`').nth(1).unwrap().parse().unwrap();
            assert!(samples().contains(&sample_of(&fault)), "{row}");
        }
    }

    #[test]
    fn invalid_fault_names_are_rejected() {
        for text in [
            "",
            "other",
            "status-",
            "status-99",
            "status-600",
            "status-+503",
            "status-503-retry-after-",
            "slow",
            "slow-",
            "slow-5-after-commit",
            "slow-4294967296",
            "redirect-304",
            "close-to-a",
            "cut-length-after-commit",
            "Close",
            "reset-after",
            "-after-commit",
        ] {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
        assert!(!"jane.doe".parse::<Fault>().unwrap_err().to_string().contains("jane"));
    }

    #[test]
    fn serde_form_of_fault_is_its_name() {
        let fault: Fault = serde_json::from_str("\"status-429-retry-after-2\"").unwrap();
        assert_eq!(serde_json::to_string(&fault).unwrap(), "\"status-429-retry-after-2\"");
        assert!(serde_json::from_str::<Fault>("\"status\"").is_err());
    }
}

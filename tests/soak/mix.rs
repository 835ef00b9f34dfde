//! The selection of faults for invitations.

/// The fault of the first attempt of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// No fault.
    Good,
    /// The connection is refused.
    Refused,
    /// The sandbox injects this fault once.
    Faulty(&'static str),
}

/// The mix: 70 % good, 10 % refused, 5 % with 429, 5 % with 503, 5 % accepted with the response lost, 5 % read in
/// full and not accepted. Of the last two, half end with a closed connection and half with a reset.
const MIX: [(u64, Fate); 8] = [
    (700, Fate::Good),
    (100, Fate::Refused),
    (50, Fate::Faulty("status-429-retry-after-0")),
    (50, Fate::Faulty("status-503-retry-after-0")),
    (25, Fate::Faulty("close-after-commit")),
    (25, Fate::Faulty("reset-after-commit")),
    (25, Fate::Faulty("close-before-commit")),
    (25, Fate::Faulty("reset-before-commit")),
];

/// Selects the fault of an invitation. Deterministic for a seed and a number.
pub(crate) fn fate(seed: u64, number: u32) -> Fate {
    let mut draw =
        fastrand::Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(number)).u64(0..1000);
    for (share, fate) in MIX {
        match draw.checked_sub(share) {
            Some(rest) => draw = rest,
            None => return fate,
        }
    }
    Fate::Good
}

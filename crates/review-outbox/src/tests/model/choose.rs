//! The choice of the next step.

use super::{Response, Stage, Step, World};

impl World {
    /// Returns the step that a number chooses.
    pub(in crate::tests) fn choose(&self, number: u32) -> Step {
        let response = match number % 9 {
            0..=2 => Response::Accepted,
            3 => Response::LostAfter,
            4 => Response::LostBefore,
            5 => Response::NotSent,
            6 => Response::Account,
            7 => Response::Skipped,
            _ => Response::Paused,
        };
        let number = number / 9;
        let mut steps = Vec::new();
        for process in 0..2 {
            steps.extend([Step::Claim { process }, Step::Claim { process }]);
            let stages = |wanted: fn(&Stage) -> bool| {
                0..self.processes[process].hands.iter().filter(|hand| wanted(&hand.stage)).count()
            };
            for hand in stages(|stage| matches!(stage, Stage::Claimed)) {
                steps.extend([Step::Mark { process, hand }, Step::Mark { process, hand }]);
                steps.push(Step::Release { process, hand });
            }
            for hand in stages(|stage| matches!(stage, Stage::Marked)) {
                steps.extend([1, 2].map(|_| Step::Transmit { process, hand, response }));
            }
            for hand in stages(|stage| matches!(stage, Stage::Done(..))) {
                steps.push(Step::Complete { process, hand });
            }
            for hand in stages(|stage| matches!(stage, Stage::Recorded(..))) {
                steps.push(Step::Report { process, hand });
            }
            for hand in stages(|stage| matches!(stage, Stage::Claimed | Stage::Marked)) {
                steps.push(Step::Renew { process, hand });
            }
            steps.extend((0..self.ids.len()).map(|row| Step::ClaimOne { process, row }));
            steps.push(Step::Crash { process });
        }
        for leases in 0..2 {
            steps.push(Step::Advance { leases });
        }
        steps.extend([Step::Sweep, Step::Sweep, Step::SetBack]);
        // Rarely, as it ends the rows.
        if number.is_multiple_of(8) {
            steps.push(Step::Erase);
        }
        for row in 0..self.ids.len() {
            steps.extend([Step::Cancel { row }, Step::Reschedule { row }]);
            steps.extend([Step::Resolve { row }, Step::Requeue { row }]);
        }
        steps.swap_remove(number as usize % steps.len())
    }
}

use super::smooth::Smooth;
use crate::intake::Intake;

/// What arrives at a workspace: in whole bytes, and as a curve without their rounding.
#[derive(Debug)]
pub struct Inflow {
    pub(super) intake: Intake,
    pub(super) smooth: Smooth,
}

impl Inflow {
    /// What an intake brings. It may serve all replications that have this intake.
    pub fn of(intake: Intake) -> Inflow {
        let smooth = Smooth::of(&intake);
        Inflow { intake, smooth }
    }

    /// How many changes of rate there are.
    pub(crate) fn knots(&self) -> u64 {
        self.smooth.knots()
    }
}

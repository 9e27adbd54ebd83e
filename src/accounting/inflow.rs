use super::fluid::FluidCurve;
use crate::intake::Intake;

/// What arrives at a workspace: in whole bytes, and as a curve without their rounding.
#[derive(Debug)]
pub struct Inflow {
    pub(super) intake: Intake,
    pub(super) fluid: FluidCurve,
}

impl Inflow {
    /// What an intake brings. It may serve all replications that have this intake.
    pub fn of(intake: Intake) -> Inflow {
        let fluid = FluidCurve::of(&intake);
        Inflow { intake, fluid }
    }

    /// How many changes of rate there are.
    pub(crate) fn knots(&self) -> u64 {
        self.fluid.count() as u64
    }
}

/// What is wrong with a duration, a volume or a rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitError(pub String);

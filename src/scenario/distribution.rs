use crate::units::Duration;

/// A delay: a constant or a distribution, perhaps truncated.
#[derive(Debug, Clone, PartialEq)]
pub struct Delay {
    /// The shape.
    pub shape: Shape,
    /// Drawn again while shorter.
    pub min: Option<Duration>,
    /// Drawn again while longer.
    pub max: Option<Duration>,
}

/// Alias kept for readers who look for the word.
pub type Distribution = Shape;

/// The shape of a delay. Parameters in milliseconds where they are times.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Always the same.
    Constant(Duration),
}

/// 1 000 draws in a row fell outside `min`..`max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawError;

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
    /// Evenly between two bounds.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
}

/// 1 000 draws in a row fell outside `min`..`max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawError;

impl Delay {
    /// Draws the delay at an address. Only constants for now.
    ///
    /// # Errors
    ///
    /// [`DrawError`] after 1 000 tries.
    pub fn draw(&self, address: crate::kernel::Address) -> Result<Duration, DrawError> {
        match &self.shape {
            Shape::Constant(delay) => Ok(*delay),
            Shape::Uniform { min, max } => {
                let width = (max.millis() - min.millis()).cast_unsigned();
                Ok(*min + Duration::from_millis(address.up_to(width).cast_signed()))
            }
        }
    }
}

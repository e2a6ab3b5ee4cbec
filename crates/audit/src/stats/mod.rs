//! Statistics shared by the stages, each with the source of its formula.

pub(crate) mod association;
pub(crate) mod beta_binomial;
pub(crate) mod bootstrap;
pub(crate) mod clustered;
pub(crate) mod confusion;
pub(crate) mod contrast;
pub(crate) mod describe;
pub(crate) mod design;
pub(crate) mod distance;
pub(crate) mod homogeneity;
pub(crate) mod isotonic;
pub(crate) mod multiple;
pub(crate) mod normal;
pub(crate) mod paired;
pub(crate) mod polyline;
pub(crate) mod power;
pub(crate) mod proportion;
pub(crate) mod rank;
pub(crate) mod recalibration;
pub(crate) mod reliability;
pub(crate) mod residual;
pub(crate) mod stratified;
pub(crate) mod stratified_rows;
pub(crate) mod sums;
pub(crate) mod welch;

#[cfg(test)]
mod design_tests;
#[cfg(test)]
mod golden_tests;

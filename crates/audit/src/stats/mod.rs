//! Statistics shared by the stages, each with the source of its formula.

//! Every golden model against the library's own predictions.

#[test]
fn predictions_are_those_of_the_libraries() {
    super::golden::run_all(None);
}

use super::*;

#[test]
fn blocks_of_rows_are_joined_in_order() {
    let points: Vec<f64> = (0..20).map(f64::from).collect();
    let neighbours = Neighbours {
        points: Points::new(1, &points),
        metric: Metric::Euclidean,
        reach: Reach::Nearest(1),
        by_distance: false,
        targets: Targets::Values(points.iter().map(|x| 2.0 * x).collect()),
    };
    let rows: Vec<f64> = (0..1000).map(|row| f64::from(row % 20) + 0.25).collect();
    let whole = answer(&neighbours, 1000, &rows).unwrap();
    assert_eq!(whole.values, rows.iter().map(|x| 2.0 * (x - 0.25)).collect::<Vec<_>>());
}

#[test]
fn an_error_names_its_row_among_all() {
    let neighbours = Neighbours {
        points: Points::new(1, &[0.0]),
        metric: Metric::Manhattan,
        reach: Reach::Within(1.0),
        by_distance: true,
        targets: Targets::Values(vec![3.0]),
    };
    let mut rows = vec![0.5; 700];
    rows[650] = 1.5;
    assert_eq!(answer(&neighbours, 700, &rows), Err(PredictError::NoNeighbours { row: 650 }));
    rows.truncate(650);
    assert_eq!(answer(&neighbours, 650, &rows).unwrap().values, vec![3.0; 650]);
}

#[test]
fn equally_far_rows_are_taken_in_order() {
    let neighbours = |count| Neighbours {
        points: Points::new(1, &[1.0, -1.0, 1.0, 5.0]),
        metric: Metric::Chebyshev,
        reach: Reach::Nearest(count),
        by_distance: false,
        targets: Targets::Classes { labels: vec![0, 1, 2, 0], count: 3, outlier: Outlier::Refused },
    };
    let two = neighbours(2).answer(1, &[0.0]).unwrap();
    assert_eq!(two.probability.unwrap().values, [0.5, 0.5, 0.0]);
    assert_eq!(neighbours(4).answer(1, &[0.0]).unwrap().labels, [0]);
}

#[test]
fn labels_alone_become_one_hot() {
    let answer = Answer { labels: vec![2, 0], ..Answer::default() };
    let prediction = answer.into_prediction(Task::Multiclass, 2, 3);
    assert_eq!((prediction.kind, prediction.scores), (ScoreKind::Label, vec![0.0, 0.0, 1.0, 1.0, 0.0, 0.0]));
}

#[test]
fn pairs_vote_and_confidence_breaks_ties() {
    let mut scores = Vec::new();
    // 0 beats 1, 1 beats 2, 2 beats 0: one vote each.
    one_vs_rest_of_pairs(3, &[false, true, false], &[-1.0, 3.0, -0.5], &mut scores);
    // Sums of confidences: 1 - 3, -1 + 0.5, 3 - 0.5.
    let squash = |sum: f64| sum / (3.0 * (sum.abs() + 1.0));
    assert_eq!(scores, [1.0 + squash(-2.0), 1.0 + squash(-0.5), 1.0 + squash(2.5)]);
}

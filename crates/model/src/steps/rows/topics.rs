//! Shares of topics in a row of counts.

/// `LatentDirichletAllocation.transform`: the variational update of one row (Hoffman, Blei and Bach 2010, algorithm 1),
/// repeated until it settles.
#[derive(Clone, Debug, PartialEq)]
pub struct Topics {
    /// `exp(E[ln β])`, row-major `[topics x words]`.
    words: Vec<f64>,
    topics: usize,
    /// Of each topic, before a row is seen.
    pub prior: f64,
    /// It has settled when a round changes the topics by less, on average.
    pub tolerance: f64,
    /// The most rounds.
    pub rounds: usize,
}

impl Topics {
    /// `None` when the words are not so many topics of finite numbers.
    pub fn new(topics: usize, words: Vec<f64>, prior: f64, tolerance: f64, rounds: usize) -> Option<Self> {
        let fits = topics > 0 && !words.is_empty() && words.len().is_multiple_of(topics);
        let finite = words.iter().all(|word| word.is_finite() && *word >= 0.0);
        let settings = prior.is_finite() && prior >= 0.0 && tolerance.is_finite();
        (fits && finite && settings).then_some(Self { words, topics, prior, tolerance, rounds })
    }

    /// Columns that it takes.
    pub fn inputs(&self) -> usize {
        self.words.len() / self.topics
    }

    /// Columns that it makes.
    pub fn outputs(&self) -> usize {
        self.topics
    }

    pub(super) fn of(&self, row: &[f64], out: &mut [f64]) {
        let present: Vec<(usize, f64)> = row.iter().copied().enumerate().filter(|(_, count)| *count != 0.0).collect();
        let width = self.inputs();
        out.fill(1.0);
        let mut expected = vec![(psi(1.0) - psi(self.topics as f64)).exp(); self.topics];
        let mut shares = vec![0.0; present.len()];
        for _ in 0..self.rounds {
            for (share, (word, count)) in shares.iter_mut().zip(&present) {
                let total = expected.iter().enumerate().fold(0.0, |sum, (k, e)| sum + e * self.words[k * width + word]);
                *share = count / (total + f64::EPSILON);
            }
            let mut change = 0.0;
            let mut total = 0.0;
            for (k, (topic, expected)) in out.iter_mut().zip(&expected).enumerate() {
                let words = &self.words[k * width..][..width];
                let sum = shares.iter().zip(&present).fold(0.0, |sum, (share, (word, _))| sum + share * words[*word]);
                let new = expected * sum + self.prior;
                change += (*topic - new).abs();
                total += new;
                *topic = new;
            }
            let whole = psi(total);
            expected.iter_mut().zip(&*out).for_each(|(expected, topic)| *expected = (psi(*topic) - whole).exp());
            if change / (self.topics as f64) < self.tolerance {
                break;
            }
        }
        let total = out.iter().fold(0.0, |sum, topic| sum + topic);
        out.iter_mut().for_each(|topic| *topic /= total);
    }
}

/// The derivative of the logarithm of the gamma function, as `_online_lda_fast.pyx` has it: the series above 6, below it
/// by recurrence.
fn psi(mut x: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    if x <= 1e-6 {
        return -EULER - 1.0 / x;
    }
    let mut result = 0.0;
    while x < 6.0 {
        result -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / x;
    result += x.ln() - 0.5 * r;
    let r = r * r;
    result - r * ((1.0 / 12.0) - r * ((1.0 / 120.0) - r * (1.0 / 252.0)))
}

#[cfg(test)]
mod tests {
    use super::psi;

    #[test]
    fn psi_at_known_points() {
        // scipy.special.digamma; the series has three terms.
        for (x, expected) in
            [(1.0, -0.577_215_664_901_532_9), (0.5, -1.963_510_026_021_423_5), (10.0, 2.251_752_589_066_721)]
        {
            assert!((psi(x) - expected).abs() < 1e-8, "{x}");
        }
    }
}

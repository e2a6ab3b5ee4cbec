//! The normal distribution.

/// The standard normal quantile, by the rational approximations of Cephes `ndtri` (S. Moshier), which scipy uses: the
/// relative error is below 1e-15.
pub(super) fn quantile(p: f64) -> f64 {
    if p.is_nan() || !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    /// `exp(-2)`.
    const TAIL: f64 = 0.135_335_283_236_612_7;
    let upper = p > 1.0 - TAIL;
    let p = if upper { 1.0 - p } else { p };
    if p > TAIL {
        let y = p - 0.5;
        let y2 = y * y;
        let x = y + y * (y2 * polynomial(y2, &P0) / monic(y2, &Q0));
        return x * 2.506_628_274_631_000_7;
    }
    let x = (-2.0 * p.ln()).sqrt();
    let z = 1.0 / x;
    let ratio = if x < 8.0 { polynomial(z, &P1) / monic(z, &Q1) } else { polynomial(z, &P2) / monic(z, &Q2) };
    let x = (x - x.ln() / x) - z * ratio;
    if upper { x } else { -x }
}

/// The standard normal distribution function, by error functions on the same sides as scipy's `ndtr`.
pub(super) fn distribution(x: f64) -> f64 {
    let scaled = x * std::f64::consts::FRAC_1_SQRT_2;
    if scaled.abs() < std::f64::consts::FRAC_1_SQRT_2 {
        return 0.5 + 0.5 * libm::erf(scaled);
    }
    let tail = 0.5 * libm::erfc(scaled.abs());
    if scaled > 0.0 { 1.0 - tail } else { tail }
}

/// Highest power first.
fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

/// The same with a leading 1.
fn monic(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(1.0, |sum, c| sum * x + c)
}

const P0: [f64; 5] = [
    -5.996_335_010_141_079e1,
    9.800_107_541_859_997e1,
    -5.667_628_574_690_703e1,
    1.393_126_093_872_796_8e1,
    -1.239_165_838_673_812_6,
];
const Q0: [f64; 8] = [
    1.954_488_583_381_417_6,
    4.676_279_128_988_815,
    8.636_024_213_908_905e1,
    -2.254_626_878_541_193_7e2,
    2.002_602_123_800_606_6e2,
    -8.203_722_561_683_334e1,
    1.590_562_251_262_117e1,
    -1.183_316_211_213_3,
];
const P1: [f64; 9] = [
    4.055_448_923_059_624,
    3.152_510_945_998_938_7e1,
    5.716_281_922_464_213e1,
    4.408_050_738_932_008e1,
    1.468_495_619_288_580_2e1,
    2.186_633_068_507_902_7,
    -1.402_560_791_713_545e-1,
    -3.504_246_268_278_482e-2,
    -8.574_567_851_546_854e-4,
];
const Q1: [f64; 8] = [
    1.577_998_832_564_667_5e1,
    4.539_076_351_288_792e1,
    4.131_720_382_546_72e1,
    1.504_253_856_929_075e1,
    2.504_649_462_083_094,
    -1.421_829_228_547_877_9e-1,
    -3.808_064_076_915_783e-2,
    -9.332_594_808_954_574e-4,
];
const P2: [f64; 9] = [
    3.237_748_917_769_46,
    6.915_228_890_689_842,
    3.938_810_252_924_744_4,
    1.333_034_608_158_075_4,
    2.014_853_895_491_790_8e-1,
    1.237_166_348_178_200_2e-2,
    3.015_815_535_082_354e-4,
    2.658_069_746_867_375_5e-6,
    6.239_745_391_849_833e-9,
];
const Q2: [f64; 8] = [
    6.024_270_393_647_42,
    3.679_835_638_561_608_7,
    1.377_020_994_890_813_2,
    2.162_369_935_944_966_3e-1,
    1.342_040_060_885_431_8e-2,
    3.280_144_646_821_277_6e-4,
    2.892_478_647_453_807e-6,
    6.790_194_080_099_813e-9,
];

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_are_those_of_scipy() {
        for (p, expected) in [
            (0.5, 0.0),
            (0.1, -1.281_551_565_544_600_4),
            (0.975, 1.959_963_984_540_054),
            (0.3, -0.524_400_512_708_040_9),
            (1e-3, -3.090_232_306_167_813),
            (1e-7 - f64::EPSILON, -5.199_337_582_605_575),
            (1e-20, -9.262_340_089_798_408),
            (1e-300, -37.047_096_299_361_2),
        ] {
            let got = quantile(p);
            assert!((got - expected).abs() <= 4e-15 * expected.abs(), "{p}: {got}, expected {expected}");
        }
        assert!(quantile(0.0).is_infinite() && quantile(1.0) > 0.0 && quantile(1.5).is_nan());
    }
}

//! Every pickled form of a value reads as the same value (`tests/data/make.py` wrote the files).

use fine_pickle::{Compression, Kind, Limits, Pickle, Scalar, Value};

use crate::data;

fn same_bits(left: &[f64], right: &[f64]) {
    let bits = |values: &[f64]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(left), bits(right));
}

fn check(root: Value<'_>) {
    let get = |key: &str| root.get(key).unwrap_or_else(|| panic!("no {key}"));
    let array = |key: &str| get(key).array().unwrap_or_else(|error| panic!("{key}: {error}"));
    let floats = array("floats");
    assert_eq!(floats.shape, [2, 3]);
    same_bits(&floats.to_f64().unwrap(), &[1.5, f64::NAN, -0.0, 3.0, 4.0, f64::INFINITY]);
    assert_eq!(array("fortran").to_i64().unwrap(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(array("big").to_i64().unwrap(), [1, -2]);
    same_bits(&array("small").to_f64().unwrap(), &[0.5, -1.25]);
    assert_eq!(array("bools").scalars().unwrap(), [Scalar::Bool(true), Scalar::Bool(false)]);
    let text = |s: &str| Scalar::Text(s.into());
    assert_eq!(array("text").scalars().unwrap(), [text("a"), text("né"), text("")]);
    assert_eq!(array("objects").scalars().unwrap(), [text("x"), Scalar::None, Scalar::Int(3), Scalar::Float(2.5)]);
    assert_eq!(array("objects2").scalars().unwrap(), ["a", "b", "c", "d"].map(text));
    let records = array("records");
    assert_eq!(records.dtype.kind, Kind::Record);
    same_bits(&records.field("left").unwrap(), &[1.0, -1.0]);
    same_bits(&records.field("threshold").unwrap(), &[0.5, 2.5]);
    same_bits(&records.field("flag").unwrap(), &[1.0, 0.0]);
    assert_eq!(get("scalar").as_f64(), Some(2.25));
    assert_eq!(get("scalar32").as_i64(), Some(-7));
    assert_eq!(get("npbool").as_bool(), Some(true));
    assert_eq!(get("npstr").text().as_deref(), Some("lab"));
    assert_eq!(array("empty").shape, [0, 3]);
    assert_eq!(get("bytes").to_bytes().unwrap().as_ref(), b"\x00\xff");
    assert_eq!(get("array_of_bytes").to_bytes().unwrap().as_ref(), b"ab");
    assert_eq!(get("long").preview(40), "<large integer>");
    assert_eq!(get("ordered").get("b").or_else(|| pair(get("ordered"), "b")).and_then(Value::as_i64), Some(2));
    assert_eq!(get("neg").as_i64(), Some(-70000));
    assert_eq!(get("unicode").text().as_deref(), Some("né\\u \u{1f600}"));
}

/// Protocols 0 and 1 give an `OrderedDict` its items as an argument.
fn pair<'p>(ordered: Value<'p>, key: &str) -> Option<Value<'p>> {
    let items = ordered.args().first()?.items().ok()?;
    let found =
        items.into_iter().filter_map(|item| item.items().ok()).find(|item| item[0].text().as_deref() == Some(key));
    found.map(|item| item[1])
}

#[test]
fn every_protocol_reads_the_same() {
    for protocol in 0..=5 {
        let bytes = data(&format!("values.p{protocol}.pkl"));
        let pickle = Pickle::open(&bytes, &Limits::default()).unwrap();
        assert_eq!(u8::max(pickle.protocol, 1), u8::max(protocol, 1));
        assert_eq!((pickle.trailing_bytes, pickle.joblib_arrays), (0, 0));
        assert_eq!(pickle.dangerous_calls(), []);
        check(pickle.root());
    }
}

#[test]
fn every_joblib_compression_reads_the_same() {
    for (suffix, compression) in [
        ("joblib", None),
        ("p2.joblib", None),
        ("z", Some(Compression::Zlib)),
        ("gz", Some(Compression::Gzip)),
        ("bz2", Some(Compression::Bzip2)),
        ("xz", Some(Compression::Xz)),
        ("lzma", Some(Compression::Lzma)),
        ("lz4", Some(Compression::Lz4)),
    ] {
        let bytes = data(&format!("values.{suffix}"));
        let pickle = Pickle::open(&bytes, &Limits::default()).unwrap_or_else(|error| panic!("{suffix}: {error}"));
        assert_eq!(pickle.compression, compression, "{suffix}");
        assert!(pickle.joblib_arrays >= 9, "{suffix}: {}", pickle.joblib_arrays);
        check(pickle.root());
    }
}

#[test]
fn arrays_of_joblib_before_1_2_have_no_padding() {
    let bytes = data("values.joblib11");
    let pickle = Pickle::open(&bytes, &Limits::default()).unwrap();
    assert!(pickle.joblib_arrays >= 9);
    check(pickle.root());
}

#[test]
fn pandas_indexes_read_in_all_layouts() {
    for file in ["index.p2.pkl", "index.p4.pkl"] {
        let bytes = data(file);
        let pickle = Pickle::open(&bytes, &Limits::default()).unwrap();
        let read = |key: &str| pickle.root().get(key).unwrap().array().unwrap().scalars().unwrap();
        let text = |s: &str| Scalar::Text(s.into());
        assert_eq!(read("arrow"), [text("a"), text("bb"), Scalar::None]);
        assert_eq!(read("python"), [text("a"), text("bb")]);
        assert_eq!(read("object"), [text("a"), text("bb")]);
        assert_eq!(read("range"), [Scalar::Int(2), Scalar::Int(5)]);
    }
}

#[test]
fn copies_are_charged_to_a_budget() {
    let bytes = data("values.p4.pkl");
    let pickle = Pickle::open(&bytes, &Limits { materialised_bytes: 100, ..Limits::default() }).unwrap();
    let floats = pickle.root().get("floats").unwrap().array().unwrap();
    assert!(floats.to_f64().is_ok());
    assert!(floats.to_f64().is_ok());
    assert_eq!(floats.to_f64().unwrap_err().code(), "E-LIMIT");
}

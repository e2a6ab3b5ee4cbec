//! What an imported name is. The table is an allow-list: a name of the Python standard library that is not known to be
//! harmless counts as dangerous, a name of an unknown package as custom code.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::canonical;

/// What an imported name is, and so how it is treated. Nothing is ever imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A plain container or number of Python: decoded.
    Container,
    /// numpy arrays, dtypes, scalars: decoded.
    Numpy,
    /// scipy, pandas and pyarrow data: decoded where known.
    Arrays,
    /// A class of a model library: built natively where known.
    Estimator,
    /// Harmless, ignored unless a prediction needs it.
    Inert,
    /// A function of a numeric library, used as a value.
    Function,
    /// Code that is not in the file, or bytecode that is: never run.
    Custom,
    /// Reaches files, processes, the network, or other code.
    Dangerous,
}

impl NameKind {
    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Numpy => "numpy",
            Self::Arrays => "arrays",
            Self::Estimator => "estimator",
            Self::Inert => "inert",
            Self::Function => "function",
            Self::Custom => "custom",
            Self::Dangerous => "dangerous",
        }
    }
}

/// Kind of `module.name` as written in a file.
pub fn classify(module: &str, name: &str) -> NameKind {
    let full = canonical(module, name);
    let package = full.split('.').next().unwrap_or_default().to_owned();
    // A dotted name walks attributes: `numpy` + `f2py.os.system` is `os.system`.
    if name.contains('.') {
        return NameKind::Dangerous;
    }
    // A module that another module imports is reached through its name: `sklearn.utils` + `os` is `os`.
    if !is_stdlib(&package) && MODULES.contains(&name) {
        return NameKind::Dangerous;
    }
    match package.as_str() {
        "builtins" => builtin(name),
        "collections" | "copyreg" | "_codecs" | "functools" | "_functools" | "operator" | "_operator" => {
            stdlib_value(&full)
        }
        "numpy" => numpy(&full, name),
        "scipy" => scipy(&full, name),
        "pandas" => pandas(&full, name),
        "pyarrow" => match full.as_str() {
            "pyarrow.lib._restore_array"
            | "pyarrow.lib.type_for_alias"
            | "pyarrow.lib.py_buffer"
            | "pyarrow.lib.chunked_array" => NameKind::Arrays,
            _ => NameKind::Custom,
        },
        "joblib" => joblib(&full, name),
        "sklearn" => sklearn(&full, name),
        "xgboost" | "lightgbm" | "catboost" | "_catboost" | "imblearn" | "category_encoders" => library(name),
        "torch" if full.starts_with("torch.hub") || name == "load" => NameKind::Dangerous,
        "__main__" | "__mp_main__" | "cloudpickle" | "dill" | "types" => match name {
            "_eval_repr" | "_import_module" | "subimport" => NameKind::Dangerous,
            _ => NameKind::Custom,
        },
        package if harmless(package, name) => NameKind::Inert,
        package if is_stdlib(package) => NameKind::Dangerous,
        "pip" | "setuptools" | "pkg_resources" | "requests" | "urllib3" | "httpx" | "aiohttp" | "paramiko"
        | "fabric" | "sh" | "IPython" | "psutil" | "win32api" | "cffi" => NameKind::Dangerous,
        _ => NameKind::Custom,
    }
}

fn builtin(name: &str) -> NameKind {
    const CONTAINERS: &[&str] = &[
        "object",
        "slice",
        "set",
        "frozenset",
        "list",
        "tuple",
        "dict",
        "bytearray",
        "bytes",
        "int",
        "float",
        "str",
        "bool",
        "complex",
        "range",
        "unicode",
        "long",
        "xrange",
    ];
    const REACHING: &[&str] = &[
        "eval",
        "exec",
        "execfile",
        "compile",
        "open",
        "file",
        "input",
        "raw_input",
        "__import__",
        "reload",
        "getattr",
        "setattr",
        "delattr",
        "globals",
        "locals",
        "vars",
        "map",
        "filter",
        "apply",
        "reduce",
        "breakpoint",
        "help",
        "exit",
        "quit",
        "memoryview",
        "__build_class__",
        "__loader__",
        "__spec__",
        "__dict__",
    ];
    if CONTAINERS.contains(&name) {
        NameKind::Container
    } else if REACHING.contains(&name) {
        NameKind::Dangerous
    } else if matches!(name, "type" | "super" | "property" | "classmethod" | "staticmethod") {
        NameKind::Custom
    } else {
        NameKind::Inert
    }
}

fn stdlib_value(full: &str) -> NameKind {
    match full {
        "collections.OrderedDict"
        | "collections.defaultdict"
        | "collections.deque"
        | "collections.Counter"
        | "copyreg._reconstructor"
        | "copyreg.__newobj__"
        | "copyreg.__newobj_ex__"
        | "_codecs.encode" => NameKind::Container,
        "functools.partial" | "_functools.partial" | "operator.itemgetter" | "_operator.itemgetter" => NameKind::Inert,
        _ if full.starts_with("collections.") => NameKind::Inert,
        _ => NameKind::Dangerous,
    }
}

fn numpy(full: &str, name: &str) -> NameKind {
    const REACHING: &[&str] = &[
        "numpy.f2py",
        "numpy.testing",
        "numpy.distutils",
        "numpy.ctypeslib",
        "numpy.lib.npyio",
        "numpy.lib._npyio_impl",
        "numpy.lib.format",
        "numpy.lib.utils",
        "numpy.lib._utils_impl",
        "numpy.compat",
        "numpy.core.records",
    ];
    const FILES: &[&str] = &[
        "load",
        "loads",
        "save",
        "savez",
        "savez_compressed",
        "savetxt",
        "loadtxt",
        "genfromtxt",
        "fromfile",
        "fromregex",
        "tofile",
        "open_memmap",
        "DataSource",
        "source",
        "info",
        "lookfor",
        "safe_eval",
        "show_config",
        "apply_along_axis",
        "apply_over_axes",
        "fromfunction",
        "fromiter",
        "frompyfunc",
        "piecewise",
    ];
    const FUNCTIONS: &[&str] = &[
        "log",
        "log1p",
        "log2",
        "log10",
        "exp",
        "expm1",
        "exp2",
        "sqrt",
        "cbrt",
        "square",
        "abs",
        "absolute",
        "fabs",
        "sign",
        "reciprocal",
        "sin",
        "cos",
        "tan",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "arcsinh",
        "arccosh",
        "arctanh",
        "nan_to_num",
        "negative",
        "floor",
        "ceil",
        "rint",
        "round",
        "mean",
        "median",
        "sum",
        "min",
        "max",
        "amin",
        "amax",
        "std",
        "var",
        "clip",
        "where",
        "isnan",
        "ravel",
        "reshape",
        "array",
        "asarray",
        "maximum",
        "minimum",
        "add",
        "subtract",
        "multiply",
        "divide",
        "true_divide",
        "power",
        "deg2rad",
        "rad2deg",
    ];
    if REACHING.iter().any(|prefix| full.starts_with(prefix)) || FILES.contains(&name) {
        return NameKind::Dangerous;
    }
    match full {
        "numpy.core.multiarray._reconstruct"
        | "numpy.core.multiarray.scalar"
        | "numpy.core.numeric._frombuffer"
        | "numpy.ndarray"
        | "numpy.dtype"
        | "numpy.matrix"
        | "numpy.ma.core._mareconstruct"
        | "numpy.ma.core.MaskedArray"
        | "numpy.ma.MaskedArray" => NameKind::Numpy,
        "numpy.vectorize" | "numpy.core._ufunc_reconstruct" | "numpy.lib.function_base.vectorize" => NameKind::Inert,
        _ if full.starts_with("numpy.dtypes.") || is_scalar_type(full) => NameKind::Numpy,
        _ if full.starts_with("numpy.random.") || full.starts_with("numpy.polynomial.") => NameKind::Inert,
        _ if FUNCTIONS.contains(&name) => NameKind::Function,
        _ => NameKind::Custom,
    }
}

fn is_scalar_type(full: &str) -> bool {
    const TYPES: &[&str] = &[
        "float16",
        "float32",
        "float64",
        "longdouble",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "intc",
        "intp",
        "uintp",
        "longlong",
        "ulonglong",
        "bool_",
        "bool",
        "str_",
        "bytes_",
        "object_",
        "void",
        "number",
        "integer",
        "signedinteger",
        "floating",
        "generic",
        "datetime64",
        "timedelta64",
        "complex64",
        "complex128",
        "memmap",
        "float_",
        "int_",
        "unicode_",
        "string_",
        "inexact",
        "flexible",
        "character",
    ];
    full.strip_prefix("numpy.").is_some_and(|name| TYPES.contains(&name))
}

fn scipy(full: &str, name: &str) -> NameKind {
    if full.starts_with("scipy.sparse") && (name.ends_with("_matrix") || name.ends_with("_array")) {
        NameKind::Arrays
    } else if full.starts_with("scipy.stats.") || full.starts_with("scipy.interpolate.") {
        NameKind::Inert
    } else if full == "scipy._lib.array_api_compat.numpy._aliases.asarray" {
        // Splines of scipy 1.18 carry the namespace of their arrays.
        NameKind::Inert
    } else if full.starts_with("scipy.special.") {
        NameKind::Function
    } else if full.starts_with("scipy.io") || full.starts_with("scipy._lib") || full.starts_with("scipy.datasets") {
        NameKind::Dangerous
    } else {
        NameKind::Custom
    }
}

fn pandas(full: &str, name: &str) -> NameKind {
    let reads = name.starts_with("read_") || name.starts_with("to_") || matches!(name, "eval" | "HDFStore");
    if reads || full.starts_with("pandas.io.") || full.starts_with("pandas.core.computation") {
        return NameKind::Dangerous;
    }
    let known = name.starts_with(|first: char| first.is_ascii_uppercase())
        || matches!(
            name,
            "_new_Index" | "__pyx_unpickle_NDArrayBacked" | "_unpickle_block" | "new_block" | "__newobj__"
        );
    if known { NameKind::Arrays } else { NameKind::Custom }
}

fn joblib(full: &str, name: &str) -> NameKind {
    match full {
        "joblib.numpy_pickle.NumpyArrayWrapper"
        | "joblib.numpy_pickle.NDArrayWrapper"
        | "joblib.numpy_pickle_compat.NDArrayWrapper"
        | "joblib.numpy_pickle_compat.ZNDArrayWrapper" => NameKind::Numpy,
        _ if full.starts_with("joblib.externals.cloudpickle") => NameKind::Custom,
        _ if name.starts_with(|first: char| first.is_ascii_uppercase()) && !full.starts_with("joblib.memory") => {
            NameKind::Inert
        }
        _ => NameKind::Dangerous,
    }
}

fn sklearn(full: &str, name: &str) -> NameKind {
    const REACHING: &[&str] =
        &["sklearn.datasets", "sklearn.utils._testing", "sklearn.utils.testing", "sklearn.externals", "sklearn.setup"];
    const INERT: &[&str] = &[
        "sklearn._loss.",
        "sklearn.ensemble._gb_losses",
        "sklearn.linear_model._sgd_fast",
        "sklearn.linear_model.sgd_fast",
        "sklearn.ensemble._hist_gradient_boosting.loss",
        "sklearn.metrics.",
        "sklearn.model_selection._split",
        "sklearn.utils._metadata_requests",
        "sklearn.utils._bunch",
        "sklearn.utils.Bunch",
        "sklearn.neural_network._stochastic_optimizers",
        "sklearn.gaussian_process.kernels",
        "sklearn.utils.validation.",
        "sklearn.feature_selection._univariate_selection.f_",
        "sklearn.feature_selection._univariate_selection.chi2",
        "sklearn.feature_selection._univariate_selection.r_regression",
        "sklearn.feature_selection._mutual_info",
    ];
    if REACHING.iter().any(|prefix| full.starts_with(prefix)) {
        NameKind::Dangerous
    } else if INERT.iter().any(|prefix| full.starts_with(prefix)) || name.starts_with("__pyx_unpickle_") {
        NameKind::Inert
    } else {
        library(name)
    }
}

/// Classes of a model library begin with a capital letter; what does not is a function.
fn library(name: &str) -> NameKind {
    let class = name.trim_start_matches('_').starts_with(|first: char| first.is_ascii_uppercase());
    if class || name == "newObj" { NameKind::Estimator } else { NameKind::Function }
}

/// Modules that run, open or import things.
const MODULES: &[&str] = &[
    "os",
    "sys",
    "subprocess",
    "shutil",
    "builtins",
    "__builtins__",
    "importlib",
    "posix",
    "nt",
    "socket",
    "pickle",
    "ctypes",
    "marshal",
    "runpy",
    "multiprocessing",
    "tempfile",
];

/// True for names of the standard library that only hold values.
fn harmless(package: &str, name: &str) -> bool {
    const PACKAGES: &[&str] = &[
        "datetime",
        "_datetime",
        "decimal",
        "_decimal",
        "fractions",
        "enum",
        "pathlib",
        "re",
        "_sre",
        "random",
        "_random",
        "itertools",
        "string",
        "numbers",
        "array",
        "calendar",
        "abc",
        "math",
        "cmath",
        "statistics",
        "heapq",
        "bisect",
        "ipaddress",
        "UserDict",
        "_struct",
    ];
    let class = name.starts_with(|first: char| first.is_ascii_uppercase());
    match package {
        // A forward reference is text that is evaluated; functions of the module evaluate annotations.
        "typing" => class && name != "ForwardRef",
        // Other names of these modules start programs, write code, or read files.
        "uuid" => matches!(name, "UUID" | "SafeUUID"),
        "dataclasses" => matches!(name, "Field" | "_FIELD_BASE" | "_MISSING_TYPE" | "_KW_ONLY_TYPE"),
        "logging" => matches!(name, "getLogger" | "Logger" | "RootLogger"),
        "zoneinfo" => name == "ZoneInfo",
        "time" => name == "struct_time",
        _ => PACKAGES.contains(&package),
    }
}

fn is_stdlib(package: &str) -> bool {
    // A file may import twenty thousand names.
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("stdlib.txt").split_whitespace().collect());
    NAMES.contains(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_the_table() {
        for (module, name, kind) in [
            ("posix", "system", NameKind::Dangerous),
            ("nt", "system", NameKind::Dangerous),
            ("__builtin__", "eval", NameKind::Dangerous),
            ("commands", "getoutput", NameKind::Dangerous),
            ("numpy.f2py.crackfortran", "getlincoef", NameKind::Dangerous),
            ("numpy", "f2py.os.system", NameKind::Dangerous),
            ("pydoc", "locate", NameKind::Dangerous),
            ("joblib", "load", NameKind::Dangerous),
            ("functools", "reduce", NameKind::Dangerous),
            ("operator", "methodcaller", NameKind::Dangerous),
            ("sklearn.utils", "os", NameKind::Dangerous),
            ("typing", "get_type_hints", NameKind::Dangerous),
            ("typing", "Optional", NameKind::Inert),
            ("uuid", "_get_command_stdout", NameKind::Dangerous),
            ("dataclasses", "_create_fn", NameKind::Dangerous),
            ("logging", "getLogger", NameKind::Inert),
            ("logging.config", "listen", NameKind::Dangerous),
            ("antigravity", "fly", NameKind::Dangerous),
            ("__main__", "Model", NameKind::Custom),
            ("my_pkg.features", "AgeBinner", NameKind::Custom),
            ("cloudpickle.cloudpickle", "_make_function", NameKind::Custom),
            ("collections", "OrderedDict", NameKind::Container),
            ("copy_reg", "_reconstructor", NameKind::Container),
            ("numpy._core.multiarray", "_reconstruct", NameKind::Numpy),
            ("numpy", "float64", NameKind::Numpy),
            ("numpy", "log1p", NameKind::Function),
            ("numpy.random.mtrand", "RandomState", NameKind::Inert),
            ("_loss", "CyHalfBinomialLoss", NameKind::Inert),
            ("sklearn.utils.validation", "check_array", NameKind::Inert),
            ("sklearn.ensemble._forest", "RandomForestClassifier", NameKind::Estimator),
            ("sklearn.ensemble.forest", "RandomForestClassifier", NameKind::Estimator),
            ("scipy.sparse._csr", "csr_matrix", NameKind::Arrays),
            ("pandas.core.indexes.base", "_new_Index", NameKind::Arrays),
        ] {
            assert_eq!(classify(module, name), kind, "{module}.{name}");
        }
    }
}

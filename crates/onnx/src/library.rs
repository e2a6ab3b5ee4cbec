//! Where the library is.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fine_model::import::ImportError;
use ort::environment::Environment;

/// Environment variable with the path of the library or of its folder.
const VARIABLE: &str = "FINE_ONNXRUNTIME";

/// File names of the library on this system.
fn names() -> &'static [&'static str] {
    if cfg!(windows) {
        &["onnxruntime.dll"]
    } else if cfg!(target_os = "macos") {
        &["libonnxruntime.1.dylib", "libonnxruntime.dylib"]
    } else {
        &["libonnxruntime.so.1", "libonnxruntime.so"]
    }
}

/// Folder of the npm package for this machine, below a checkout.
fn package() -> PathBuf {
    let system = match env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        other => other,
    };
    let machine = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    ["tools", "onnxruntime", "node_modules", "onnxruntime-node", "bin", "napi-v6", system, machine].iter().collect()
}

/// Folders (or files) that are searched, in order: `FINE_ONNXRUNTIME`; the folder of the executable and its `lib`;
/// `tools/onnxruntime/node_modules` below the working directory and below each folder above the executable.
pub fn search_places() -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = env::var_os(VARIABLE).map(PathBuf::from).into_iter().collect();
    let executable = env::current_exe().ok();
    let home = executable.as_deref().and_then(Path::parent);
    if let Some(home) = home {
        places.extend([home.to_owned(), home.join("lib")]);
    }
    places.extend(env::current_dir().ok().map(|dir| dir.join(package())));
    places.extend(home.into_iter().flat_map(Path::ancestors).map(|dir| dir.join(package())));
    places
}

/// The ONNX Runtime library of this machine, if there is one.
pub fn find_library() -> Option<PathBuf> {
    search_places().into_iter().find_map(|place| {
        if place.is_file() {
            return Some(place);
        }
        names().iter().map(|name| place.join(name)).find(|file| file.is_file())
    })
}

/// The one environment that a process may have.
pub(crate) fn environment() -> Result<Environment, ImportError> {
    static ENVIRONMENT: OnceLock<Result<Environment, String>> = OnceLock::new();
    let missing = |detail: String| ImportError::OnnxRuntimeMissing { detail };
    ENVIRONMENT.get_or_init(load).clone().map_err(missing)
}

fn load() -> Result<Environment, String> {
    let Some(path) = find_library() else {
        return Err(format!(
            "no {} was found; run `npm ci --ignore-scripts` in tools/onnxruntime, or set {VARIABLE} to its path",
            names()[0]
        ));
    };
    let absolute = path.canonicalize().unwrap_or(path);
    ort::init_from(&absolute)
        .map_err(|e| format!("{} did not load: {e}", absolute.display()))?
        .with_name("fine")
        .with_telemetry(false)
        .build()
        .map_err(|e| format!("{} did not start: {e}", absolute.display()))
}

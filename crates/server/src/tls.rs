//! The provider of cryptography for every TLS connection of this process.

/// Chooses ring, which the database driver uses anyway. Once a process, before the first connection; more often does no harm.
pub fn choose_provider() {
    // It fails when one was chosen before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

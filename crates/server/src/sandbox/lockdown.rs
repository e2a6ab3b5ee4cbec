//! What a child gives up before it looks at a foreign byte. Each part is taken where the system offers it, and the child
//! says which parts hold.

use serde::{Deserialize, Serialize};

/// What holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lockdown {
    /// Memory beyond the allowance is refused.
    pub(crate) memory: bool,
    /// No file can be opened (Landlock).
    pub(crate) files: bool,
    /// No socket, no other program, no other process can be reached (seccomp).
    pub(crate) calls: bool,
}

/// Shuts this process in. Threads that exist already keep what they have: call it before any is started.
pub(super) fn enter(memory_bytes: u64) -> Lockdown {
    Lockdown { memory: memory(memory_bytes), files: files(), calls: calls() }
}

#[cfg(unix)]
fn memory(bytes: u64) -> bool {
    use rlimit::Resource;
    // A dump of the memory would put the data of people on disk.
    let dumps = Resource::CORE.set(0, 0).is_ok();
    // Linux counts private writable memory as data; elsewhere only the address space has a limit.
    let resource = if cfg!(target_os = "linux") { Resource::DATA } else { Resource::AS };
    let hard = resource.get().map_or(rlimit::INFINITY, |(_, hard)| hard);
    dumps && resource.set(bytes.min(hard), bytes.min(hard)).is_ok()
}

#[cfg(not(unix))]
fn memory(_: u64) -> bool {
    false
}

#[cfg(target_os = "linux")]
fn files() -> bool {
    use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus};
    let abi = ABI::V5;
    let restrict = || -> Result<_, landlock::RulesetError> {
        Ruleset::default()
            .handle_access(AccessFs::from_all(abi))?
            .handle_access(AccessNet::from_all(abi))?
            .create()?
            .restrict_self()
    };
    restrict().is_ok_and(|status| status.ruleset != RulesetStatus::NotEnforced)
}

#[cfg(not(target_os = "linux"))]
fn files() -> bool {
    false
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn calls() -> bool {
    seccomp::forbid().is_ok()
}

#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn calls() -> bool {
    false
}

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod seccomp {
    use std::collections::BTreeMap;

    use seccompiler::{
        BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
        apply_filter,
    };

    /// Sockets, programs, other processes, kernel interfaces and, where Landlock is absent, opening and changing files.
    const FORBIDDEN: &[i64] = &[
        libc::SYS_socket,
        libc::SYS_socketpair,
        libc::SYS_connect,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept,
        libc::SYS_accept4,
        libc::SYS_sendto,
        libc::SYS_sendmsg,
        libc::SYS_sendmmsg,
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_open,
        libc::SYS_pidfd_getfd,
        libc::SYS_kill,
        libc::SYS_tkill,
        libc::SYS_mount,
        libc::SYS_umount2,
        libc::SYS_pivot_root,
        libc::SYS_chroot,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_open_by_handle_at,
        libc::SYS_io_uring_setup,
        libc::SYS_bpf,
        libc::SYS_perf_event_open,
        libc::SYS_userfaultfd,
        libc::SYS_keyctl,
        libc::SYS_add_key,
        libc::SYS_request_key,
        libc::SYS_init_module,
        libc::SYS_finit_module,
        libc::SYS_delete_module,
        libc::SYS_kexec_load,
        libc::SYS_reboot,
        libc::SYS_swapon,
        libc::SYS_setuid,
        libc::SYS_setgid,
        libc::SYS_unlinkat,
        libc::SYS_renameat2,
        libc::SYS_linkat,
        libc::SYS_symlinkat,
        libc::SYS_mkdirat,
        libc::SYS_mknodat,
        libc::SYS_fchmodat,
        libc::SYS_fchownat,
        libc::SYS_truncate,
    ];

    /// The same calls under their older names.
    #[cfg(target_arch = "x86_64")]
    const OLDER: &[i64] = &[
        libc::SYS_fork,
        libc::SYS_vfork,
        libc::SYS_unlink,
        libc::SYS_rename,
        libc::SYS_renameat,
        libc::SYS_link,
        libc::SYS_symlink,
        libc::SYS_mkdir,
        libc::SYS_rmdir,
        libc::SYS_mknod,
        libc::SYS_chmod,
        libc::SYS_chown,
        libc::SYS_creat,
    ];
    #[cfg(not(target_arch = "x86_64"))]
    const OLDER: &[i64] = &[];

    pub(super) fn forbid() -> Result<(), Error> {
        let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
            FORBIDDEN.iter().chain(OLDER).map(|call| (*call, Vec::new())).collect();
        rules.insert(libc::SYS_clone, vec![flags(0, libc::CLONE_THREAD as u64, 0)?]);
        // Opening for writing or creating: reading is Landlock's matter, since loaders of the system's libraries need it.
        let opens = |argument| -> Result<Vec<SeccompRule>, Error> {
            [libc::O_WRONLY, libc::O_RDWR, libc::O_CREAT, libc::O_TRUNC]
                .iter()
                .map(|flag| flags(argument, *flag as u64, *flag as u64))
                .collect()
        };
        rules.insert(libc::SYS_openat, opens(2)?);
        #[cfg(target_arch = "x86_64")]
        rules.insert(libc::SYS_open, opens(1)?);
        install(rules, libc::EPERM)?;
        // The flags of these two stand in memory, where no filter looks: libraries go back to the older calls.
        let newer = BTreeMap::from([(libc::SYS_clone3, Vec::new()), (libc::SYS_openat2, Vec::new())]);
        install(newer, libc::ENOSYS)
    }

    /// Matches when `argument & mask == value`.
    fn flags(argument: u8, mask: u64, value: u64) -> Result<SeccompRule, Error> {
        let condition = SeccompCondition::new(argument, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(mask), value)
            .map_err(Error::Backend)?;
        SeccompRule::new(vec![condition]).map_err(Error::Backend)
    }

    fn install(rules: BTreeMap<i64, Vec<SeccompRule>>, errno: i32) -> Result<(), Error> {
        let arch = std::env::consts::ARCH.try_into().map_err(Error::Backend)?;
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno as u32), arch)
            .map_err(Error::Backend)?;
        let program: BpfProgram = filter.try_into().map_err(Error::Backend)?;
        apply_filter(&program)
    }
}
